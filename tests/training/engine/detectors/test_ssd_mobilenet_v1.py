"""SSD-MobileNetV1 with the real weights, held against what the module that they were published for says."""

from pathlib import Path

import pytest
import torch

from training.engine.catalog import MODELS
from training.engine.data import read_square
from training.engine.detectors.postprocess import detections
from training.engine.families import build_network
from training.engine.network import Detector, LearningTarget, normalise
from training.engine.weight_files import find_weights, read_weights

INFO = MODELS["ssd_mobilenet_v1_075"]
TRUTH = (81 / 650, 88 / 417, 522 / 650, 408 / 417)


@pytest.fixture
def network(weights_dir: Path) -> Detector:
    path = find_weights(INFO, [weights_dir])
    assert path is not None
    made = build_network(INFO, INFO.weights.label_count, INFO.image_size)
    assert isinstance(made, Detector)
    made.load_state_dict(read_weights(INFO, path))
    return made.eval()


@pytest.fixture(scope="module")
def photo(test_data: Path) -> torch.Tensor:
    """A real photograph of a raccoon, as the network takes it."""
    square = read_square(test_data / "raccoon" / "images" / "raccoon-1.jpg", INFO.image_size)
    return normalise(torch.from_numpy(square.copy())[None], INFO.mean, INFO.std)


@torch.no_grad()
def test_answers_are_those_of_the_published_network(network: Detector, photo: torch.Tensor) -> None:
    scores, boxes = network.predictions(photo)
    best = scores.flatten().topk(5)
    expected = torch.tensor([0.836618, 0.822866, 0.760675, 0.738581, 0.710148])
    torch.testing.assert_close(best.values, expected, atol=1e-5, rtol=0)
    assert [divmod(int(i), 90) for i in best.indices] == [(1862, 16), (1857, 16), (1760, 16), (1858, 16), (1790, 16)]
    expected = torch.tensor([0.112062, 0.264546, 0.806322, 0.929738])
    torch.testing.assert_close(boxes[0, 1862], expected, atol=1e-5, rtol=0)


@torch.no_grad()
def test_an_untrained_head_finds_the_raccoon(network: Detector, photo: torch.Tensor) -> None:
    truth = LearningTarget(torch.tensor([TRUTH]), torch.tensor([1]))
    mix = network.likeness(photo, [truth], 2)
    assert mix[1].argmax() == 16, "COCO calls this raccoon a cat, its label 17"
    torch.testing.assert_close(mix[0], torch.full((90,), 1 / 90))
    network.fold()
    network.replace_head(mix)
    scores, boxes = network.predictions(photo)
    found = detections(scores[0], boxes[0], INFO.scoring)
    assert found.labels[0] == 1
    assert found.scores[0] > 0.3
    torch.testing.assert_close(found.boxes[0], torch.tensor(TRUTH), atol=0.1, rtol=0)


def test_the_loss_of_an_image_without_boxes_is_finite(network: Detector) -> None:
    nothing = LearningTarget(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64))
    parts = network.losses(torch.zeros(2, 3, 300, 300), [nothing, nothing])
    assert parts["box"] == 0
    assert torch.isfinite(parts["class"])
