"""SSDlite held against torchvision's own, with the real weights."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from training.engine.catalog import MODELS
from training.engine.detectors import ssdlite
from training.engine.detectors.postprocess import detections
from training.engine.network import LearningTarget, normalise
from training.engine.weight_files import find_weights

INFO = MODELS["ssdlite320_mobilenet_v3_large"]
State = dict[str, torch.Tensor]


@pytest.fixture(scope="module")
def state(weights_dir: Path) -> State:
    path = find_weights(INFO, [weights_dir])
    assert path is not None
    loaded: State = torch.load(path, weights_only=True)
    return loaded


@pytest.fixture
def network(state: State) -> ssdlite.Ssdlite:
    made = ssdlite.build(INFO, INFO.weights.label_count, 320)
    made.load_state_dict(state)
    return made.eval()


@pytest.fixture(scope="module")
def square(test_data: Path) -> torch.Tensor:
    """A real photograph of a raccoon."""
    image = Image.open(test_data / "raccoon" / "images" / "raccoon-1.jpg").convert("RGB").resize((320, 320))
    return torch.from_numpy(np.array(image))


@torch.no_grad()
def test_detections_are_torchvisions(network: ssdlite.Ssdlite, state: State, square: torch.Tensor) -> None:
    from torchvision.models.detection import ssdlite320_mobilenet_v3_large

    theirs = ssdlite320_mobilenet_v3_large(weights=None, weights_backbone=None)
    theirs.load_state_dict(state)
    expected = theirs.eval()([square.permute(2, 0, 1) / 255])[0]
    scores, boxes = network.predictions(normalise(square[None], INFO.mean, INFO.std))
    found = detections(scores[0], boxes[0])
    torch.testing.assert_close(found.boxes[:3] * 320, expected["boxes"][:3], atol=1e-2, rtol=0)
    torch.testing.assert_close(found.scores[:3], expected["scores"][:3], atol=1e-5, rtol=0)
    assert (found.labels[:3] + 1).tolist() == expected["labels"][:3].tolist()


def test_a_label_starts_from_the_rows_that_fire_on_it(network: ssdlite.Ssdlite, square: torch.Tensor) -> None:
    truth = LearningTarget(torch.tensor([[0.11, 0.27, 0.81, 0.96]]), torch.tensor([1]))
    mix = network.likeness(normalise(square[None], INFO.mean, INFO.std), [truth], 2)
    assert mix[1].argmax() == 22, "COCO calls this raccoon a bear, its label 23"
    torch.testing.assert_close(mix[0], torch.full((90,), 1 / 90))


def test_the_loss_of_an_image_without_boxes_is_finite(network: ssdlite.Ssdlite) -> None:
    nothing = LearningTarget(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64))
    parts = network.losses(torch.zeros(2, 3, 320, 320), [nothing, nothing])
    assert parts["box"] == 0
    assert torch.isfinite(parts["class"])
