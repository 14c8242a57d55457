"""The writer's table of operators, by a network that uses many of them, in real Node."""

import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.engine.exporters.node_runtime import run_tfjs
from training.engine.exporters.tfjs_graph import UnknownOperatorError
from training.engine.exporters.tfjs_model import write_tfjs

SIDE = 16

pytestmark = pytest.mark.full
"""What our models need is proved daily: by the TF.js artifact of a detector, which says what its checkpoint says."""


class Zoo(nn.Module):
    """Operators that our models do not need yet, but their relatives will."""

    def __init__(self) -> None:
        super().__init__()
        self.grouped = nn.Conv2d(4, 6, 3, padding=1, groups=2)
        self.upward = nn.ConvTranspose2d(6, 4, 2, stride=2)
        self.norm = nn.GroupNorm(2, 4)
        self.dense = nn.Linear(4, 5)

    def forward(self, image: Tensor) -> Tensor:
        given = F.pad(image.permute(0, 3, 1, 2), (0, 0, 0, 0, 0, 1))
        features = F.leaky_relu(self.grouped(given), 0.1)
        features = F.relu6(self.upward(F.max_pool2d(features, 3, 2, 1)))
        half = F.avg_pool2d(F.hardswish(features), 2)
        bigger = F.interpolate(half, scale_factor=2, mode="bilinear") + F.interpolate(half, scale_factor=2)
        squashed = F.relu(torch.tanh(bigger)) * torch.sigmoid(features) / (features.abs() + 1).sqrt() - features.clamp(
            0, 1
        )
        rows = torch.cat([squashed, self.norm(squashed) - features], 1)[:, 2:6].flatten(2).transpose(1, 2)
        return torch.softmax(self.dense(rows), -1).amax(1) + torch.exp(-self.dense(rows)).log().sum(1) / SIDE**2


class Sine(nn.Module):
    def forward(self, image: Tensor) -> Tensor:
        return torch.sin(image)


def convert(module: nn.Module) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import litert_torch

        return bytes(litert_torch.convert(module.eval(), (torch.zeros(1, SIDE, SIDE, 3),)).model_content())


def test_every_translated_operator_gives_torch_s_numbers(tmp_path: Path) -> None:
    torch.manual_seed(0)
    zoo = Zoo().eval()
    pictures = np.random.default_rng(0).normal(size=(3, SIDE, SIDE, 3)).astype(np.float32)
    write_tfjs(convert(zoo), ["answer"], tmp_path, half=False)

    found = run_tfjs(tmp_path, pictures).outputs["answer"]

    with torch.no_grad():
        expected = np.concatenate([zoo(torch.from_numpy(picture[None])).numpy() for picture in pictures])
    assert found == pytest.approx(expected, abs=1e-4)


def test_an_unknown_operator_is_named_not_guessed(tmp_path: Path) -> None:
    with pytest.raises(UnknownOperatorError, match="the operator SIN has no translation"):
        write_tfjs(convert(Sine()), ["answer"], tmp_path, half=False)
