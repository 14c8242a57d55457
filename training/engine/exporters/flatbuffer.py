"""Reads and writes `.tflite` files as objects, without TensorFlow, and cuts a graph down to some of its outputs."""

from collections.abc import Iterable
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

OPERATOR_NAMES: dict[int, str] = {
    code: name for name, code in vars(schema.BuiltinOperator).items() if isinstance(code, int)
}
WEIGHT_ALIGNMENT = 16
NUMBERS = {
    schema.TensorType.FLOAT32: np.float32,
    schema.TensorType.FLOAT16: np.float16,
    schema.TensorType.INT32: np.int32,
    schema.TensorType.UINT8: np.uint8,
    schema.TensorType.INT8: np.int8,
}
"""The kinds of constants that `constant_values` reads."""


class _AlignedBuffer(schema.BufferT):  # type: ignore[misc]
    """A buffer packed with the `force_align: 16` of the schema, which the generated Python code loses."""

    def Pack(self, builder: Any) -> int:  # noqa: N802 - the generated code's name
        vector = None
        if self.data is not None and len(self.data):
            raw = np.asarray(self.data, dtype=np.uint8).tobytes()
            builder.StartVector(1, len(raw), WEIGHT_ALIGNMENT)
            builder.head = builder.Head() - len(raw)
            builder.Bytes[builder.Head() : builder.Head() + len(raw)] = raw
            vector = builder.EndVector()
        schema.BufferStart(builder)
        if vector is not None:
            schema.BufferAddData(builder, vector)
        return int(schema.BufferEnd(builder))


def read_model(content: bytes) -> Any:
    """The model (schema.ModelT) in `content`, with every weight inline."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(bytearray(content), 0))
    model.buffers = [_inline(buffer, content) for buffer in model.buffers]
    model.metadata = model.metadata or []
    return model


def write_model(model: Any) -> bytes:
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def operator_name(model: Any, operator: Any) -> str:
    """The builtin name, such as CONV_2D. Small codes live in a field of their own for old readers."""
    code = model.operatorCodes[operator.opcodeIndex]
    return OPERATOR_NAMES[max(code.builtinCode, code.deprecatedBuiltinCode)]


def constant_bytes(model: Any, tensor: Any) -> bytes | None:
    """The constant's bytes, or None for a tensor that the graph computes."""
    data = model.buffers[tensor.buffer].data
    return np.asarray(data, np.uint8).tobytes() if data is not None and len(data) else None


def constant_values(model: Any, tensor: Any) -> NDArray[np.float32]:
    """The constant's numbers in its shape, dequantized. Raises ValueError where it holds none, or of a rare kind."""
    content = constant_bytes(model, tensor)
    if content is None or tensor.type not in NUMBERS:
        raise ValueError(f"{tensor.name!r} is no constant of numbers")
    stored = np.frombuffer(content, NUMBERS[tensor.type]).reshape(tensor.shape).astype(np.float32)
    quantization = tensor.quantization
    if quantization is None or quantization.scale is None or not len(quantization.scale):
        return stored
    along = [1] * stored.ndim
    along[quantization.quantizedDimension] = -1 if len(quantization.scale) > 1 else 1
    scale, zero = np.asarray(quantization.scale, np.float32), np.asarray(quantization.zeroPoint, np.float32)
    values: NDArray[np.float32] = (stored - zero.reshape(along)) * scale.reshape(along)
    return values


def add_buffer(model: Any, content: bytes) -> int:
    """Append a buffer; return its index."""
    buffer = _AlignedBuffer()
    buffer.data = np.frombuffer(content, np.uint8)
    model.buffers.append(buffer)
    return len(model.buffers) - 1


def add_tensor(model: Any, name: str | bytes, shape: Any, kind: int, buffer: int = 0) -> int:
    """Append a tensor to the main graph; return its index. Buffer 0 is the empty one: the graph computes it."""
    tensor = schema.TensorT()
    tensor.name, tensor.shape, tensor.type, tensor.buffer = name, np.asarray(shape, np.int32), kind, buffer
    tensor.hasRank = True
    tensors = model.subgraphs[0].tensors
    tensors.append(tensor)
    return len(tensors) - 1


def keep_outputs(content: bytes, positions: list[int]) -> bytes:
    """The same graph with only the outputs at `positions`, in that order, and nothing that they don't need."""
    model = read_model(content)
    graph = model.subgraphs[0]
    outputs = [int(graph.outputs[position]) for position in positions]
    graph.operators, needed = _live_operators(graph.operators, outputs)
    _renumber(model, sorted(needed | {int(i) for i in graph.inputs}), outputs)
    _empty_unread_buffers(model)
    return write_model(model)


def _inline(buffer: Any, content: bytes) -> _AlignedBuffer:
    """A copy of `buffer`; weights that a tool stored behind the flatbuffer would be lost by repacking."""
    aligned = _AlignedBuffer()
    aligned.data = buffer.data
    if buffer.offset > 1:
        aligned.data = np.frombuffer(content, np.uint8, buffer.size, buffer.offset)
    return aligned


def _live_operators(operators: list[Any], outputs: list[int]) -> tuple[list[Any], set[int]]:
    needed, live = set(outputs), []
    for operator in reversed(operators):
        if any(int(i) in needed for i in operator.outputs):
            live.append(operator)
            needed |= {int(i) for i in [*operator.inputs, *operator.outputs] if i >= 0}
    return live[::-1], needed


def _renumber(model: Any, kept: list[int], outputs: list[int]) -> None:
    """Drop the dead tensors too: readers that walk all tensors stumble over those without data."""
    graph = model.subgraphs[0]
    place = {tensor: index for index, tensor in enumerate(kept)} | {-1: -1}

    def moved(indices: Iterable[Any]) -> NDArray[np.int32]:
        return np.asarray([place.get(int(i), -1) for i in indices], np.int32)

    for operator in graph.operators:
        operator.inputs, operator.outputs = moved(operator.inputs), moved(operator.outputs)
    for signature in model.signatureDefs or []:
        signature.outputs = [entry for i in outputs for entry in signature.outputs if entry.tensorIndex == i]
        for entry in [*signature.inputs, *signature.outputs]:
            entry.tensorIndex = place[entry.tensorIndex]
    graph.inputs, graph.outputs = moved(graph.inputs), moved(outputs)
    graph.tensors = [graph.tensors[i] for i in kept]


def _empty_unread_buffers(model: Any) -> None:
    read = {tensor.buffer for tensor in model.subgraphs[0].tensors} | {entry.buffer for entry in model.metadata}
    for index, buffer in enumerate(model.buffers):
        if index not in read:
            buffer.data = None
