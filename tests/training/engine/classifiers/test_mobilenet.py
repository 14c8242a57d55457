import torch

from training.engine.catalog import MODELS
from training.engine.classifiers import mobilenet
from training.engine.network import LearningTarget

INFO = MODELS["mobilenet_v2"]


def test_the_loss_is_small_when_the_answer_is_right() -> None:
    network = mobilenet.build(INFO, 2, 96).eval()
    with torch.no_grad():
        network.classifier[-1].bias.copy_(torch.tensor([0.0, 5.0]))
    none = torch.zeros(0, 4)
    wrong, right = (
        network.losses(torch.zeros(1, 3, 96, 96), [LearningTarget(none, torch.tensor([i]))]) for i in range(2)
    )
    assert right["class"] < 1 < wrong["class"]
