"""OpenVINO's IR: the ONNX model, read by OpenVINO and written as `model.xml` and `model.bin`."""

import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lxml import etree

from training.engine.checkpoint import Checkpoint
from training.engine.errors import ParityError
from training.engine.exporters import onnx
from training.engine.exporters.answers import OUTPUTS, Squares, lap, scaled
from training.engine.exporters.eight_bits import EightBits
from training.engine.exporters.exporter import Asked, Exporter, Notes
from training.engine.exporters.images import Calibration
from training.engine.exporters.onnx_file import INPUT, expect_labels, fed
from training.engine.exporters.onnx_file import MODEL_FILE as ONNX_FILE
from training.engine.exporters.resizing import asked_after, by_centres
from training.engine.targets import Verification

sys.modules["openvino_telemetry"] = None  # type: ignore[assignment] # None: whoever imports it gets an ImportError
import openvino  # noqa: E402  with telemetry, which its package brings, the import alone tells Google Analytics

MODEL_FILE = "model.xml"
"""Its weights lie beside it, in `model.bin`."""
DAMAGED = "The model's file is damaged."
RUNTIME = f"OpenVINO {openvino.__version__.partition('-')[0]}"
WHOLE = {"INFERENCE_PRECISION_HINT": "f32"}
"""Else OpenVINO computes in 16 bits wherever a processor can."""
RUN = f"""\
list(openvino.Core().compile_model("{MODEL_FILE}", "CPU", {WHOLE})({{"{INPUT}": x}}).values())"""
PLACE = "rt_info/framework"
"""Where the IR has the `metadata_props` of the ONNX model that it was made of."""


def build(checkpoint: Checkpoint, folder: Path, quantization: str, calibration: Calibration) -> EightBits | None:
    """Write the IR of target `onnx`; of 16 bits it makes its own, which every device knows."""
    with TemporaryDirectory() as place:
        own = "none" if quantization == "fp16" else quantization
        small = onnx.build_single(checkpoint, Path(place), own, calibration)
        model = openvino.Core().read_model(Path(place) / ONNX_FILE)
        _name_by_place(model)
        openvino.save_model(model, folder / MODEL_FILE, compress_to_fp16=quantization == "fp16")
    return small


def _name_by_place(model: Any) -> None:
    """A name that OpenVINO gave counts all that this process made before: two files of a model would differ."""
    ends = {node.get_friendly_name() for node in (*model.get_parameters(), *model.get_results())}
    for place, node in enumerate(model.get_ordered_ops()):
        if node.get_friendly_name() not in ends:
            node.set_friendly_name(f"{node.get_type_name()}_{place}")


def ask(folder: Path, checkpoint: Checkpoint, squares: Squares) -> Asked:
    """Run the shipped files in OpenVINO, on one thread of the CPU."""
    outputs = OUTPUTS[checkpoint.task]
    expect_labels(_read_notes(folder).get("labels"), checkpoint)
    try:
        model = openvino.Core().read_model(folder / MODEL_FILE)
    except RuntimeError as error:
        raise ParityError(DAMAGED) from error
    network = openvino.Core().compile_model(model, "CPU", {"INFERENCE_NUM_THREADS": 1, **WHOLE})
    answers, milliseconds = [], list[float]()
    for image in scaled(squares, *onnx.input_scale(checkpoint)):
        with lap(milliseconds):
            found = network(fed(image))
        answers.append(outputs.answer(checkpoint.config, *(found[name][0] for name in outputs.names)))
    return Asked(Verification.RUN_HERE, RUNTIME, answers, milliseconds)


def _write_notes(folder: Path, notes: Mapping[str, str]) -> None:
    """Without the indentation too, which is a third of the file."""
    net = _read(folder)
    for name, text in notes.items():
        etree.SubElement(_place(net), name, value=text)
    (folder / MODEL_FILE).write_bytes(etree.tostring(net, xml_declaration=True, encoding="utf-8"))


def _read_notes(folder: Path) -> dict[str, str]:
    return {element.tag: element.get("value", "") for element in _place(_read(folder))}


def _read(folder: Path) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)
    try:
        return etree.fromstring((folder / MODEL_FILE).read_bytes(), parser)
    except etree.XMLSyntaxError as error:
        raise ParityError(DAMAGED) from error


def _place(net: Any) -> Any:
    found = net.find(PLACE)
    if found is None:
        raise ParityError(DAMAGED)
    return found


def readme(checkpoint: Checkpoint) -> str:
    return onnx.readme_by(checkpoint, "openvino", RUN)


EXPORTER = Exporter(
    target="openvino",
    build=build,
    ask=ask,
    input_scale=onnx.input_scale,
    readme=readme,
    names_background=True,
    notes=Notes(_write_notes, _read_notes),
    ask_client=asked_after(ask, "OpenCV", by_centres),
    libraries=onnx.EXPORTER.libraries,
)
