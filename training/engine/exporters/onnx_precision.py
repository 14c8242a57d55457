"""The precisions that an ONNX model is shipped in."""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from training.engine.exporters.answers import Floats
from training.engine.exporters.onnx_file import fed, quiet, run_model

WEIGHTED = frozenset({"Conv", "ConvTranspose", "Gemm", "MatMul"})

SCORE_CHANGE = 0.1
"""Of the largest change of a score in an image, over the calibration images, what the mean may be.

With 8-bit activations it was 0.24 in SSDlite, which lost 0.048 AP, and 0.04 in ssd_mobilenet_v1_075, which lost none.
"""
QUANTIZED = ["Conv", "Gemm", "MatMul", "MaxPool", "GlobalAveragePool", "AveragePool"]

Inputs = Callable[[], Iterator[Floats]]
"""Training images as the model wants them, [S, S, 3]; decoded anew by each call."""


def unchanged(model: onnx.ModelProto, _inputs: Inputs) -> onnx.ModelProto:
    return model


def halved(model: onnx.ModelProto, _inputs: Inputs) -> onnx.ModelProto:
    """Weights and biases as 16-bit floats behind a Cast: half the size, computed in 32 bits as before.

    onnxruntime casts them once, as it loads the file. What is no weight, as anchors, stays as it is.
    """
    casts = []
    for tensor, _ in _weights(model.graph):
        with np.errstate(over="ignore"):
            values = numpy_helper.to_array(tensor).astype(np.float16)
        if not np.isfinite(values).all():
            continue
        casts.append(helper.make_node("Cast", [f"{tensor.name}_half"], [tensor.name], to=TensorProto.FLOAT))
        tensor.CopyFrom(numpy_helper.from_array(values, f"{tensor.name}_half"))
    return _put_first(model, casts)


def quantized(model: onnx.ModelProto, inputs: Inputs) -> onnx.ModelProto:
    """8-bit weights, and 8-bit activations too where the scores of training images bear that (`SCORE_CHANGE`)."""
    whole = with_small_activations(model, inputs)
    scores = model.graph.output[0].name
    pairs = zip(*(run_model(one.SerializeToString(), [scores], inputs()) for one in (model, whole)), strict=True)
    changes = [float(np.abs(before[0] - after[0]).max()) for before, after in pairs]
    bears = bool(changes) and sum(changes) / len(changes) <= SCORE_CHANGE
    return whole if bears else with_small_weights(model)


def with_small_activations(model: onnx.ModelProto, inputs: Inputs) -> onnx.ModelProto:
    """Layers of `QUANTIZED` between QuantizeLinear and DequantizeLinear; ranges are the extremes seen."""
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static

    class Reader(CalibrationDataReader):  # type: ignore[misc]
        def __init__(self) -> None:
            self.left = inputs()

        def get_next(self) -> dict[str, Floats] | None:
            image = next(self.left, None)
            return None if image is None else fed(image)

    with TemporaryDirectory() as folder, quiet():
        given, path = Path(folder) / "model.onnx", Path(folder) / "quantized.onnx"
        onnx.save(model, given)  # of a model in memory its weights would be taken out
        quantize_static(
            given, path, Reader(), quant_format=QuantFormat.QDQ, per_channel=True, op_types_to_quantize=QUANTIZED
        )
        return onnx.load(path)


def with_small_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """Weights as 8-bit numbers, a scale for each output channel, behind a DequantizeLinear; computed in 32 bits."""
    restored, scales = [], []
    for tensor, channel in _weights(model.graph):
        values = numpy_helper.to_array(tensor)
        if values.ndim < 2:
            continue
        others = tuple(axis for axis in range(values.ndim) if axis != channel)
        scale = np.maximum(np.abs(values).max(others, keepdims=True), 1e-12) / 127
        name, small = tensor.name, np.round(values / scale).astype(np.int8)
        tensor.CopyFrom(numpy_helper.from_array(small, f"{name}_small"))
        scales.append(numpy_helper.from_array(scale.reshape(-1).astype(np.float32), f"{name}_scale"))
        restored.append(helper.make_node("DequantizeLinear", [f"{name}_small", f"{name}_scale"], [name], axis=channel))
    model.graph.initializer.extend(scales)
    return _put_first(model, restored)


def _weights(graph: onnx.GraphProto) -> Iterator[tuple[onnx.TensorProto, int]]:
    """32-bit constants that convolutions and products take, and the axis of each that their output's channels are."""
    found: dict[str, int] = {}
    for node in graph.node:
        if node.op_type in WEIGHTED:
            turned = any(attribute.name == "transB" and attribute.i for attribute in node.attribute)
            first = node.op_type == "Conv" or turned
            found |= dict.fromkeys(node.input[1:2], 0 if first else 1) | dict.fromkeys(node.input[2:], 0)
    for tensor in graph.initializer:
        if tensor.name in found and tensor.data_type == TensorProto.FLOAT:
            yield tensor, found[tensor.name]


def _put_first(model: onnx.ModelProto, nodes: list[onnx.NodeProto]) -> onnx.ModelProto:
    every = [*nodes, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(every)
    return model


PRECISIONS: dict[str, Callable[[onnx.ModelProto, Inputs], onnx.ModelProto]] = {
    "none": unchanged,
    "fp16": halved,
    "int8": quantized,
}
