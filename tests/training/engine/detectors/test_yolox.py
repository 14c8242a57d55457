"""YOLOX held against its formulas."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.engine.catalog import MODELS
from training.engine.detectors.yolox import Yolox, build
from training.engine.detectors.yolox_layers import Pyramid
from training.engine.freezing import parameter_table
from training.engine.network import LearningTarget

INFO = MODELS["yolox_nano"]
SIZE = 64
FINE, MIDDLE = SIZE // 8, SIZE // 16


@pytest.fixture(scope="module")
def network() -> Yolox:
    torch.manual_seed(0)
    return build(INFO, 3, SIZE).eval()


def target(*boxes: tuple[float, float, float, float]) -> LearningTarget:
    return LearningTarget(torch.tensor(boxes).reshape(-1, 4), torch.arange(len(boxes)))


def test_terms_become_boxes_by_its_formula(network: Yolox) -> None:
    """Column 1, row 3 of the middle map, whose cells have 16 pixels."""
    terms = torch.zeros(1, len(network.anchors), 4)
    row = FINE**2 + 3 * MIDDLE + 1
    terms[0, row] = torch.tensor([0.25, -0.5, math.log(1.5), math.log(0.5)])
    x, y, width, height = (1 + 0.25) * 16, (3 - 0.5) * 16, 1.5 * 16, 0.5 * 16
    expected = torch.tensor([x - width / 2, y - height / 2, x + width / 2, y + height / 2]) / SIZE
    torch.testing.assert_close(network.decoder(terms)[0, row], expected)


def test_windows_over_each_other_are_the_larger_windows() -> None:
    torch.manual_seed(0)
    pyramid, seen = Pyramid(8).eval(), torch.randn(2, 8, 15, 15)
    within = pyramid.conv1(seen)
    published = [within, *(F.max_pool2d(within, kernel, 1, kernel // 2) for kernel in (5, 9, 13))]
    assert torch.equal(pyramid(seen), pyramid.conv2(torch.cat(published, 1)))


def test_a_random_network_says_that_objects_are_rare(network: Yolox) -> None:
    for heads in (network.head.cls_preds, network.head.obj_preds):
        biases = [head.bias for head in heads if isinstance(head, nn.Conv2d) and head.bias is not None]
        assert all(torch.sigmoid(bias.detach()).tolist() == pytest.approx([0.01] * len(bias)) for bias in biases)


def test_the_loss_of_images_without_boxes_is_finite(network: Yolox) -> None:
    parts = network.losses(torch.zeros(2, 3, SIZE, SIZE), [target(), target()])
    assert parts["box"] == parts["class"] == 0
    assert 0 < parts["object"] < math.inf


def test_what_is_said_right_costs_nothing(network: Yolox, monkeypatch: pytest.MonkeyPatch) -> None:
    truth = target((0.1, 0.1, 0.3, 0.35), (0.5, 0.5, 0.9, 0.9))
    cells = torch.tensor([1 * FINE + 1, FINE**2 + 2 * MIDDLE + 2])
    terms, logits = torch.zeros(1, len(network.anchors), 5), torch.full((1, len(network.anchors), 3), -20.0)
    terms[..., 2:] = -20.0  # nothing elsewhere, and no size
    terms[0, cells, :4] = terms_of(network, truth.boxes, cells)
    terms[0, cells, 4] = logits[0, cells, truth.labels] = 20.0
    monkeypatch.setattr(network, "forward", lambda _images: (logits, terms))
    assert all(part < 1e-3 for part in network.losses(torch.zeros(1, 3, SIZE, SIZE), [truth]).values())
    terms[0, 0, 4] = 20.0
    assert network.losses(torch.zeros(1, 3, SIZE, SIZE), [truth])["object"] == pytest.approx(10, rel=0.01)


def terms_of(network: Yolox, boxes: Tensor, cells: Tensor) -> Tensor:
    """Box terms [m, 4] with which the cells [m] say the boxes [m, 4]."""
    centres, sizes = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
    corners, sides = network.decoder.corners[0, cells], network.decoder.cells[0, cells]
    return torch.cat([(centres - corners) / sides, torch.log(sizes / sides)], 1)


def test_blocks_are_named_as_in_its_checkpoints() -> None:
    names = [row.name for row in parameter_table("yolox_tiny")]
    assert {name.partition(".")[0] for name in names} == {"backbone", "neck", "head"}
    assert "backbone.dark3.1.m.0.conv1.conv.weight" in names
    assert "head.cls_convs.0.0.conv.weight" in names
