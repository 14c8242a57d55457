"""A TF.js graph under construction: nodes, and the constants that become its weights."""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from training.engine.errors import TargetError
from training.engine.exporters.flatbuffer import constant_bytes, operator_name, read_model

Array = NDArray[Any]
Attributes = dict[str, Any]

NUMPY_TYPES = {
    schema.TensorType.FLOAT32: np.float32,
    schema.TensorType.INT32: np.int32,
    schema.TensorType.INT64: np.int64,
    schema.TensorType.BOOL: np.bool_,
}
TF_TYPES = {"float32": "DT_FLOAT", "int32": "DT_INT32", "bool": "DT_BOOL"}
FLOAT: Attributes = {"T": {"type": "DT_FLOAT"}}


class UnknownOperatorError(TargetError):
    """The model needs an operator that the TF.js writer does not know."""


class TfjsGraph:
    """`nodes` and `weights` grow as operators are translated; nodes are referred to by name."""

    def __init__(self, content: bytes) -> None:
        self.model = read_model(content)
        self.source = self.model.subgraphs[0]
        self.nodes: list[dict[str, Any]] = []
        self.weights: list[tuple[str, Array]] = []
        self._names: dict[int, str] = {}
        self._shared: dict[tuple[int, str, tuple[int, ...]], str] = {}

    def node(self, operator: str, inputs: Sequence[str], attributes: Attributes | None = None, name: str = "") -> str:
        """Append a node; return its name."""
        name = name or f"{operator.strip('_').lower()}_{len(self.nodes)}"
        self.nodes.append({"name": name, "op": operator, "input": list(inputs), "attr": dict(attributes or {})})
        return name

    def constant(self, values: Any) -> str:
        """Append a constant; its numbers go into the weight files. TF.js has no 64-bit integers."""
        array = np.asarray(values)
        array = np.ascontiguousarray(array.astype(np.int32) if array.dtype == np.int64 else array).reshape(array.shape)
        kind = TF_TYPES[str(array.dtype)]
        tensor = {"dtype": kind, "tensorShape": tensor_shape(array.shape)}
        name = self.node("Const", [], {"dtype": {"type": kind}, "value": {"tensor": tensor}})
        self.weights.append((name, array))
        return name

    def shared_constant(self, tensor: int, layout: str, values: Array) -> str:
        """One constant a buffer and memory layout, however many layers read it: some heads serve every level."""
        key = (self.source.tensors[tensor].buffer, layout, values.shape)
        if key not in self._shared:
            self._shared[key] = self.constant(values)
        return self._shared[key]

    def values(self, tensor: int) -> Array:
        """The numbers of a constant tensor."""
        array = self._constant_values(tensor)
        if array is None:
            raise TargetError("TF.js weights must be constants; this model computes them.")
        return array

    def ref(self, tensor: int) -> str:
        """The node that stands for a tensor of the source; constants come into being on first use."""
        if tensor not in self._names:
            self._names[tensor] = self.constant(self.values(tensor))
        return self._names[tensor]

    def bind(self, tensor: int, name: str) -> None:
        self._names[tensor] = name

    def shape(self, tensor: int) -> list[int]:
        shape = self.source.tensors[tensor].shape
        return [] if shape is None else [int(size) for size in shape]

    def name_of(self, operator: Any) -> str:
        return operator_name(self.model, operator)

    def _constant_values(self, index: int) -> Array | None:
        tensor = self.source.tensors[index]
        raw = constant_bytes(self.model, tensor)
        if raw is None:
            return None
        return np.frombuffer(raw, NUMPY_TYPES[tensor.type]).reshape(self.shape(index))


def tensor_shape(shape: Sequence[int]) -> dict[str, Any]:
    return {"dim": [{"size": str(int(size))} for size in shape]}


def text(value: str) -> dict[str, str]:
    return {"s": base64.b64encode(value.encode()).decode()}


def integer(value: int) -> dict[str, str]:
    return {"i": str(int(value))}


def integers(values: Sequence[int]) -> dict[str, Any]:
    return {"list": {"i": [str(int(value)) for value in values]}}
