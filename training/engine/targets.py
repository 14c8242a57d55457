"""The table of export targets: torch-free; modules are named by dotted path and loaded when used.

A new target is one module and one row here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from annotations.dataset.records import Task
from training.engine.errors import TargetError


class Verification(StrEnum):
    """How it is known that an artifact answers as its checkpoint does."""

    RUN_HERE = "run_here"
    """Its file was run on the export machine, in the runtime that the result names."""

    RUN_IN_CLIENT_HERE = "run_in_client_here"
    """Its file was run on the export machine, in the very client that applications use."""

    COMPARED = "converted_and_compared"
    """The export machine can't run it: what was converted was compared in another runtime."""

    REPORTED = "reported_from_device"
    """A device ran it and reported its answers."""


ROUNDED = 1e-9
"""By which a difference of two shares may be off: 3/6 - 2/6 is more than 1/6."""


@dataclass(frozen=True, slots=True)
class ParityLimits:
    """What still counts as the same model as the checkpoint."""

    box_px: float = 1.0
    """Pixels of the original images that a box may move."""

    box_share: float = 0.0
    """The same as a share of the longest side of the largest image; the larger of the two counts."""

    score: float = 0.01
    """What a score may change."""

    metric_loss: float = 0.002
    """AP or accuracy that may be lost on the checkpoint's own tensors; what one annotation decides always may be."""

    client_loss: float = 0.01
    """The same in the client that the target is for, which prepares pictures in its own way."""

    def on(self, sizes: Iterable[tuple[int, int]], one_annotation: float) -> Self:
        """The limits on images of these `sizes` (width, height); `one_annotation` is its share of the metric."""
        longest = max(max(size) for size in sizes)
        lost = one_annotation * (1 + ROUNDED)
        return replace(
            self,
            box_px=max(self.box_px, self.box_share * longest),
            metric_loss=max(self.metric_loss, lost),
            client_loss=max(self.client_loss, lost),
        )


EXACT = ParityLimits()
EIGHT_BITS = ParityLimits(box_share=1.0, score=1.0, metric_loss=0.02, client_loss=0.02)
"""Single scores and boxes move as they like: AP or accuracy decides."""
HALF_PRECISION = ParityLimits(box_share=0.005, score=0.03, metric_loss=0.005)
"""16-bit weights move boxes by half of that on real models."""


@dataclass(frozen=True, slots=True)
class TargetInfo:
    """One thing to export to. `module` has an `EXPORTER` (see `exporters.exporter`)."""

    name: str
    title: str
    module: str
    for_whom: str
    limits: Mapping[str, ParityLimits]
    """What each quantization that is offered may differ by."""
    tasks: tuple[Task, ...] = ("detection", "classification")
    """Those whose models can be converted to it."""

    @property
    def quantizations(self) -> tuple[str, ...]:
        return tuple(self.limits)


TARGETS: dict[str, TargetInfo] = {
    info.name: info
    for info in (
        TargetInfo(
            name="onnx",
            title="ONNX",
            module="training.engine.exporters.onnx",
            for_whom="Servers and desktops: onnxruntime, OpenCV, TensorRT",
            limits={"none": EXACT, "fp16": HALF_PRECISION, "int8": EIGHT_BITS},
        ),
        TargetInfo(
            name="onnx-nms",
            title="ONNX with NMS",
            module="training.engine.exporters.onnx_nms",
            for_whom="Boxes without code behind the model: onnxruntime",
            limits={"none": EXACT, "fp16": HALF_PRECISION, "int8": EIGHT_BITS},
            tasks=("detection",),
        ),
        TargetInfo(
            name="jetson",
            title="NVIDIA Jetson",
            module="training.engine.exporters.jetson",
            for_whom="Jetson boards: jetson-inference, TensorRT",
            limits={"none": EXACT},
        ),
        TargetInfo(
            name="tflite",
            title="TensorFlow Lite",
            module="training.engine.exporters.tflite",
            for_whom="Phones and small boards: LiteRT, MediaPipe",
            limits={"none": EXACT, "fp16": HALF_PRECISION, "int8": EIGHT_BITS},
        ),
        TargetInfo(
            name="tfjs",
            title="TensorFlow.js",
            module="training.engine.exporters.tfjs",
            for_whom="Browsers and Node",
            limits={"none": EXACT, "fp16": HALF_PRECISION},
        ),
        TargetInfo(
            name="openvino",
            title="OpenVINO",
            module="training.engine.exporters.openvino",
            for_whom="Intel processors and edge boxes: OpenVINO",
            limits={"none": EXACT, "fp16": HALF_PRECISION, "int8": EIGHT_BITS},
        ),
        TargetInfo(
            name="coreml",
            title="Core ML",
            module="training.engine.exporters.coreml",
            for_whom="iPhones, iPads, Macs: Vision",
            limits={"none": EXACT, "fp16": HALF_PRECISION},
        ),
        TargetInfo(
            name="torch",
            title="PyTorch",
            module="training.engine.exporters.torch_weights",
            for_whom="Whoever goes on in torch: weights, and a program",
            limits={"none": EXACT},
        ),
    )
}


def target_info(name: str, quantization: str = "none") -> TargetInfo:
    """The target's row. Raises TargetError when there is none, or when it does not offer the quantization."""
    if name not in TARGETS:
        raise TargetError(f"There is no target {name!r}: choose one of {', '.join(TARGETS)}.")
    info = TARGETS[name]
    if quantization not in info.limits:
        raise TargetError(f"{info.title} offers {', '.join(info.quantizations)}, not {quantization!r}.")
    return info
