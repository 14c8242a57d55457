"""A TF.js graph model on disk: `model.json` and the weight files beside it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from training.engine.exporters.tfjs_graph import FLOAT, Array, TfjsGraph, tensor_shape
from training.engine.exporters.tfjs_operators import translate

MODEL_FILE = "model.json"
INPUT = "image"
SHARD_SIZE = 4 * 2**20  # bytes: what browsers cache as one piece

EXACT_RANK = 3
"""Constants of this rank are anchors, not weights: half precision would shift every box by up to half a pixel."""


def write_tfjs(content: bytes, output_names: Sequence[str], folder: Path, *, half: bool) -> None:
    """Write a float `.tflite` graph with one input as a TF.js model. Raises UnknownOperatorError."""
    graph = TfjsGraph(content)
    inputs = {INPUT: _add_input(graph)}
    for operator in graph.source.operators:
        graph.bind(int(operator.outputs[0]), translate(graph, operator))
    outputs = {
        name: _add_output(graph, name, int(i)) for name, i in zip(output_names, graph.source.outputs, strict=True)
    }
    paths, entries = _write_weights(graph, folder, half=half)
    document = {
        "format": "graph-model",
        "generatedBy": "Boxwright",
        "convertedBy": "Boxwright",
        "signature": {"inputs": inputs, "outputs": outputs},
        "modelTopology": {"node": graph.nodes, "library": {}, "versions": {"producer": 1}},
        "weightsManifest": [{"paths": paths, "weights": entries}],
    }
    (folder / MODEL_FILE).write_text(json.dumps(document, separators=(",", ":")), encoding="utf-8")


def write_notes(folder: Path, notes: Mapping[str, str]) -> None:
    """As `userDefinedMetadata`, which a loaded model has too."""
    path = folder / MODEL_FILE
    document = json.loads(path.read_text(encoding="utf-8"))
    document["userDefinedMetadata"] = read_notes(folder) | dict(notes)
    path.write_text(json.dumps(document, separators=(",", ":")), encoding="utf-8")


def read_notes(folder: Path) -> dict[str, str]:
    document = json.loads((folder / MODEL_FILE).read_text(encoding="utf-8"))
    return dict(document.get("userDefinedMetadata", {}))


def _add_input(graph: TfjsGraph) -> dict[str, Any]:
    tensor = int(graph.source.inputs[0])
    shape = tensor_shape(graph.shape(tensor))
    attributes = {"dtype": {"type": "DT_FLOAT"}, "shape": {"shape": shape}}
    graph.bind(tensor, graph.node("Placeholder", [], attributes, INPUT))
    return _signature(INPUT, shape)


def _add_output(graph: TfjsGraph, name: str, tensor: int) -> dict[str, Any]:
    graph.node("Identity", [graph.ref(tensor)], FLOAT, name)
    return _signature(name, tensor_shape(graph.shape(tensor)))


def _signature(name: str, shape: dict[str, Any]) -> dict[str, Any]:
    return {"name": f"{name}:0", "dtype": "DT_FLOAT", "tensorShape": shape}


def _write_weights(graph: TfjsGraph, folder: Path, *, half: bool) -> tuple[list[str], list[dict[str, Any]]]:
    """All constants as one run of bytes, cut into files; returns the files' names and what lies in them."""
    parts, entries = [], []
    for name, array in graph.weights:
        entry: dict[str, Any] = {"name": name, "shape": list(array.shape), "dtype": str(array.dtype)}
        if half and _may_shrink(array):
            array = array.astype(np.float16)
            entry["quantization"] = {"dtype": "float16", "original_dtype": "float32"}
        parts.append(array.tobytes())
        entries.append(entry)
    content = b"".join(parts)
    count = max(1, -(-len(content) // SHARD_SIZE))
    paths = [f"group1-shard{i + 1}of{count}.bin" for i in range(count)]
    for i, path in enumerate(paths):
        (folder / path).write_bytes(content[i * SHARD_SIZE : (i + 1) * SHARD_SIZE])
    return paths, entries


def _may_shrink(array: Array) -> bool:
    largest = np.finfo(np.float16).max
    return array.dtype == np.float32 and array.ndim != EXACT_RANK and bool((np.abs(array) < largest).all())
