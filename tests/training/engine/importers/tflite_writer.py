"""Writes `.tflite` files as TensorFlow's object detection does: a chain of convolutions, and heads at six of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray
from torch import Tensor

from training.engine.exporters.flatbuffer import add_buffer, add_tensor, write_model

Layer = tuple[Tensor, Tensor]
CONV, DEPTHWISE = 0, 1
"""Indices of the two kinds of operators."""


@dataclass
class Head:
    """One convolution that looks at the output of convolution `after` of the chain."""

    after: int
    layer: Layer


def tflite(chain: Sequence[Layer], heads: Sequence[Head], quantized: bool) -> bytes:
    """Weights as uint8 and biases as int32 when `quantized`, else as floats; a layer is [out, in, height, width]."""
    model = _empty_model()
    outputs = [add_tensor(model, "image", [1, 300, 300, 3], schema.TensorType.FLOAT32)]
    for layer in chain:
        outputs.append(_convolve(model, outputs[-1], layer, quantized))
    for head in heads:
        _convolve(model, outputs[1 + head.after], head.layer, quantized)
    return write_model(model)


def _empty_model() -> Any:
    model, graph = schema.ModelT(), schema.SubGraphT()
    model.version, model.operatorCodes, model.buffers, model.subgraphs = 3, [], [schema.BufferT()], [graph]
    for code in (schema.BuiltinOperator.CONV_2D, schema.BuiltinOperator.DEPTHWISE_CONV_2D):
        operator_code = schema.OperatorCodeT()
        operator_code.builtinCode = operator_code.deprecatedBuiltinCode = code
        model.operatorCodes.append(operator_code)
    graph.tensors, graph.operators, graph.inputs, graph.outputs = [], [], [0], []
    return model


def _convolve(model: Any, image: int, layer: Layer, quantized: bool) -> int:
    """Add the operator and its constants; returns its output."""
    weight, bias = (part.numpy() for part in layer)
    is_depthwise = weight.shape[1] == 1
    operator = schema.OperatorT()
    operator.opcodeIndex = DEPTHWISE if is_depthwise else CONV
    weight = weight.transpose((1, 2, 3, 0) if is_depthwise else (0, 2, 3, 1))
    constants = [_constant(model, weight, "uint8" if quantized else "float32")]
    constants.append(_constant(model, bias, "int32" if quantized else "float32"))
    output = add_tensor(model, "output", [1, 1, 1, len(bias)], schema.TensorType.FLOAT32)
    operator.inputs, operator.outputs = [image, *constants], [output]
    model.subgraphs[0].operators.append(operator)
    return output


def _constant(model: Any, values: NDArray[np.float32], kind: str) -> int:
    stored, scale, zero = _quantized(values, kind)
    code = {"float32": 0, "int32": 2, "uint8": 3}[kind]
    tensor = add_tensor(model, "constant", values.shape, code, add_buffer(model, stored.tobytes()))
    if kind != "float32":
        quantization = schema.QuantizationParametersT()
        quantization.scale, quantization.zeroPoint = np.array([scale], np.float32), np.array([zero], np.int64)
        quantization.quantizedDimension = 0
        model.subgraphs[0].tensors[tensor].quantization = quantization
    return tensor


def _quantized(values: NDArray[np.float32], kind: str) -> tuple[NDArray[Any], float, int]:
    if kind == "float32":
        return np.ascontiguousarray(values), 1.0, 0
    if kind == "int32":
        scale = float(abs(values).max()) / 2**30 or 1.0
        return np.round(values / scale).astype(np.int32), scale, 0
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    scale = (high - low) / 255 or 1.0
    zero = round(-low / scale)
    return np.clip(np.round(values / scale) + zero, 0, 255).astype(np.uint8), scale, zero
