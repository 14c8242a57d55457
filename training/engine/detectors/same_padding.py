"""TensorFlow's `SAME` padding, which puts the odd row and column behind the picture."""

import math

import torch.nn.functional as F
from torch import Tensor, nn


def same_padding(length: int, kernel: int, stride: int) -> tuple[int, int]:
    """Zeros before and after an axis, so that it comes out `ceil(length / stride)` long."""
    both = max((math.ceil(length / stride) - 1) * stride + kernel - length, 0)
    return both // 2, both - both // 2


class SameConv2d(nn.Conv2d):
    """A convolution padded as TensorFlow does; even paddings are left to the convolution, which needs no copy."""

    def forward(self, images: Tensor) -> Tensor:
        # int(): a traced size would put the computation of the pads into the exported graph
        height, width = (int(length) for length in images.shape[-2:])
        top, bottom = same_padding(height, self.kernel_size[0], self.stride[0])
        left, right = same_padding(width, self.kernel_size[1], self.stride[1])
        padding = (top, left)
        if padding != (bottom, right):
            images, padding = F.pad(images, (left, right, top, bottom)), (0, 0)
        return F.conv2d(images, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)
