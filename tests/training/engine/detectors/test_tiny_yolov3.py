"""Tiny-YOLOv3 held against darknet's formulas."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from training.engine.catalog import MODELS
from training.engine.detectors.tiny_yolov3 import TinyYolov3, build
from training.engine.network import LearningTarget

INFO = MODELS["tiny_yolov3"]
SIZE = 320
FINE, COARSE = SIZE // 16, SIZE // 32


@pytest.fixture(scope="module")
def network() -> TinyYolov3:
    torch.manual_seed(0)
    return build(INFO, 3, SIZE).eval()


def target(*boxes: tuple[float, float, float, float]) -> LearningTarget:
    return LearningTarget(torch.tensor(boxes).reshape(-1, 4), torch.arange(len(boxes)))


def test_layers_are_numbered_as_darknet_prints_them(network: TinyYolov3) -> None:
    has_weights = [i for i, layer in enumerate(network.layers) if list(layer.parameters())]
    assert has_weights == [0, 2, 4, 6, 8, 10, 12, 13, 14, 15, 18, 21, 22]
    assert len(network.layers) == 24
    published = build(INFO, 80, 416).state_dict()
    numbers = sum(tensor.numel() for name, tensor in published.items() if "tracked" not in name)
    assert numbers == 8_858_734, "floats of the published yolov3-tiny.weights"


@pytest.mark.parametrize(("depth", "convolutions"), [(0, 0), (13, 7), (20, 11)])
def test_so_many_first_layers_can_be_told(network: TinyYolov3, depth: int, convolutions: int) -> None:
    first = network.layers[:depth]
    assert sum(isinstance(module, nn.Conv2d) for module in first.modules()) == convolutions


def test_pooling_at_stride_1_ignores_what_lies_beyond(network: TinyYolov3) -> None:
    seen = -torch.rand(1, 2, 5, 5)
    darknets = F.max_pool2d(F.pad(seen, (0, 1, 0, 1), value=-math.inf), 2, 1)
    assert torch.equal(network.layers[11](seen), darknets)


def test_terms_become_boxes_by_darknets_formula(network: TinyYolov3) -> None:
    """`get_yolo_box` of column 3, row 7 and the anchor of 37x58 pixels on the fine map."""
    terms = torch.zeros(1, len(network.anchors), 4)
    row = (7 * FINE + 3) * 3 + 2
    terms[0, row] = torch.tensor([0.5, -1.0, 0.2, -0.3])
    centre = ((3 + 1 / (1 + math.exp(-0.5))) / FINE, (7 + 1 / (1 + math.exp(1))) / FINE)
    size = (math.exp(0.2) * 37 / SIZE, math.exp(-0.3) * 58 / SIZE)
    expected = [centre[0] - size[0] / 2, centre[1] - size[1] / 2, centre[0] + size[0] / 2, centre[1] + size[1] / 2]
    torch.testing.assert_close(network.cells(terms)[0, row], torch.tensor(expected))


@pytest.mark.parametrize("size", [320, 416, 608])
def test_anchors_are_pixels_at_every_size(size: int) -> None:
    anchors = build(INFO, 1, size).anchors * size
    fine, coarse = anchors[: 3 * (size // 16) ** 2], anchors[3 * (size // 16) ** 2 :]
    assert len(coarse) == 3 * (size // 32) ** 2
    for row, expected in ((fine[1], (23, 27)), (coarse[-1], (344, 319))):
        torch.testing.assert_close(row[2:] - row[:2], torch.tensor(expected, dtype=torch.float32), atol=1e-3, rtol=0)
    torch.testing.assert_close(fine[4], torch.tensor([24 - 11.5, 8 - 13.5, 24 + 11.5, 8 + 13.5]), atol=1e-3, rtol=0)


def test_the_cell_with_the_centre_answers_by_the_likest_shape(network: TinyYolov3) -> None:
    box = torch.tensor([[100.0, 200.0, 120.0, 230.0]]) / SIZE  # 20x30 around (110, 215): as 23x27 of the fine map
    matched, boxes = network.cells.match(box)
    assert matched.tolist() == [(13 * FINE + 6) * 3 + 1]
    assert boxes.tolist() == [0]


def test_an_anchor_that_is_like_enough_answers_too(network: TinyYolov3) -> None:
    box = torch.tensor([[60.0, 60.0, 118.0, 130.0]]) / SIZE  # 58x70: IoU 0.61 with 81x82, 0.53 with 37x58
    fine, coarse = (5 * FINE + 5) * 3 + 2, 3 * FINE**2 + (2 * COARSE + 2) * 3
    assert network.cells.match(box)[0].tolist() == [fine, coarse]


def test_a_box_between_cells_has_an_anchor(network: TinyYolov3) -> None:
    edges = torch.arange(1, 10) / 10
    boxes = torch.stack([edges - 0.05, edges - 0.05, edges + 0.05, edges + 0.05], 1)
    assert set(network.cells.match(boxes)[1].tolist()) == set(range(9))


def test_the_loss_of_an_image_without_boxes_is_finite(network: TinyYolov3) -> None:
    parts = network.losses(torch.zeros(2, 3, SIZE, SIZE), [target(), target()])
    assert parts["box"] == parts["class"] == 0
    assert torch.isfinite(parts["object"])


def test_what_is_said_right_costs_nothing(network: TinyYolov3, monkeypatch: pytest.MonkeyPatch) -> None:
    truth = target((0.1, 0.1, 0.3, 0.35), (0.5, 0.5, 0.9, 0.9))
    labels, wanted = network.assigned([truth])
    there = labels >= 0
    terms = torch.zeros(1, len(network.anchors), 5)
    terms[..., 4] = torch.where(there, 20.0, -20.0)
    terms[..., :4][there] = terms_of(network, wanted)[there]
    logits = 40 * F.one_hot(labels.clamp(min=0), 3).float() - 20
    monkeypatch.setattr(network, "forward", lambda _images: (logits, terms))
    assert all(part < 1e-3 for part in network.losses(torch.zeros(1, 3, SIZE, SIZE), [truth]).values())
    terms[0, ~there[0], 4] = 20.0
    assert network.losses(torch.zeros(1, 3, SIZE, SIZE), [truth])["object"] > 100


def terms_of(network: TinyYolov3, boxes: torch.Tensor) -> torch.Tensor:
    """Box terms that say `boxes`."""
    centres, sizes = (boxes[..., :2] + boxes[..., 2:]) / 2, boxes[..., 2:] - boxes[..., :2]
    within = (centres - network.cells.centres) / network.cells.cells + 0.5
    return torch.cat([torch.logit(within.clamp(1e-6, 1 - 1e-6)), torch.log(sizes / network.cells.sizes)], -1)
