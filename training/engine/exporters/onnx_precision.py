"""The precisions that an ONNX model is shipped in."""

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from training.engine.exporters.answers import Floats
from training.engine.exporters.eight_bits import SCORE_CHANGE, EightBits, Inputs, layers_to_spare, mean_change
from training.engine.exporters.onnx_file import fed, quiet, run_model

WEIGHTED = frozenset({"Conv", "ConvTranspose", "Gemm", "MatMul"})

Precise = tuple[onnx.ModelProto, EightBits | None]

QUANTIZED = ["Conv", "Gemm", "MatMul", "MaxPool", "GlobalAveragePool", "AveragePool"]


def unchanged(model: onnx.ModelProto, _inputs: Inputs) -> Precise:
    return model, None


def halved(model: onnx.ModelProto, _inputs: Inputs) -> Precise:
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
    return _put_first(model, casts), None


def quantized(model: onnx.ModelProto, inputs: Inputs) -> Precise:
    """8-bit weights, and 8-bit activations too where the scores of training images bear that; else see `eight_bits`."""
    small = with_small_activations(model, inputs)
    if mean_change(_scores(model, inputs), _scores(small, inputs)) <= SCORE_CHANGE:
        return small, EightBits(activations=True)
    layers = [tensor.name for tensor, _ in _weights(model.graph) if len(tensor.dims) > 1]
    spared = layers_to_spare(layers, inputs, lambda of, seen: _scores(with_small_weights(model, of), seen))
    return with_small_weights(model, set(layers) - set(spared)), EightBits(activations=False, float_layers=spared)


def _scores(model: onnx.ModelProto, inputs: Inputs) -> Iterator[Floats]:
    rows = run_model(model.SerializeToString(), [model.graph.output[0].name], inputs())
    return (row[0] for row in rows)


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


def with_small_weights(given: onnx.ModelProto, layers: Collection[str]) -> onnx.ModelProto:
    """Weights of these names as 8-bit numbers, a scale for each output channel, behind a DequantizeLinear.

    It computes in 32 bits.
    """
    model = onnx.ModelProto()
    model.CopyFrom(given)
    restored, scales = [], []
    for tensor, channel in _weights(model.graph):
        if tensor.name not in layers:
            continue
        values = numpy_helper.to_array(tensor)
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


PRECISIONS: dict[str, Callable[[onnx.ModelProto, Inputs], Precise]] = {
    "none": unchanged,
    "fp16": halved,
    "int8": quantized,
}
