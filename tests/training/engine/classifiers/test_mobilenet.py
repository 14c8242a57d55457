from pathlib import Path

import pytest
import torch

from training.engine.catalog import MODELS
from training.engine.classifiers import mobilenet
from training.engine.network import LearningTarget, export_form
from training.engine.weight_files import find_weights

NAMES = [name for name, info in MODELS.items() if info.task == "classification"]
INFO = MODELS["mobilenet_v2"]


@torch.no_grad()
@pytest.mark.parametrize("name", NAMES)
def test_keys_and_answers_are_torchvisions(name: str) -> None:
    from torchvision import models

    theirs = models.get_model(name, weights=None, num_classes=3).eval()
    ours = mobilenet.build(MODELS[name], 3, 96).eval()
    ours.load_state_dict(theirs.state_dict())
    images = torch.rand(2, 3, 96, 96)
    torch.testing.assert_close(ours(images), theirs(images), atol=1e-5, rtol=1e-4)


@torch.no_grad()
def test_the_published_weights_load_and_fold(weights_dir: Path) -> None:
    path = find_weights(INFO, [weights_dir])
    assert path is not None
    network = mobilenet.build(INFO, INFO.weights.label_count, 224)
    network.load_state_dict(torch.load(path, weights_only=True))
    network.eval()
    images = torch.rand(2, 3, 224, 224)
    before = network.predictions(images)
    network.fold()
    torch.testing.assert_close(network.predictions(images), before, atol=1e-4, rtol=1e-3)
    torch.testing.assert_close(export_form(network)(images), before, atol=1e-4, rtol=1e-3)


@torch.no_grad()
def test_mixed_rows_give_mixed_logits() -> None:
    network = mobilenet.build(INFO, 4, 96).eval()
    images = torch.rand(1, 3, 96, 96)
    before = network(images)
    network.replace_head(torch.tensor([[0, 0, 1.0, 0], [0.5, 0.5, 0, 0]]))
    torch.testing.assert_close(network(images)[:, 0], before[:, 2], atol=1e-5, rtol=1e-4)
    assert network(images).shape == (1, 2)


def test_the_loss_is_small_when_the_answer_is_right() -> None:
    network = mobilenet.build(INFO, 2, 96).eval()
    with torch.no_grad():
        network.classifier[-1].bias.copy_(torch.tensor([0.0, 5.0]))
    none = torch.zeros(0, 4)
    wrong, right = (
        network.losses(torch.zeros(1, 3, 96, 96), [LearningTarget(none, torch.tensor([i]))]) for i in range(2)
    )
    assert right["class"] < 1 < wrong["class"]
