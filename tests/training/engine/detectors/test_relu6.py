"""Clipping in place answers and learns as torch's own, to the last bit."""

import pytest
import torch
from torch import Tensor, nn

from training.engine.detectors.relu6 import ReLU6


def learned(activation: nn.Module, images: Tensor, dtype: torch.dtype) -> list[Tensor]:
    """The output of two convolutions with the activation between and behind them, and all gradients."""
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(3, 8, 3), activation, nn.Conv2d(8, 8, 3), activation)
    seen = (images * 9).requires_grad_()
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=dtype is torch.bfloat16):
        out: Tensor = network(seen)
    out.float().square().sum().backward()  # type: ignore[no-untyped-call]
    assert seen.grad is not None
    return [out.detach(), seen.grad, *(one.grad for one in network.parameters() if one.grad is not None)]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_it_learns_as_torchs_own(dtype: torch.dtype) -> None:
    torch.manual_seed(1)
    images = torch.randn(4, 3, 12, 12)
    expected, found = (learned(one, images, dtype) for one in (nn.ReLU6(), ReLU6()))
    assert len(found) == len(expected) == 6
    assert all(torch.equal(one, other) for one, other in zip(found, expected, strict=True))


def test_its_ends_let_no_gradient_through() -> None:
    values = torch.tensor([-1.0, 0.0, 0.5, 6.0, 7.0], requires_grad=True)
    clipped = ReLU6()(values * 1)
    clipped.sum().backward()
    assert clipped.tolist() == [0.0, 0.0, 0.5, 6.0, 6.0]
    assert values.grad is not None
    assert values.grad.tolist() == [0.0, 0.0, 1.0, 0.0, 0.0]


def test_what_is_kept_for_the_way_back_is_what_comes_out() -> None:
    kept: list[Tensor] = []

    def keep(one: Tensor) -> Tensor:
        kept.append(one)
        return one

    maps = torch.ones(3, requires_grad=True) + 1
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda one: one):
        clipped = ReLU6()(maps)
    assert [one.data_ptr() for one in kept] == [clipped.data_ptr()] == [maps.data_ptr()]
