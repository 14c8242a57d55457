"""The table of `.tflite` operators that can be said in TF.js: name → function(graph, operator) → node."""

from collections.abc import Callable
from typing import Any

import numpy as np

from training.engine.exporters.tfjs_convolution import (
    activated,
    clipped,
    convolution,
    depthwise_convolution,
    fully_connected,
    pool,
    transposed_convolution,
)
from training.engine.exporters.tfjs_graph import FLOAT, TfjsGraph, UnknownOperatorError, integer

Translation = Callable[[TfjsGraph, Any], str]


def translate(graph: TfjsGraph, operator: Any) -> str:
    """Append what `operator` means; return the node with its result. Raises UnknownOperatorError, never guesses."""
    name = graph.name_of(operator)
    if name not in OPERATORS or len(operator.outputs) != 1:
        raise UnknownOperatorError(f"TF.js: the operator {name} has no translation.")
    return OPERATORS[name](graph, operator)


def _same(tf_name: str) -> Translation:
    """The same operator under another name: all inputs, in order."""

    def translation(graph: TfjsGraph, operator: Any) -> str:
        return graph.node(tf_name, [graph.ref(i) for i in operator.inputs], FLOAT)

    return translation


def _arithmetic(tf_name: str) -> Translation:
    def translation(graph: TfjsGraph, operator: Any) -> str:
        node = _same(tf_name)(graph, operator)
        return activated(graph, node, operator.builtinOptions.fusedActivationFunction)

    return translation


def _reduction(tf_name: str) -> Translation:
    def translation(graph: TfjsGraph, operator: Any) -> str:
        keep = {"keep_dims": {"b": bool(operator.builtinOptions.keepDims)}}
        return graph.node(tf_name, [graph.ref(i) for i in operator.inputs], FLOAT | keep)

    return translation


def _resize(tf_name: str) -> Translation:
    def translation(graph: TfjsGraph, operator: Any) -> str:
        options = operator.builtinOptions
        corners = {"align_corners": {"b": bool(options.alignCorners)}}
        centres = {"half_pixel_centers": {"b": bool(options.halfPixelCenters)}}
        return graph.node(tf_name, [graph.ref(i) for i in operator.inputs], FLOAT | corners | centres)

    return translation


def _to_output_shape(tf_name: str) -> Translation:
    """Shapes are fixed: whatever the operator was told, its output's shape says it all."""

    def translation(graph: TfjsGraph, operator: Any) -> str:
        shape = graph.constant(graph.shape(operator.outputs[0]))
        return graph.node(tf_name, [graph.ref(operator.inputs[0]), shape], FLOAT)

    return translation


def _unit_clip(graph: TfjsGraph, operator: Any) -> str:
    return clipped(graph, graph.ref(operator.inputs[0]), 0.0, 1.0)


def _hard_swish(graph: TfjsGraph, operator: Any) -> str:
    """x · relu6(x + 3) / 6: TF.js' wasm backend knows no hard swish."""
    given = graph.ref(operator.inputs[0])
    gate = graph.node("Relu6", [graph.node("AddV2", [given, graph.constant(np.float32(3))], FLOAT)], FLOAT)
    product = graph.node("Mul", [given, gate], FLOAT)
    return graph.node("Mul", [product, graph.constant(np.float32(1 / 6))], FLOAT)


def _softmax(graph: TfjsGraph, operator: Any) -> str:
    given, beta = graph.ref(operator.inputs[0]), operator.builtinOptions.beta
    if beta != 1:
        given = graph.node("Mul", [given, graph.constant(np.float32(beta))], FLOAT)
    return graph.node("Softmax", [given], FLOAT)


def _leaky_relu(graph: TfjsGraph, operator: Any) -> str:
    alpha = {"alpha": {"f": float(operator.builtinOptions.alpha)}}
    return graph.node("LeakyRelu", [graph.ref(operator.inputs[0])], FLOAT | alpha)


def _concatenation(graph: TfjsGraph, operator: Any) -> str:
    options, parts = operator.builtinOptions, [graph.ref(i) for i in operator.inputs]
    axis = graph.constant(options.axis)
    node = graph.node("ConcatV2", [*parts, axis], {**FLOAT, "N": integer(len(parts))})
    return activated(graph, node, options.fusedActivationFunction)


OPERATORS: dict[str, Translation] = {
    "CONV_2D": convolution,
    "DEPTHWISE_CONV_2D": depthwise_convolution,
    "FULLY_CONNECTED": fully_connected,
    "TRANSPOSE_CONV": transposed_convolution,
    "MAX_POOL_2D": pool,
    "AVERAGE_POOL_2D": pool,
    "ADD": _arithmetic("AddV2"),
    "SUB": _arithmetic("Sub"),
    "MUL": _arithmetic("Mul"),
    "DIV": _arithmetic("RealDiv"),
    "MINIMUM": _same("Minimum"),
    "MAXIMUM": _same("Maximum"),
    "ABS": _same("Abs"),
    "EXP": _same("Exp"),
    "LOG": _same("Log"),
    "LOGISTIC": _same("Sigmoid"),
    "RELU": _same("Relu"),
    "RELU6": _same("Relu6"),
    "RELU_0_TO_1": _unit_clip,
    "RSQRT": _same("Rsqrt"),
    "SQRT": _same("Sqrt"),
    "TANH": _same("Tanh"),
    "HARD_SWISH": _hard_swish,
    "LEAKY_RELU": _leaky_relu,
    "SOFTMAX": _softmax,
    "MEAN": _reduction("Mean"),
    "REDUCE_MAX": _reduction("Max"),
    "RESHAPE": _to_output_shape("Reshape"),
    "BROADCAST_TO": _to_output_shape("BroadcastTo"),
    "CONCATENATION": _concatenation,
    "PAD": _same("Pad"),
    "PADV2": _same("PadV2"),
    "RESIZE_BILINEAR": _resize("ResizeBilinear"),
    "RESIZE_NEAREST_NEIGHBOR": _resize("ResizeNearestNeighbor"),
    "SLICE": _same("Slice"),
    "TRANSPOSE": _same("Transpose"),
}
