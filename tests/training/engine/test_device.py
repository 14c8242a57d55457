"""What bf16 on a CPU computes in fp32."""

import pytest
import torch
import torch.nn.functional as F

from training.engine.config import Precision
from training.engine.device import fast_arithmetic

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("groups", "kernel", "stride", "is_exact"),
    [(8, 3, 2, True), (8, 5, 1, True), (8, 3, 1, False), (1, 3, 2, False), (4, 3, 2, False)],
)
def test_slow_depthwise_convolutions_stay_in_fp32(groups: int, kernel: int, stride: int, is_exact: bool) -> None:
    torch.manual_seed(0)
    images, weight = torch.randn(2, 8, 12, 12), torch.randn(8, 8 // groups, kernel, kernel, requires_grad=True)
    exact = F.conv2d(images, weight, None, stride, kernel // 2, 1, groups)
    with fast_arithmetic(CPU, "bf16", pays_on_cpu=False):
        found = F.conv2d(images, weight, None, stride, kernel // 2, 1, groups)
        named = F.conv2d(images, weight, stride=(stride, stride), padding=kernel // 2, groups=groups)
    assert found.dtype is torch.bfloat16
    assert torch.equal(found, named)
    assert torch.equal(found, exact.bfloat16()) is is_exact
    assert torch.allclose(found.float(), exact, atol=0.1)
    found.float().sum().backward()  # type: ignore[no-untyped-call]
    assert weight.grad is not None
    assert weight.grad.dtype is torch.float32
    assert weight.grad.abs().min() > 0


@pytest.mark.parametrize(("precision", "pays"), [("fp32", True), ("auto", False)])
def test_nothing_is_rounded_where_bf16_is_not_wanted(precision: Precision, pays: bool) -> None:
    with fast_arithmetic(CPU, precision, pays):
        assert F.conv2d(torch.zeros(1, 3, 4, 4), torch.zeros(3, 3, 1, 1)).dtype is torch.float32


def test_functions_are_as_they_were_afterwards() -> None:
    images, weight = torch.ones(1, 3, 4, 4), torch.ones(3, 1, 1, 1)
    with pytest.raises(ZeroDivisionError), fast_arithmetic(CPU, "bf16", pays_on_cpu=False):
        raise ZeroDivisionError
    assert F.conv2d(images, weight, stride=2, groups=3).dtype is torch.float32
