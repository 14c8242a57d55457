import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx as onnx_format
from onnx import numpy_helper

from tests.training.engine.exporters.damage.said import MOVED, REFUSED


def shift_a_bias(folder: Path) -> None:
    """One bias of the last box layers, half a unit up."""
    model = onnx_format.load(folder / "model.onnx")
    biases = [tensor for tensor in model.graph.initializer if len(tensor.dims) == 1 and tensor.data_type == 1]
    values = numpy_helper.to_array(biases[-1]).copy()
    values += 0.5
    biases[-1].CopyFrom(numpy_helper.from_array(values, biases[-1].name))
    onnx_format.save(model, folder / "model.onnx")


def scale(folder: Path) -> None:
    """The first layer's weights, one percent up."""
    model = onnx_format.load(folder / "model.onnx")
    first = next(tensor for tensor in model.graph.initializer if len(tensor.dims) == 4)
    first.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(first) * np.float32(1.01), first.name))
    onnx_format.save(model, folder / "model.onnx")


def drop_label(folder: Path) -> None:
    model = onnx_format.load(folder / "model.onnx")
    labels = next(prop for prop in model.metadata_props if prop.key == "labels")
    labels.value = json.dumps(json.loads(labels.value)[:-1])
    onnx_format.save(model, folder / "model.onnx")


def swap_outputs(folder: Path) -> None:
    """`scores` are called `boxes`, and the other way round."""
    model = onnx_format.load(folder / "model.onnx")
    other = {"scores": "boxes", "boxes": "scores"}
    for node in model.graph.node:
        node.output[:] = [other.get(name, name) for name in node.output]
        node.input[:] = [other.get(name, name) for name in node.input]
    for output in model.graph.output:
        output.name = other.get(output.name, output.name)
    onnx_format.save(model, folder / "model.onnx")


def corrupt(folder: Path) -> None:
    """The file's first byte."""
    content = (folder / "model.onnx").read_bytes()
    (folder / "model.onnx").write_bytes(b"\xff" + content[1:])


def suppress_otherwise(folder: Path) -> None:
    """Boxes of low scores go."""
    model = onnx_format.load(folder / "model.onnx")
    least = next(tensor for tensor in model.graph.initializer if tensor.name == "least")
    least.CopyFrom(numpy_helper.from_array(np.array([0.3], np.float32), "least"))
    onnx_format.save(model, folder / "model.onnx")


DAMAGE: dict[Callable[[Path], None], str] = {
    shift_a_bias: MOVED,
    scale: MOVED,
    swap_outputs: REFUSED,
    drop_label: r"names other labels",
    corrupt: REFUSED,
}
