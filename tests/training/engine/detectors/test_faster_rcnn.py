"""Faster R-CNN held against torchvision's own."""

import importlib
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from training.engine import torchvision_ops
from training.engine.catalog import MODELS
from training.engine.detectors import proposals
from training.engine.detectors.anchors import pairwise_iou
from training.engine.detectors.faster_rcnn import FasterRcnn, build
from training.engine.detectors.postprocess import detections
from training.engine.detectors.regions import BINS, SAMPLES, regions
from training.engine.network import LearningTarget
from training.engine.weight_files import read_weights

INFO = MODELS["fasterrcnn_mobilenet_v3_large_320_fpn"]
SIZE = 320
Box = tuple[float, float, float, float]


@pytest.fixture(scope="module")
def theirs() -> Any:
    """torchvision's network of two labels and the background, as after some training, on squares as they are."""
    from torchvision.models.detection import fasterrcnn_mobilenet_v3_large_320_fpn

    torch.manual_seed(0)
    whole = fasterrcnn_mobilenet_v3_large_320_fpn(
        weights=None, weights_backbone=None, num_classes=3, rpn_score_thresh=0.0, box_nms_thresh=0.55
    )
    whole.roi_heads.score_thresh = 0.01
    whole.transform.image_mean, whole.transform.image_std = [0.0] * 3, [1.0] * 3
    with torch.no_grad():
        for norm in whole.modules():
            if isinstance(norm, nn.BatchNorm2d):
                norm.momentum = None
        whole.backbone(squares())
        for layer, spread in ((whole.rpn.head.cls_logits, 0.5), (whole.rpn.head.bbox_pred, 0.02)):
            layer.weight.normal_(0, spread)
        whole.roi_heads.box_predictor.cls_score.weight.normal_(0, 0.5)
    return whole.eval()


@pytest.fixture(scope="module")
def network(theirs: Any, tmp_path_factory: pytest.TempPathFactory) -> FasterRcnn:
    """Ours, with the weights of a file as torchvision publishes it: of older names, its BatchNorm a frozen one."""
    path = tmp_path_factory.mktemp("weights") / INFO.weights.file_name
    state = {name: tensor for name, tensor in theirs.state_dict().items() if "tracked" not in name}
    torch.save({name.replace("conv.0.0", "conv") if "rpn" in name else name: state[name] for name in state}, path)
    made = build(INFO, 2, SIZE)
    made.load_state_dict(read_weights(INFO, path))
    return made.eval()


def squares() -> Tensor:
    coarse = torch.rand(2, 3, 20, 20, generator=torch.Generator().manual_seed(1))
    return nn.functional.interpolate(coarse, (SIZE, SIZE))


def target(*boxes: Box) -> LearningTarget:
    return LearningTarget(torch.tensor(boxes).reshape(-1, 4), torch.arange(len(boxes)) % 2)


@pytest.fixture
def roi_align(monkeypatch: pytest.MonkeyPatch) -> Any:
    """torchvision's own in Python, which it would otherwise compile, in place of the operator that is not here."""
    plain = importlib.import_module("torchvision.ops.roi_align")._roi_align.__wrapped__

    def align(
        maps: Tensor, boxes: Tensor, output_size: tuple[int, int], spatial_scale: float, sampling_ratio: int
    ) -> Tensor:
        return plain(maps, boxes, spatial_scale, *output_size, sampling_ratio, aligned=False)  # type: ignore[no-any-return]

    monkeypatch.setattr(importlib.import_module("torchvision.ops.poolers"), "roi_align", align)
    return align


@torch.no_grad()
def test_detections_are_torchvisions(network: FasterRcnn, theirs: Any, roi_align: Any) -> None:
    expected = theirs(list(squares()[:1]))[0]
    scores, boxes = network.predictions(squares()[:1])
    found = detections(scores[0], boxes[0], INFO.scoring)
    sure = expected["scores"] > 0.5  # of a proposal's lesser labels, torchvision says another box
    assert sure.sum() > 10
    count = int(sure.sum())
    torch.testing.assert_close(found.scores[:count], expected["scores"][:count], atol=1e-4, rtol=0)
    torch.testing.assert_close(found.boxes[:count] * SIZE, expected["boxes"][:count], atol=0.02, rtol=0)
    assert (found.labels[:count] + 1).tolist() == expected["labels"][:count].tolist()


@torch.no_grad()
def test_regions_are_torchvisions(roi_align: Any) -> None:
    maps = torch.randn(2, 5, 10, 12)
    boxes = torch.tensor([[0.1, 0.2, 0.7, 0.9], [0.0, 0.0, 1.0, 1.0], [0.5, 0.5, 0.51, 0.51], [0.9, 0.95, 1.0, 1.0]])
    seen = regions(maps, boxes.expand(2, -1, -1))
    cells = boxes * torch.tensor([12, 10, 12, 10])
    rows = torch.cat([torch.cat([torch.full((4, 1), float(i)), cells], 1) for i in range(2)])
    torch.testing.assert_close(seen, roi_align(maps, rows, (BINS, BINS), 1.0, SAMPLES), atol=1e-5, rtol=1e-5)


def test_suppression_at_once_ends_as_one_by_one() -> None:
    torch.manual_seed(3)
    low = torch.rand(300, 2) * 0.3
    boxes = torch.cat([low, low + 0.4 + torch.rand(300, 2) * 0.2], 1)
    greedy = torchvision_ops.nms(boxes, torch.arange(300, 0, -1).float(), proposals.OVERLAP)
    assert 20 < len(greedy) < 200
    overlaps = pairwise_iou(boxes, boxes) > proposals.OVERLAP
    assert proposals.unsuppressed(overlaps).nonzero()[:, 0].tolist() == sorted(greedy.tolist())


def test_there_are_always_as_many_proposals_as_asked_for() -> None:
    boxes = torch.tensor([[0.1, 0.1, 0.5, 0.5], [0.1, 0.1, 0.5, 0.51], [0.6, 0.6, 0.9, 0.9]])[None]
    best = proposals.best_proposals(torch.tensor([[3.0, 2.0, 1.0]]), boxes, [2, 1], 3)
    assert torch.equal(best[0], boxes[0, [0, 2, 1]]), "what is suppressed comes last"


def test_the_loss_of_an_image_without_boxes_is_finite(network: FasterRcnn) -> None:
    parts = network.losses(torch.zeros(2, 3, SIZE, SIZE), [target(), target()])
    assert parts["box"] == parts["proposal_box"] == 0
    assert all(torch.isfinite(part) for part in parts.values())


def test_more_boxes_than_proposals_are_no_error(network: FasterRcnn) -> None:
    many = target(*[(i / 400, 0.1, i / 400 + 0.2, 0.3) for i in range(200)])
    assert all(torch.isfinite(part) for part in network.losses(torch.zeros(1, 3, SIZE, SIZE), [many]).values())


def test_a_label_starts_from_the_rows_that_fire_inside_its_boxes(network: FasterRcnn) -> None:
    mix = network.likeness(squares(), [target((0.1, 0.1, 0.6, 0.6)), target()], 2)
    torch.testing.assert_close(mix.sum(1), torch.ones(2))
    assert mix[0, 0] != mix[0, 1]
    assert mix[1].tolist() == [0.5, 0.5]
