"""The convolutions of a `.tflite` file, as torch wants them: those that follow each other, and those that end it."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from training.engine.exporters.flatbuffer import constant_values, operator_name, read_model

AXES = {"CONV_2D": (0, 3, 1, 2), "DEPTHWISE_CONV_2D": (3, 0, 1, 2)}
"""From TensorFlow's [out, height, width, in] and [1, height, width, channels] to torch's [out, in, height, width]."""

Layer = tuple[Tensor, Tensor]
"""Weight and bias of one convolution, dequantized."""


def layers_of(content: bytes) -> tuple[list[Layer], list[list[Layer]]]:
    """The convolutions whose output another takes, in order; and of each map, from the first, those that end there.

    Both are empty where the file has no such convolutions: the activation is expected inside the operator.
    """
    model = read_model(content)
    graph = model.subgraphs[0]
    convolutions = [operator for operator in graph.operators if operator_name(model, operator) in AXES]
    taken = {int(operator.inputs[0]) for operator in convolutions}
    chain = [operator for operator in convolutions if int(operator.outputs[0]) in taken]
    ends = [operator for operator in convolutions if int(operator.outputs[0]) not in taken]

    def layer(operator: Any) -> Layer:
        return _layer(model, operator)

    heads = [[end for end in ends if end.inputs[0] == step.outputs[0]] for step in chain]
    return [layer(step) for step in chain], [[layer(end) for end in of_map] for of_map in heads if of_map]


def _layer(model: Any, operator: Any) -> Layer:
    tensors = model.subgraphs[0].tensors
    weight, bias = (constant_values(model, tensors[int(i)]) for i in operator.inputs[1:3])
    axes = AXES[operator_name(model, operator)]
    return torch.from_numpy(np.ascontiguousarray(weight.transpose(axes))), torch.from_numpy(bias)
