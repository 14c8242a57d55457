"""Ends a detector's `.tflite` graph with TFLite_Detection_PostProcess, the operator that MediaPipe expects there."""

from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from flatbuffers import flexbuffers

from training.engine.detectors.postprocess import Suppression
from training.engine.exporters.flatbuffer import add_buffer, add_tensor, read_model, write_model

POSTPROCESS = "TFLite_Detection_PostProcess"
UNIT_ANCHOR = np.array([0.0, 0.0, 1.0, 1.0], np.float32)  # centre y, centre x, height, width


def add_postprocess(content: bytes, label_count: int, suppression: Suppression) -> bytes:
    """Append the operator to a graph with the outputs encodings [1, N, 4] and scores [1, N, 1 + label_count].

    The encodings are (centre y, centre x, log height, log width) of decoded boxes as fractions of the image, and every
    anchor is the unit square: the operator's decoding then gives the boxes back whatever the model's architecture.
    """
    model = read_model(content)
    graph = model.subgraphs[0]
    encodings, scores = (int(i) for i in graph.outputs)
    anchor_count = int(graph.tensors[encodings].shape[1])
    anchors = np.tile(UNIT_ANCHOR, (anchor_count, 1))
    anchors_tensor = add_tensor(
        model, "anchors", anchors.shape, schema.TensorType.FLOAT32, add_buffer(model, anchors.tobytes())
    )
    outputs = _add_outputs(model, suppression.max_detections)
    graph.operators.append(
        _operator(
            model, [encodings, scores, anchors_tensor], list(outputs.values()), _options(label_count, suppression)
        )
    )
    graph.outputs = np.asarray(list(outputs.values()), np.int32)
    _rename_signature_outputs(model, outputs)
    return write_model(model)


def _add_outputs(model: Any, max_detections: int) -> dict[str, int]:
    """The operator's four outputs by signature name, in its port order, which metadata readers rely on."""
    shapes = {
        "boxes": (1, max_detections, 4),
        "classes": (1, max_detections),
        "scores": (1, max_detections),
        "num_detections": (1,),
    }
    return {
        name: add_tensor(model, POSTPROCESS + (f":{port}" if port else ""), shape, schema.TensorType.FLOAT32)
        for port, (name, shape) in enumerate(shapes.items())
    }


def _options(label_count: int, suppression: Suppression) -> bytes:
    limit = suppression.max_detections
    values = {
        "max_detections": limit,
        "max_classes_per_detection": 1,
        "detections_per_class": limit,
        "use_regular_nms": True,  # per label, as the engine does; the "fast" one lets labels suppress each other
        "nms_score_threshold": float(suppression.score),
        "nms_iou_threshold": float(suppression.iou),
        "num_classes": label_count,
        "y_scale": 1.0,
        "x_scale": 1.0,
        "h_scale": 1.0,
        "w_scale": 1.0,
    }
    return bytes(flexbuffers.Dumps(values))


def _operator(model: Any, inputs: list[int], outputs: list[int], options: bytes) -> Any:
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.CUSTOM
    code.customCode, code.version = POSTPROCESS, 1
    model.operatorCodes.append(code)
    operator = schema.OperatorT()
    operator.opcodeIndex = len(model.operatorCodes) - 1
    operator.inputs, operator.outputs = np.asarray(inputs, np.int32), np.asarray(outputs, np.int32)
    operator.customOptions = np.frombuffer(options, np.uint8)
    operator.customOptionsFormat = schema.CustomOptionsFormat.FLEXBUFFERS
    return operator


def _rename_signature_outputs(model: Any, outputs: dict[str, int]) -> None:
    for signature in model.signatureDefs or []:
        signature.outputs = []
        for name, tensor in outputs.items():
            entry = schema.TensorMapT()
            entry.name, entry.tensorIndex = name, tensor
            signature.outputs.append(entry)
