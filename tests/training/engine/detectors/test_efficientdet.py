"""EfficientDet-D0: its anchors, its neck, and what heads-only training leaves alone."""

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from tests.training.engine.conftest import LayRun
from training.engine import checkpoint, parameters
from training.engine.catalog import MODELS, complete_config
from training.engine.checkpoint import Checkpoint
from training.engine.data import read_run_folder
from training.engine.detectors.bifpn import Combine
from training.engine.detectors.efficientdet import EDITIONS, EfficientDet, build
from training.engine.detectors.efficientdet_layers import PYTORCH, TENSORFLOW
from training.engine.network import LearningTarget
from training.engine.progress import Silent
from training.engine.train import train

INFO = MODELS["efficientdet_d0"]
SIZE = 128
HEADS = ("class_net.", "box_net.")
HABANAS = "match:(backbone|fpn|resample_p6)"


def network(label_count: int = 2) -> EfficientDet:
    torch.manual_seed(0)
    return build(INFO, label_count, SIZE)


def test_it_has_as_many_parameters_as_effdets() -> None:
    """effdet 0.4.1, 90 labels."""
    found = {name: sum(p.numel() for p in build(MODELS[name], 90, SIZE).parameters()) for name in EDITIONS}
    assert found == {"efficientdet_d0": 3_877_763, "tf_efficientdet_d0": 3_880_067}


@pytest.mark.parametrize("size", [128, 512])
def test_a_cell_has_nine_anchors_in_pixels(size: int) -> None:
    anchors = build(INFO, 1, size).anchors * size
    assert len(anchors) == 9 * sum((size // stride) ** 2 for stride in (8, 16, 32, 64, 128))
    third = 2 ** (1 / 3)
    widest = torch.tensor([4 - 32 * third * 0.7, 4 - 32 * third * 0.35, 4 + 32 * third * 0.7, 4 + 32 * third * 0.35])
    torch.testing.assert_close(anchors[0], torch.tensor([-12.0, -12.0, 20.0, 20.0]), atol=1e-3, rtol=0)
    torch.testing.assert_close(anchors[4], widest, atol=1e-3, rtol=0)
    torch.testing.assert_close(anchors[9], anchors[0] + torch.tensor([8.0, 0, 8, 0]), atol=1e-3, rtol=0)


def test_pooling_pads_as_its_edition() -> None:
    seen = -torch.rand(1, 2, 8, 8)
    behind = F.max_pool2d(F.pad(seen, (0, 1, 0, 1), value=-torch.inf), 3, 2)
    assert torch.equal(TENSORFLOW.halving()(seen), behind)
    assert torch.equal(PYTORCH.halving()(seen), F.max_pool2d(seen, 3, 2, 1))


def test_maps_are_fused_by_normalised_weights() -> None:
    fusion = Combine(PYTORCH, 1, (1, 2), [64] * 5)
    with torch.no_grad():
        fusion.edge_weights.copy_(torch.tensor([3.0, 1.0]))
        maps = [torch.zeros(0), torch.full((1, 64, 4, 4), 2.0), torch.full((1, 64, 2, 2), 6.0)]
        torch.testing.assert_close(fusion(maps), torch.full((1, 64, 4, 4), 3.0), atol=1e-3, rtol=0)
        fusion.edge_weights.copy_(torch.tensor([-3.0, 1.0]))
        torch.testing.assert_close(fusion(maps), torch.full((1, 64, 4, 4), 6.0), atol=1e-3, rtol=0)


def test_the_loss_of_an_image_without_boxes_is_finite() -> None:
    nothing = LearningTarget(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64))
    parts = network().losses(torch.zeros(2, 3, SIZE, SIZE), [nothing, nothing])
    assert parts["box"] == 0
    assert torch.isfinite(parts["class"])


def test_heads_alone_are_trained_as_habanas_users_write_it(lay_run: LayRun) -> None:
    folder = lay_run(train=2, val=1)
    before = checkpoint_of_random_weights(folder)
    asked = {"model": INFO.name, "base": "checkpoint", "freeze": HABANAS, "image_size": SIZE, "epochs": 1}
    config = complete_config(asked | {"batch_size": 3, "threads": 1})
    after = train(config, read_run_folder(folder), folder, Silent()).weights
    moved = {name for name, tensor in before.items() if not torch.equal(after[name], tensor)}
    assert moved
    assert all(name.startswith(HEADS) for name in moved)
    assert not [name for name in before if not name.startswith(("backbone.", "fpn.", *HEADS))]


def checkpoint_of_random_weights(folder: Path) -> dict[str, torch.Tensor]:
    base = network()
    base.fold()
    saved = Checkpoint(INFO.name, "detection", ("disc", "square"), SIZE, INFO.default_config, base.state_dict())
    checkpoint.save(saved, folder / "base.pt")
    return saved.weights


def test_batch_norm_outside_the_heads_keeps_its_statistics_too() -> None:
    unfolded = network()
    frozen = parameters.freeze(unfolded, HABANAS)
    unfolded.train()
    parameters.hold_still(unfolded)
    before = {name: tensor.clone() for name, tensor in unfolded.state_dict().items()}
    truth = LearningTarget(torch.tensor([[0.2, 0.2, 0.8, 0.8]]), torch.tensor([1]))
    optimizer = torch.optim.SGD(unfolded.parameters(), 0.01, weight_decay=1e-4)
    torch.stack(list(unfolded.losses(torch.rand(2, 3, SIZE, SIZE), [truth, truth]).values())).sum().backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    moved = {name for name, tensor in unfolded.state_dict().items() if not torch.equal(tensor, before[name])}
    assert all(name.startswith(HEADS) for name in moved)
    assert any("running_mean" in name for name in moved)
    learning = {one.name for one in frozen.parameters} - {one.name for one in frozen.still}
    assert {name for name in learning if name.startswith("class_net.")} <= moved  # no level has boxes but one
    assert any(isinstance(module, nn.BatchNorm2d) and module.training for module in unfolded.modules())


@pytest.mark.parametrize("block", ["backbone", "backbone.blocks.3", "fpn.cell.0", "box_net"])
def test_blocks_are_called_as_in_effdet(block: str) -> None:
    assert complete_config({"model": INFO.name, "freeze": f"blocks:{block}"}).freeze == f"blocks:{block}"
