"""A traced graph with everything computed that no picture changes, and pads inside the convolutions that they feed."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper

SPATIAL = 2
"""Axes of an image tensor behind batch and channels."""


def folded(path: Path) -> onnx.ModelProto:
    """The file's model, and the file too, by onnxruntime's basic optimisations: the operators stay ONNX's own."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.optimized_model_filepath = str(path)
    onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
    model = onnx.load(path)
    used = {node.domain for node in model.graph.node} | {""}
    others = [imported for imported in model.opset_import if imported.domain not in used]
    for imported in others:  # onnxruntime names all that it knows
        model.opset_import.remove(imported)
    _fold_pads(model.graph)
    return model


def _fold_pads(graph: onnx.GraphProto) -> None:
    """Zeros around the pictures that one convolution alone takes become its own padding, which needs no copy."""
    constants = {tensor.name: tensor for tensor in graph.initializer}
    takers = {output.name: [output] for output in graph.output}
    for node in graph.node:
        for name in node.input:
            takers.setdefault(name, []).append(node)
    for pad in [node for node in graph.node if node.op_type == "Pad"]:
        (conv, *others), sides = takers[pad.output[0]], _zeros_around(pad, constants)
        if others or sides is None or getattr(conv, "op_type", "") != "Conv":
            continue
        own = next((attribute for attribute in conv.attribute if attribute.name == "pads"), None)
        if own is None:
            conv.attribute.append(onnx.helper.make_attribute("pads", sides))
        else:
            own.ints[:] = [one + more for one, more in zip(own.ints, sides, strict=True)]
        conv.input[0] = pad.input[0]
        graph.node.remove(pad)


def _zeros_around(pad: onnx.NodeProto, constants: dict[str, onnx.TensorProto]) -> list[int] | None:
    """What is put before and after each spatial axis, as a convolution's `pads`; None where that is not all it does."""
    names = [*pad.input, "", ""]
    mode = next((attribute.s for attribute in pad.attribute if attribute.name == "mode"), b"constant")
    known = all(not name or name in constants for name in names[1:])
    if mode != b"constant" or not known or names[3]:
        return None
    if names[2] and np.any(numpy_helper.to_array(constants[names[2]])):
        return None
    pads = numpy_helper.to_array(constants[names[1]]).reshape(2, -1)
    if pads.shape[1] != 2 + SPATIAL or pads[:, :2].any() or (pads < 0).any():
        return None
    return [int(side) for side in pads[:, 2:].flatten()]
