"""The mean over a map: the same number and gradient while learning as torch's pooling gives."""

import pytest
import torch
from torch import nn

from training.engine.detectors.map_mean import MapMean
from training.engine.detectors.ssdlite import Ssdlite


@pytest.mark.parametrize("order", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("is_learning", [True, False])
def test_mean_is_that_of_torch(order: torch.memory_format, is_learning: bool) -> None:
    torch.manual_seed(0)
    maps = torch.randn(2, 6, 5, 7).contiguous(memory_format=order).requires_grad_()
    found, wanted = (mean(maps) for mean in (MapMean().train(is_learning), nn.AdaptiveAvgPool2d(1)))
    assert found.shape == wanted.shape
    assert torch.allclose(found, wanted, atol=1e-6)
    [mine], [torchs] = (torch.autograd.grad((maps * mean).square().sum(), [maps]) for mean in (found, wanted))
    assert torch.allclose(mine, torchs, atol=1e-5)


def test_ssdlite_takes_no_other_mean() -> None:
    means = [module for module in Ssdlite(1, 320).modules() if isinstance(module, nn.AdaptiveAvgPool2d)]
    assert means
    assert all(isinstance(mean, MapMean) for mean in means)
