"""Checkpoints as effdet and timm write them become our networks, which then answer as effdet does."""

import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from training.engine.catalog import MODELS
from training.engine.errors import WeightsError
from training.engine.families import build_network
from training.engine.model_info import ModelInfo
from training.engine.network import Detector
from training.engine.weight_files import read_weights

SIZE = 128
ROWS = {name: MODELS[name] for name in ("efficientdet_d0", "tf_efficientdet_d0")}
ANCHORS = (1000, 2304 + 264, 2880 + 54, 3024 + 11, 3060 + 5)
"""One of each level."""


def written(info: ModelInfo) -> dict[str, Tensor]:
    """A state dict under effdet's names, each tensor drawn by its name."""
    shapes = build_network(info, info.weights.label_count, SIZE).state_dict()
    return {name: drawn(name, tuple(tensor.shape)) for name, tensor in shapes.items()}


def drawn(name: str, shape: tuple[int, ...]) -> Tensor:
    random = np.random.RandomState(zlib.crc32(name.encode()))
    if name.endswith("num_batches_tracked"):
        return torch.tensor(7)
    if name.endswith("running_var"):
        return torch.from_numpy(random.uniform(0.5, 1.5, shape)).float()
    if name.endswith("edge_weights"):
        return torch.from_numpy(random.uniform(-0.3, 1.5, shape)).float()
    if len(shape) == 1:
        spread, centre = 0.1, float(name.endswith("weight"))
        return torch.from_numpy(random.normal(centre, spread, shape)).float()
    gain = 0.2 if name.startswith("box_net.predict.conv_pw") else 1.4  # boxes that stay within the picture
    return torch.from_numpy(random.normal(0, gain / np.sqrt(np.prod(shape[1:])), shape)).float()


def picture() -> Tensor:
    return torch.from_numpy(np.random.RandomState(5).normal(0, 1, (1, 3, SIZE, SIZE))).float()


def network_from(content: Any, path: Path, info: ModelInfo) -> Detector:
    torch.save(content, path)
    network = build_network(info, info.weights.label_count, SIZE).eval()
    network.load_state_dict(read_weights(info, path))
    assert isinstance(network, Detector)
    return network


def as_trained(state: dict[str, Tensor]) -> dict[str, Any]:
    """A checkpoint of effdet's training: averaged weights beside others, its bench's prefix, levels before repeats."""
    averaged = {f"module.model.{level_first(name)}": tensor for name, tensor in state.items()}
    others = {name: torch.zeros_like(tensor) for name, tensor in averaged.items()}
    return {"epoch": 3, "state_dict": others, "state_dict_ema": averaged | {"module.anchors.boxes": torch.zeros(9, 4)}}


def level_first(name: str) -> str:
    parts = name.split(".")
    if parts[1] != "bn_rep":
        return name
    head, bn_rep, repeat, level, _, kind = parts
    return ".".join((head, bn_rep, level, repeat, kind))


EFFDETS = {
    "efficientdet_d0": (
        [[0.363255, 0.698393], [0.632303, 0.063149], [0.772318, 0.3709], [0.484526, 0.519587], [0.499225, 0.486913]],
        [
            [0.713538, 0.346874, 1.0, 0.503449],
            [0.264512, 0.0, 0.743615, 0.669371],
            [0.400769, 0.0, 1.0, 0.917976],
            [0.0, 0.0, 1.0, 1.0],
            [0.0, 0.0, 1.0, 1.0],
        ],
    ),
    "tf_efficientdet_d0": (
        [[0.366074, 0.600471], [0.600469, 0.058996], [0.685809, 0.426058], [0.48573, 0.550994], [0.503879, 0.476084]],
        [
            [0.731137, 0.330421, 1.0, 0.503899],
            [0.384808, 0.0, 0.88709, 0.614648],
            [0.370136, 0.0, 1.0, 0.847569],
            [0.0, 0.0, 1.0, 1.0],
            [0.0, 0.0, 1.0, 1.0],
        ],
    ),
}
"""Scores of the first two labels at each of `ANCHORS`, and boxes there: of effdet 0.4.1 with these weights."""


@torch.no_grad()
@pytest.mark.parametrize("info", ROWS.values(), ids=list(ROWS))
def test_it_answers_as_effdet(info: ModelInfo, tmp_path: Path) -> None:
    scores, boxes = network_from(written(info), tmp_path / "published.pth", info).predictions(picture())
    their_scores, their_boxes = EFFDETS[info.name]
    torch.testing.assert_close(scores[0, ANCHORS, :2], torch.tensor(their_scores), atol=1e-4, rtol=0)
    torch.testing.assert_close(boxes[0, ANCHORS, :], torch.tensor(their_boxes), atol=1e-4, rtol=0)


@torch.no_grad()
def test_a_checkpoint_of_its_training_is_read_too(tmp_path: Path) -> None:
    info = ROWS["efficientdet_d0"]
    published = network_from(written(info), tmp_path / "published.pth", info).state_dict()
    trained = network_from(as_trained(written(info)), tmp_path / "trained.pth.tar", info).state_dict()
    assert all(torch.equal(trained[name], tensor) for name, tensor in published.items())


def test_a_file_of_another_family_is_refused(tmp_path: Path) -> None:
    torch.save({"features.0.weight": torch.zeros(3)}, tmp_path / "vgg.pth")
    with pytest.raises(WeightsError, match=r"vgg\.pth is no EfficientDet of effdet"):
        read_weights(ROWS["efficientdet_d0"], tmp_path / "vgg.pth")


def test_a_file_of_the_other_edition_does_not_fit(tmp_path: Path) -> None:
    torch.save(written(ROWS["tf_efficientdet_d0"]), tmp_path / "tf.pth")
    network = build_network(ROWS["efficientdet_d0"], 90, SIZE)
    with pytest.raises(RuntimeError, match="Unexpected key"):
        network.load_state_dict(read_weights(ROWS["efficientdet_d0"], tmp_path / "tf.pth"))


def test_the_rows_look_for_the_names_that_effdet_publishes() -> None:
    found = {name: info.weight_files for name, info in ROWS.items()}
    assert found == {
        "efficientdet_d0": ("efficientdet_d0-f3276ba8.pth", "efficientdet_d0.pth"),
        "tf_efficientdet_d0": (
            *("tf_efficientdet_d0_34-f153e0cf.pth", "tf_efficientdet_d0_34.pth"),
            "tf_efficientdet_d0.pth",
        ),
    }
