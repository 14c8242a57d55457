"""YOLOX's checkpoints, written here by a network built as its sources say, become ours and answer alike."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.training.engine.conftest import LABELS, LayRun, Recorder
from tests.training.engine.importers.megvii_yolox import YOLOX
from training.engine.catalog import MODELS, complete_config
from training.engine.data import read_examples, read_run_folder
from training.engine.errors import WeightsError
from training.engine.families import build_network
from training.engine.weight_files import read_weights
from training.engine.weights import starting_network

SIZE = 96
State = dict[str, Tensor]


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def theirs(edition: str, classes: int = 80) -> YOLOX:
    """Random weights, BatchNorm as after a batch of such images, boxes of a few cells."""
    network = YOLOX(*{"nano": (0.25, True), "tiny": (0.375, False)}[edition], classes)
    for norm in network.modules():
        if isinstance(norm, nn.BatchNorm2d):
            norm.momentum = None
            nn.init.uniform_(norm.weight, 0.7, 1.3)
            nn.init.normal_(norm.bias, 0, 0.1)
    with torch.no_grad():
        network(pictures(8)[:, [2, 1, 0]])
        for said in network.head.get_submodule("reg_preds").parameters():
            said.mul_(0.1)
    return network.eval()


def pictures(count: int) -> Tensor:
    """RGB, 0 to 255."""
    return torch.rand(count, 3, SIZE, SIZE) * 255


def write(state: State, path: Path) -> Path:
    """As its trainer does: with the epoch, and with the AP as numpy's number."""
    torch.save({"start_epoch": 300, "model": state, "optimizer": {}, "best_ap": np.float64(0.328)}, path)
    return path


@torch.no_grad()
@pytest.mark.parametrize(("edition", "parameters"), [("nano", 912_159), ("tiny", 5_055_855)])
def test_a_checkpoint_answers_alike(tmp_path: Path, edition: str, parameters: int) -> None:
    network, info, seen = theirs(edition), MODELS[f"yolox_{edition}"], pictures(2)
    assert sum(parameter.numel() for parameter in network.parameters()) == parameters
    ours = build_network(info, 80, SIZE).eval()
    ours.load_state_dict(read_weights(info, write(network.state_dict(), tmp_path / f"yolox_{edition}.pth")))
    ours, network, seen = ours.double(), network.double(), seen.double()  # or random layers this deep drift apart
    said = network(seen[:, [2, 1, 0]])
    corners = torch.cat([said[..., :2] - said[..., 2:4] / 2, said[..., :2] + said[..., 2:4] / 2], -1) / SIZE
    scores, boxes = ours.predictions(seen / 255)
    assert said[..., 5:].std() > 0.001
    torch.testing.assert_close(scores, said[..., 4:5] * said[..., 5:], atol=1e-4, rtol=1e-3)
    torch.testing.assert_close(boxes, corners.clamp(0, 1), atol=1e-4, rtol=1e-3)


def test_a_state_dict_alone_is_read_too(tmp_path: Path) -> None:
    network, info = theirs("nano"), MODELS["yolox_nano"]
    torch.save(network.state_dict(), tmp_path / "bare.pth")
    bare = read_weights(info, tmp_path / "bare.pth")
    wrapped = read_weights(info, write(network.state_dict(), tmp_path / "wrapped.pth"))
    assert all(torch.equal(bare[name], wrapped[name]) for name in wrapped)


def test_a_run_starts_from_other_labels_with_new_heads(tmp_path: Path, lay_run: LayRun) -> None:
    network = theirs("nano", classes=3)
    write(network.state_dict(), tmp_path / "yolox_nano.pth")
    folder = lay_run(train=2, val=1, model="yolox_nano", image_size=SIZE)
    dataset = read_run_folder(folder)
    examples = read_examples(dataset, dataset.split("train"), folder, SIZE)
    config, progress = complete_config({"model": "yolox_nano", "image_size": SIZE}), Recorder()
    started = starting_network(config, LABELS, examples, folder, tmp_path, progress)
    assert "Not in yolox_nano.pth, so random: head.cls_preds" in progress.lines
    assert started.label_count == len(LABELS)
    kept = network.head.get_parameter("reg_preds.0.weight")
    assert torch.equal(started.get_parameter("head.reg_preds.0.weight"), kept)


def of_the_other_edition() -> State:
    return theirs("tiny").state_dict()


def cut() -> State:
    return {name: tensor for name, tensor in theirs("nano").state_dict().items() if "C3_n4" not in name}


def of_another_network() -> State:
    return nn.Linear(2, 2).state_dict()


@pytest.mark.parametrize(
    ("make", "missing"),
    [
        (of_the_other_edition, r"backbone\.stem\.conv\.weight"),
        (cut, r"neck\.C3_n4\.conv1\.conv\.weight"),
        (of_another_network, r"backbone\.stem\.conv\.weight"),
    ],
)
def test_what_is_no_such_network_is_refused(tmp_path: Path, make: Callable[[], State], missing: str) -> None:
    path = write(make(), tmp_path / "some.pth")
    with pytest.raises(WeightsError, match=f"^some.pth holds no YOLOX-Nano: {missing} is not there, or of another"):
        read_weights(MODELS["yolox_nano"], path)


def test_a_file_that_would_run_code_is_refused(tmp_path: Path) -> None:
    torch.save({"model": theirs("nano")}, tmp_path / "some.pth")
    with pytest.raises(WeightsError, match=r"some\.pth can't be read"):
        read_weights(MODELS["yolox_nano"], tmp_path / "some.pth")
