"""The table of export targets: torch-free; modules are named by dotted path and loaded when used.

A new target is one module and one row here.
"""

from dataclasses import dataclass

from training.engine.errors import TargetError


@dataclass(frozen=True, slots=True)
class TargetInfo:
    """One thing to export to. `module` has `export(checkpoint, dataset_folder, out_folder, quantization, progress)`."""

    name: str
    title: str
    module: str
    for_whom: str
    quantizations: tuple[str, ...]


TARGETS: dict[str, TargetInfo] = {
    info.name: info
    for info in (
        TargetInfo(
            name="onnx",
            title="ONNX",
            module="training.engine.exporters.onnx",
            for_whom="Servers and desktops: onnxruntime, OpenCV, TensorRT",
            quantizations=("none",),
        ),
        TargetInfo(
            name="tflite",
            title="TensorFlow Lite",
            module="training.engine.exporters.tflite",
            for_whom="Phones and small boards: LiteRT, MediaPipe",
            quantizations=("none", "fp16"),
        ),
        TargetInfo(
            name="tfjs",
            title="TensorFlow.js",
            module="training.engine.exporters.tfjs",
            for_whom="Browsers and Node",
            quantizations=("none", "fp16"),
        ),
    )
}


def target_info(name: str, quantization: str = "none") -> TargetInfo:
    """The target's row. Raises TargetError when there is none, or when it does not offer the quantization."""
    if name not in TARGETS:
        raise TargetError(f"There is no target {name!r}: choose one of {', '.join(TARGETS)}.")
    info = TARGETS[name]
    if quantization not in info.quantizations:
        raise TargetError(f"{info.title} offers {', '.join(info.quantizations)}, not {quantization!r}.")
    return info
