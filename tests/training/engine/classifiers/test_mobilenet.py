import pytest
import torch

from training.engine.catalog import MODELS
from training.engine.classifiers import mobilenet
from training.engine.network import LearningTarget

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


def test_the_loss_is_small_when_the_answer_is_right() -> None:
    network = mobilenet.build(INFO, 2, 96).eval()
    with torch.no_grad():
        network.classifier[-1].bias.copy_(torch.tensor([0.0, 5.0]))
    none = torch.zeros(0, 4)
    wrong, right = (
        network.losses(torch.zeros(1, 3, 96, 96), [LearningTarget(none, torch.tensor([i]))]) for i in range(2)
    )
    assert right["class"] < 1 < wrong["class"]
