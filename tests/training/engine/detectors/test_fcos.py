"""FCOS held against torchvision's own."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from training.engine.catalog import MODELS
from training.engine.detectors.fcos import Fcos, build
from training.engine.detectors.points import PointDecoder, centredness, point_anchors, side_distances
from training.engine.detectors.postprocess import detections
from training.engine.network import LearningTarget
from training.engine.weight_files import read_weights

INFO = MODELS["fcos_resnet50_fpn"]
SIZE = 128
"""Its coarsest map has one point; at sizes that the coarsest stride divides, torchvision's points are ours."""
Box = tuple[float, float, float, float]


@pytest.fixture(scope="module")
def theirs() -> Any:
    """torchvision's network of two labels and the background, as after some training, on squares as they are."""
    from torchvision.models.detection import fcos_resnet50_fpn

    torch.manual_seed(0)
    whole = fcos_resnet50_fpn(
        weights=None, weights_backbone=None, num_classes=3, min_size=SIZE, max_size=SIZE, score_thresh=0.01
    )
    whole.transform.image_mean, whole.transform.image_std = [0.0] * 3, [1.0] * 3
    with torch.no_grad():
        for norm in whole.modules():
            if isinstance(norm, nn.BatchNorm2d):
                norm.momentum = None
        whole.backbone(squares())
        whole.head.classification_head.cls_logits.weight.normal_(0, 0.05)
        whole.head.regression_head.bbox_reg.weight.normal_(0, 0.1)
    return whole.eval()


@pytest.fixture(scope="module")
def network(theirs: Any, tmp_path_factory: pytest.TempPathFactory) -> Fcos:
    """Ours, with the weights of a file that torchvision's network saved."""
    path = tmp_path_factory.mktemp("weights") / INFO.weights.file_name
    state = {name: tensor for name, tensor in theirs.state_dict().items() if "tracked" not in name}
    torch.save(state, path)  # published files count no batches: their BatchNorm is a frozen one
    made = build(INFO, 2, SIZE)
    made.load_state_dict(read_weights(INFO, path))
    return made.eval()


def squares() -> Tensor:
    return torch.rand(2, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(1))


def target(*boxes: Box) -> LearningTarget:
    return LearningTarget(torch.tensor(boxes).reshape(-1, 4), torch.arange(len(boxes)) % 2)


@torch.no_grad()
def test_detections_are_torchvisions(network: Fcos, theirs: Any) -> None:
    theirs.nms_thresh = 0.55
    expected = theirs(list(squares()))[0]
    named = expected["labels"] > 0  # the row of the background, which was never taught, is not ours
    scores, boxes = network.predictions(squares())
    found = detections(scores[0], boxes[0], INFO.scoring)
    assert len(found.scores) > 20
    count = min(20, int(named.sum()))
    torch.testing.assert_close(found.scores[:count], expected["scores"][named][:count], atol=1e-4, rtol=0)
    torch.testing.assert_close(found.boxes[:count] * SIZE, expected["boxes"][named][:count], atol=0.02, rtol=0)
    assert (found.labels[:count] + 1).tolist() == expected["labels"][named][:count].tolist()


@torch.no_grad()
def test_losses_are_torchvisions(network: Fcos, theirs: Any) -> None:
    targets = [target((0.1, 0.2, 0.4, 0.6), (0.3, 0.3, 0.5, 0.5)), target((0.0, 0.05, 0.95, 1.0))]
    their_targets = [{"boxes": one.boxes * SIZE, "labels": one.labels + 1} for one in targets]
    theirs.train()
    theirs.backbone.eval()
    expected = theirs(list(squares()), their_targets)
    theirs.eval()
    parts = network.losses(squares(), targets)
    torch.testing.assert_close(parts["box"], expected["bbox_regression"], rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(parts["centre"], expected["bbox_ctrness"], rtol=1e-4, atol=1e-5)
    assert 0 < parts["class"] < expected["classification"], "theirs has the background's row in it"


def test_the_loss_of_an_image_without_boxes_is_finite(network: Fcos) -> None:
    parts = network.losses(torch.zeros(2, 3, SIZE, SIZE), [target(), target()])
    assert parts["box"] == parts["centre"] == 0
    assert torch.isfinite(parts["class"])


def test_distances_are_in_strides_of_their_map() -> None:
    decoder = PointDecoder(point_anchors(64, (8, 16)))
    distances = torch.zeros(1, 8 * 8 + 4 * 4, 4)
    distances[0, 3 * 8 + 2] = torch.tensor([1.0, 0.5, 2.0, 3.0])
    distances[0, 64 + 5] = torch.tensor([1.0, 0.5, 2.0, 0.0])
    boxes = decoder(distances)[0] * 64
    assert boxes[3 * 8 + 2].tolist() == [16 - 8, 24 - 4, 16 + 16, 24 + 24]
    assert boxes[64 + 5].tolist() == [16 - 16, 16 - 8, 16 + 32, 16]


@pytest.mark.parametrize(
    ("box", "strides"),
    [((100, 100, 130, 130), {8}), ((60, 60, 220, 220), {16}), ((20, 20, 300, 300), {32}), ((0, 0, 512, 512), {64})],
)
def test_the_map_answers_whose_reach_fits_the_box(box: Box, strides: set[int]) -> None:
    decoder = PointDecoder(point_anchors(512, (8, 16, 32, 64, 128)))
    matched, _ = decoder.match(torch.tensor([box]) / 512)
    assert {round(stride * 512) for stride in decoder.strides[0, matched, 0].tolist()} == strides


def test_the_smaller_of_two_boxes_has_the_point() -> None:
    decoder = PointDecoder(point_anchors(64, (8,)))
    matched, boxes = decoder.match(torch.tensor([[0.0, 0.0, 1.0, 1.0], [0.4, 0.4, 0.6, 0.6]]))
    middle = matched.tolist().index(4 * 8 + 4)
    assert boxes[middle] == 1
    assert 0 in boxes.tolist()


def test_the_middle_of_a_box_is_central_and_its_edge_is_not() -> None:
    box = torch.tensor([0.2, 0.2, 0.6, 0.8])
    points = torch.tensor([[0.4, 0.5], [0.2, 0.5], [0.3, 0.5]])
    torch.testing.assert_close(centredness(points, box.expand(3, 4)), torch.tensor([1.0, 0.0, (1 / 3) ** 0.5]))
    assert side_distances(points[0], box).tolist() == pytest.approx([0.2, 0.3, 0.2, 0.3])
