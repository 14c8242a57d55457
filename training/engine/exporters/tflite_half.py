"""Stores a `.tflite` file's weights as 16-bit floats: half the size, computed in 32 bits as before.

Weights *and* biases become float16 constants behind a DEQUANTIZE, which every runtime tried accepts; the
quantizer's own float16 files leave the biases as they are, which older XNNPACK delegates refuse.
"""

from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from training.engine.exporters.flatbuffer import (
    add_buffer,
    add_tensor,
    constant_bytes,
    operator_name,
    read_model,
    write_model,
)

WEIGHTED = frozenset({"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "TRANSPOSE_CONV"})
HALF, SINGLE = schema.TensorType.FLOAT16, schema.TensorType.FLOAT32


def to_half(content: bytes) -> bytes:
    model = read_model(content)
    graph = model.subgraphs[0]
    code = _dequantize_code(model)
    widened: dict[int, int] = {}
    restored = []
    for operator in [o for o in graph.operators if operator_name(model, o) in WEIGHTED]:
        for tensor in [int(i) for i in operator.inputs[1:] if i >= 0]:
            if tensor not in widened and (half := _half_of(model, tensor)) is not None:
                restored.append(_dequantize(model, code, half))
                widened[tensor] = int(restored[-1].outputs[0])
        operator.inputs = np.asarray([widened.get(int(i), int(i)) for i in operator.inputs], np.int32)
    graph.operators = restored + list(graph.operators)
    _forget_unread(model, widened)
    return write_model(model)


def _half_of(model: Any, index: int) -> int | None:
    """A float16 copy of a constant, or None for what is not one or would overflow."""
    tensor = model.subgraphs[0].tensors[index]
    raw = constant_bytes(model, tensor)
    if raw is None or tensor.type != SINGLE or len(raw) < 8:
        return None
    with np.errstate(over="ignore"):
        values = np.frombuffer(raw, np.float32).astype(np.float16)
    if not np.isfinite(values).all():
        return None
    return add_tensor(model, _text(tensor.name) + "_half", tensor.shape, HALF, add_buffer(model, values.tobytes()))


def _dequantize_code(model: Any) -> int:
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.DEQUANTIZE
    code.version = 3  # the first that takes float16
    model.operatorCodes.append(code)
    return len(model.operatorCodes) - 1


def _dequantize(model: Any, code: int, half: int) -> Any:
    tensor = model.subgraphs[0].tensors[half]
    output = add_tensor(model, _text(tensor.name) + "_restored", tensor.shape, SINGLE)
    operator = schema.OperatorT()
    operator.opcodeIndex = code
    operator.inputs, operator.outputs = np.array([half], np.int32), np.array([output], np.int32)
    operator.builtinOptionsType, operator.builtinOptions = (
        schema.BuiltinOptions.DequantizeOptions,
        schema.DequantizeOptionsT(),
    )
    return operator


def _forget_unread(model: Any, widened: dict[int, int]) -> None:
    """Drop the float32 bytes that nobody reads any more."""
    graph = model.subgraphs[0]
    read = {int(i) for operator in graph.operators for i in operator.inputs} | {int(i) for i in graph.outputs}
    for tensor in set(widened) - read:
        graph.tensors[tensor].buffer = 0
    used = {tensor.buffer for tensor in graph.tensors} | {entry.buffer for entry in model.metadata}
    for index, buffer in enumerate(model.buffers):
        if index not in used:
            buffer.data = None


def _text(name: str | bytes) -> str:
    return name.decode() if isinstance(name, bytes) else name
