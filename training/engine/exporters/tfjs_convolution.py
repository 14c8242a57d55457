"""Operators with weights or windows, from `.tflite` to TF.js: convolutions, dense layers, pools."""

from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from training.engine.exporters.tfjs_graph import (
    FLOAT,
    Array,
    Attributes,
    TfjsGraph,
    UnknownOperatorError,
    integer,
    integers,
    text,
)

ACTIVATION = schema.ActivationFunctionType
FUSABLE = {ACTIVATION.RELU: "Relu", ACTIVATION.RELU6: "Relu6"}


def activated(graph: TfjsGraph, node: str, activation: int) -> str:
    """`node` followed by the activation that `.tflite` fuses into its operators."""
    if activation == ACTIVATION.NONE:
        return node
    if activation in FUSABLE:
        return graph.node(FUSABLE[activation], [node], FLOAT)
    if activation == ACTIVATION.RELU_N1_TO_1:
        return clipped(graph, node, -1.0, 1.0)
    raise UnknownOperatorError(f"TF.js: the fused activation {activation} has no translation.")


def clipped(graph: TfjsGraph, node: str, low: float, high: float) -> str:
    return graph.node("ClipByValue", [node, graph.constant(np.float32(low)), graph.constant(np.float32(high))], FLOAT)


def convolution(graph: TfjsGraph, operator: Any) -> str:
    """`.tflite` keeps filters as OHWI, TF.js as HWIO."""
    weights = graph.values(operator.inputs[1]).transpose(1, 2, 3, 0)
    channels = graph.shape(operator.inputs[0])[3]
    if weights.shape[2] != channels:
        return _grouped_convolution(graph, operator, weights, channels // weights.shape[2])
    filters = graph.shared_constant(operator.inputs[1], "HWIO", weights)
    return _weighted(graph, "Conv2D", "_FusedConv2D", operator, filters, _window(operator.builtinOptions))


def depthwise_convolution(graph: TfjsGraph, operator: Any) -> str:
    """`.tflite` keeps filters as 1HW(IM), TF.js as HWIM."""
    options = operator.builtinOptions
    weights = graph.values(operator.inputs[1])[0]
    weights = weights.reshape(*weights.shape[:2], -1, options.depthMultiplier)
    filters = graph.shared_constant(operator.inputs[1], "HWIM", weights)
    names = ("DepthwiseConv2dNative", "FusedDepthwiseConv2dNative")
    return _weighted(graph, *names, operator, filters, _window(options))


def fully_connected(graph: TfjsGraph, operator: Any) -> str:
    source, weights = operator.inputs[:2]
    rows = graph.values(weights).T
    given = graph.ref(source)
    if len(graph.shape(source)) != 2:
        given = graph.node("Reshape", [given, graph.constant([-1, rows.shape[0]])], FLOAT)
    attributes = {**FLOAT, "transpose_a": {"b": False}, "transpose_b": {"b": False}}
    filters = graph.shared_constant(weights, "IO", rows)
    result = _weighted(graph, "MatMul", "_FusedMatMul", operator, filters, attributes, given)
    wanted = graph.shape(operator.outputs[0])
    return result if len(wanted) == 2 else graph.node("Reshape", [result, graph.constant(wanted)], FLOAT)


def transposed_convolution(graph: TfjsGraph, operator: Any) -> str:
    """Inputs are output shape, filters OHWI, image and maybe bias; TF.js wants the filters as HWOI."""
    options = operator.builtinOptions
    filters = graph.shared_constant(operator.inputs[1], "HWOI", graph.values(operator.inputs[1]).transpose(1, 2, 0, 3))
    shape = graph.constant(graph.shape(operator.outputs[0]))
    attributes = _placement(options) | {"dilations": integers([1, 1, 1, 1])}
    node = graph.node("Conv2DBackpropInput", [shape, filters, graph.ref(operator.inputs[2])], attributes)
    if len(operator.inputs) > 3 and operator.inputs[3] >= 0:
        node = graph.node("AddV2", [node, graph.ref(operator.inputs[3])], FLOAT)
    return activated(graph, node, getattr(options, "fusedActivationFunction", ACTIVATION.NONE))


def pool(graph: TfjsGraph, operator: Any) -> str:
    options = operator.builtinOptions
    kind = {"MAX_POOL_2D": "MaxPool", "AVERAGE_POOL_2D": "AvgPool"}[graph.name_of(operator)]
    attributes = _placement(options) | {"ksize": integers([1, options.filterHeight, options.filterWidth, 1])}
    return activated(
        graph, graph.node(kind, [graph.ref(operator.inputs[0])], attributes), options.fusedActivationFunction
    )


def _grouped_convolution(graph: TfjsGraph, operator: Any, weights: Array, groups: int) -> str:
    """TF.js has no groups: slice the channels, convolve each slice, put the results together."""
    options = operator.builtinOptions
    image = graph.ref(operator.inputs[0])
    area, depth, width = graph.shape(operator.inputs[0])[:3], weights.shape[2], weights.shape[3] // groups
    parts = []
    for group in range(groups):
        start, size = graph.constant([0, 0, 0, group * depth]), graph.constant([*area, depth])
        part = graph.node("Slice", [image, start, size], FLOAT)
        filters = graph.constant(weights[..., group * width : (group + 1) * width])
        parts.append(graph.node("Conv2D", [part, filters], _window(options)))
    joined = graph.node("ConcatV2", [*parts, graph.constant(3)], {**FLOAT, "N": integer(groups)})
    if (bias := _bias(graph, operator)) is not None:
        joined = graph.node("AddV2", [joined, bias], FLOAT)
    return activated(graph, joined, options.fusedActivationFunction)


def _weighted(
    graph: TfjsGraph,
    plain: str,
    fused: str,
    operator: Any,
    filters: str,
    attributes: Attributes,
    given: str | None = None,
) -> str:
    """The operator with its bias and activation fused where there is a bias: one kernel instead of three."""
    activation = operator.builtinOptions.fusedActivationFunction
    image = given or graph.ref(operator.inputs[0])
    if (bias := _bias(graph, operator)) is None:
        return activated(graph, graph.node(plain, [image, filters], attributes), activation)
    together = ["BiasAdd", FUSABLE[activation]] if activation in FUSABLE else ["BiasAdd"]
    extra = {"fused_ops": {"list": {"s": [text(name)["s"] for name in together]}}, "num_args": integer(1)}
    node = graph.node(fused, [image, filters, bias], attributes | extra | {"epsilon": {"f": 0}})
    return node if activation in FUSABLE else activated(graph, node, activation)


def _bias(graph: TfjsGraph, operator: Any) -> str | None:
    has_bias = len(operator.inputs) > 2 and operator.inputs[2] >= 0
    return graph.ref(operator.inputs[2]) if has_bias else None


def _placement(options: Any) -> Attributes:
    padding = "SAME" if options.padding == schema.Padding.SAME else "VALID"
    strides = integers([1, options.strideH, options.strideW, 1])
    return {**FLOAT, "strides": strides, "padding": text(padding), "data_format": text("NHWC")}


def _window(options: Any) -> Attributes:
    return _placement(options) | {"dilations": integers([1, options.dilationHFactor, options.dilationWFactor, 1])}
