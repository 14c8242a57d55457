"""The precisions that an ONNX model is shipped in."""

from collections.abc import Callable

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from training.engine.exporters.answers import Floats

WEIGHTED = frozenset({"Conv", "ConvTranspose", "Gemm", "MatMul"})

Inputs = Callable[[], Floats]
"""Training images as the model wants them, [n, S, S, 3]; decoded when it is called."""


def unchanged(model: onnx.ModelProto, _inputs: Inputs) -> onnx.ModelProto:
    return model


def halved(model: onnx.ModelProto, _inputs: Inputs) -> onnx.ModelProto:
    """Weights and biases as 16-bit floats behind a Cast: half the size, computed in 32 bits as before.

    onnxruntime casts them once, as it loads the file. What is no weight, as anchors, stays as it is.
    """
    graph = model.graph
    weights = {name for node in graph.node if node.op_type in WEIGHTED for name in node.input[1:]}
    casts = []
    for tensor in graph.initializer:
        if tensor.name not in weights or tensor.data_type != TensorProto.FLOAT:
            continue
        with np.errstate(over="ignore"):
            values = numpy_helper.to_array(tensor).astype(np.float16)
        if not np.isfinite(values).all():
            continue
        casts.append(helper.make_node("Cast", [f"{tensor.name}_half"], [tensor.name], to=TensorProto.FLOAT))
        tensor.CopyFrom(numpy_helper.from_array(values, f"{tensor.name}_half"))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    return model


PRECISIONS: dict[str, Callable[[onnx.ModelProto, Inputs], onnx.ModelProto]] = {"none": unchanged, "fp16": halved}
