"""Core ML: a package as Vision takes it, of a detector with suppression and labels inside, for iPhones, iPads, Macs."""

import re
import shutil
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from PIL import Image
from torch import Tensor, nn

from annotations.dataset.records import Task
from training.engine.checkpoint import Checkpoint, export_form
from training.engine.data import Picture
from training.engine.detectors.postprocess import Suppression, detections
from training.engine.errors import ParityError, TargetError
from training.engine.exporters import coreml_program, litert
from training.engine.exporters.answers import Answer, Squares, expect_boxes
from training.engine.exporters.exporter import Asked, Exporter, Notes
from training.engine.exporters.images import Calibration
from training.engine.exporters.onnx_file import quiet
from training.engine.exporters.papers import as_json
from training.engine.exporters.rescaling import Rescaling
from training.engine.exporters.resizing import asked_after
from training.engine.scoring import Scoring
from training.engine.squares import Square
from training.engine.targets import Verification

PACKAGE = "Model.mlpackage"
INSIDE = "com.apple.CoreML"
SPEC_FILE, WEIGHTS_FOLDER = Path(PACKAGE, "Data", INSIDE, "model.mlmodel"), Path(PACKAGE, "Data", INSIDE, "weights")
RUNTIME = f"torch {torch.__version__}, operator by operator"
INPUT = "image"
COUNTED = re.compile(r"const_\d+")
RAW = ("raw_confidence", "raw_coordinates")
"""What a detector's network gives to its suppression: [A, labels], and [A, 4] as centre x, y, width, height."""

DETECTOR_README = """\
In Xcode drag Model.mlpackage into an app; then, with Vision (labels, preprocessing and suppression are inside):

    let model = try VNCoreMLModel(for: Model(configuration: MLModelConfiguration()).model)
    let request = VNCoreMLRequest(model: model) { request, _ in
        for found in request.results as? [VNRecognizedObjectObservation] ?? [] {
            print(found.labels[0].identifier, found.confidence, found.boundingBox)  // its origin is below left
        }
    }
    request.imageCropAndScaleOption = .scaleFill  // as in training: stretched, without letterbox
    try VNImageRequestHandler(cgImage: photo, orientation: orientation).perform([request])

Outputs: confidence [n, labels] and coordinates [n, 4] (centre x and y, width, height as fractions of the image, from
its upper left). Core ML gives a box one label, its best. Change thresholds by its inputs iouThreshold and
confidenceThreshold.
"""
CLASSIFIER_README = """\
In Xcode drag Model.mlpackage into an app; then, with Vision (labels and preprocessing are inside):

    let model = try VNCoreMLModel(for: Model(configuration: MLModelConfiguration()).model)
    let request = VNCoreMLRequest(model: model) { request, _ in
        for found in (request.results as? [VNClassificationObservation] ?? []).prefix(5) {
            print(found.identifier, found.confidence)
        }
    }
    request.imageCropAndScaleOption = .scaleFill  // as in training: stretched, without letterbox
    try VNImageRequestHandler(cgImage: photo, orientation: orientation).perform([request])

Outputs: classLabel, and classLabel_probs ({scores}), a dictionary by label.
"""


class AppleForm(nn.Module):
    """The export form for pixels in one scale for all channels, and its task's outputs."""

    def __init__(self, checkpoint: Checkpoint, outputs: Callable[[Any], Any]) -> None:
        super().__init__()
        self.form, self.outputs = export_form(checkpoint), outputs
        self.rescaling = Rescaling(litert.input_scale(checkpoint), (checkpoint.info.mean, checkpoint.info.std))

    def forward(self, image: Tensor) -> Any:
        return self.outputs(self.form(self.rescaling(image)))


def _for_suppression(outputs: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    (scores,), (boxes,) = outputs
    low, high = boxes[:, :2], boxes[:, 2:]
    return scores[:, 1:], torch.cat([(low + high) * 0.5, high - low], 1)


def _unchanged(outputs: Tensor) -> Tensor:
    return outputs


def _without_names(_coremltools: Any, _labels: list[str]) -> None:
    """A detector's labels are its suppression's."""


def _named(coremltools: Any, labels: list[str]) -> Any:
    return coremltools.ClassifierConfig(labels)


def build(checkpoint: Checkpoint, folder: Path, quantization: str, _calibration: Calibration) -> None:
    """Write the package. Raises TargetError where its program has an operator that can't be compared here."""
    head = HEADS[checkpoint.task]
    (mean, *_), (std, *_) = litert.input_scale(checkpoint)
    size, labels = checkpoint.image_size, list(checkpoint.labels)
    with quiet():
        import coremltools as ct  # takes seconds

        form = AppleForm(checkpoint, head.outputs)
        program = torch.export.export(form, (torch.zeros(1, 3, size, size),)).run_decompositions({})
        pixels = ct.ImageType(name=INPUT, shape=(1, 3, size, size), scale=1 / std, bias=[-mean / std] * 3)
        precision = ct.precision.FLOAT16 if quantization == "fp16" else ct.precision.FLOAT32
        model = ct.convert(
            program,
            inputs=[pixels],
            outputs=[ct.TensorType(name=name) for name in head.names],
            classifier_config=head.labelled(ct, labels),
            convert_to="mlprogram",
            minimum_deployment_target=ct.target.iOS15,
            compute_precision=precision,
            skip_model_load=True,
        )
    network = model.get_spec()
    _renumber(network)
    spec = head.finish(network, checkpoint)
    spec.description.metadata.shortDescription = f"{checkpoint.info.title}: {', '.join(labels)}"
    _write_package(folder, spec, Path(model.weights_dir))
    if unknown := coreml_program.unknown_operators(_function(folder)):
        raise TargetError(f"{checkpoint.info.title} can't be compared as Core ML: it has {', '.join(unknown)}.")


def _renumber(network: Any) -> None:
    """The converter counts its constants as it happens to come by them; here in their order in the file."""
    places: dict[str, str] = {}
    for operation in _operations(network):
        for output in operation.outputs:
            if COUNTED.fullmatch(output.name):
                output.name = places.setdefault(output.name, f"const_{len(places)}")
                operation.attributes["name"].immediateValue.tensor.strings.values[:] = [output.name]
        for argument in (one for given in operation.inputs.values() for one in given.arguments):
            if argument.name in places:
                argument.name = places[argument.name]


def _operations(network: Any) -> Any:
    function = network.mlProgram.functions["main"]
    return function.block_specializations[function.opset].operations


def _write_package(folder: Path, spec: Any, weights: Path) -> None:
    """As coremltools does it, except that the same model gives the same bytes."""
    shutil.copytree(weights, folder / WEIGHTS_FOLDER)
    _write_spec(folder, spec)
    entries = {
        str(uuid.uuid5(uuid.NAMESPACE_URL, name)).upper(): {
            "author": INSIDE,
            "description": description,
            "name": name,
            "path": f"{INSIDE}/{name}",
        }
        for name, description in (
            (SPEC_FILE.name, "CoreML Model Specification"),
            (WEIGHTS_FOLDER.name, "CoreML Model Weights"),
        )
    }
    manifest = {"fileFormatVersion": "1.0.0", "itemInfoEntries": entries, "rootModelIdentifier": next(iter(entries))}
    (folder / PACKAGE / "Manifest.json").write_text(as_json(manifest), encoding="utf-8")


def _with_suppression(network: Any, checkpoint: Checkpoint) -> Any:
    """The network, then Core ML's own suppression, as Vision wants a detector: `confidence` and `coordinates`."""
    from coremltools.proto import FeatureTypes_pb2, Model_pb2

    limits, last = Suppression.of(checkpoint.config), Model_pb2.Model()
    last.specificationVersion = network.specificationVersion
    last.description.input.extend(network.description.output)
    thresholds = ("iouThreshold", limits.iou), ("confidenceThreshold", limits.score)
    for name, _ in thresholds:
        threshold = last.description.input.add(name=name)
        threshold.type.doubleType.SetInParent()
        threshold.type.isOptional = True
    for name, width in (("confidence", len(checkpoint.labels)), ("coordinates", 4)):
        array = last.description.output.add(name=name).type.multiArrayType
        array.dataType = FeatureTypes_pb2.ArrayFeatureType.FLOAT32
        array.shapeRange.sizeRanges.add(lowerBound=0, upperBound=-1)
        array.shapeRange.sizeRanges.add(lowerBound=width, upperBound=width)
    stage = last.nonMaximumSuppression
    stage.confidenceInputFeatureName, stage.coordinatesInputFeatureName = RAW
    stage.confidenceOutputFeatureName, stage.coordinatesOutputFeatureName = "confidence", "coordinates"
    for name, value in thresholds:
        setattr(stage, f"{name}InputFeatureName", name)
        setattr(stage, name, value)
    stage.pickTop.perClass = True
    stage.stringClassLabels.vector.extend(checkpoint.labels)
    whole = Model_pb2.Model()
    whole.specificationVersion = network.specificationVersion
    whole.description.input.extend([*network.description.input, *list(last.description.input)[-2:]])
    whole.description.output.extend(last.description.output)
    whole.pipeline.models.extend([network, last])
    whole.pipeline.names.extend(["network", "suppression"])
    return whole


def _as_it_is(network: Any, _checkpoint: Checkpoint) -> Any:
    return network


def _write_spec(folder: Path, spec: Any) -> None:
    (folder / SPEC_FILE).write_bytes(spec.SerializeToString(deterministic=True))


def _read_spec(folder: Path) -> Any:
    with quiet():
        from coremltools.proto import Model_pb2
    try:
        return Model_pb2.Model.FromString((folder / SPEC_FILE).read_bytes())
    except DecodeError as error:
        raise ParityError("The model's file is damaged.") from error


def _function(folder: Path) -> Any:
    """The network's program, with its weights."""
    spec = _read_spec(folder)
    network = spec.pipeline.models[0] if spec.WhichOneof("Type") == "pipeline" else spec
    with quiet():
        from coremltools.converters.mil.frontend.milproto.load import load_mil_proto
    try:
        with quiet():
            program = load_mil_proto(network.mlProgram, network.specificationVersion, str(folder / WEIGHTS_FOLDER))
            return program.functions["main"]
    except Exception as error:  # whatever a damaged file makes of its reader
        raise ParityError("The model's file is damaged.") from error


def write_notes(folder: Path, notes: Mapping[str, str]) -> None:
    spec = _read_spec(folder)
    spec.description.metadata.userDefined.update(notes)
    _write_spec(folder, spec)


def read_notes(folder: Path) -> dict[str, str]:
    return dict(_read_spec(folder).description.metadata.userDefined)


def ask(folder: Path, checkpoint: Checkpoint, squares: Squares) -> Asked:
    """Run the shipped program in torch."""
    return _ask(folder, checkpoint, squares, every_label=True)


def _ask_as_core_ml(folder: Path, checkpoint: Checkpoint, squares: Squares) -> Asked:
    return _ask(folder, checkpoint, squares, every_label=False)


def _ask(folder: Path, checkpoint: Checkpoint, squares: Squares, *, every_label: bool) -> Asked:
    spec, function, read = _read_spec(folder), _function(folder), HEADS[checkpoint.task].read
    answers = []
    for square in squares:
        pixels = torch.from_numpy(square.astype(np.float32)).permute(2, 0, 1)[None]
        answers.append(read(coreml_program.run(function, pixels), spec, checkpoint, every_label))
    return Asked(Verification.COMPARED, RUNTIME, answers)


def _read_detector(outputs: dict[str, Tensor], spec: Any, checkpoint: Checkpoint, every_label: bool) -> Answer:
    """Core ML gives a box its best label alone; parity is told of every label."""
    stage = spec.pipeline.models[1].nonMaximumSuppression
    _expect_labels(stage.stringClassLabels.vector, checkpoint)
    names = (stage.confidenceInputFeatureName, stage.coordinatesInputFeatureName)
    if not outputs.keys() >= set(names):
        raise ParityError("The model's suppression takes what its network does not give.")
    scores, sides = (outputs[name] for name in names)
    expect_boxes(scores.numpy(), sides.numpy())
    centres, halves = sides[:, :2], sides[:, 2:] / 2
    boxes = torch.cat([centres - halves, centres + halves], 1)
    is_sigmoid = checkpoint.info.scoring is Scoring.SIGMOID
    none = 1 - (scores.amax(1, keepdim=True) if is_sigmoid else scores.sum(1, keepdim=True))
    every = torch.cat([none, scores], 1)
    told = every if every_label else torch.cat([none, scores * (scores == scores.amax(1, keepdim=True))], 1)
    suppression = Suppression(stage.confidenceThreshold, stage.iouThreshold)
    kept = detections(told, boxes, Scoring.SOFTMAX_WITH_BACKGROUND, suppression)
    return Answer(every.numpy(), boxes.numpy(), kept)


def _read_classifier(outputs: dict[str, Any], spec: Any, checkpoint: Checkpoint, _every_label: bool) -> Answer:
    _expect_labels(_class_names(spec), checkpoint)
    return Answer(outputs[spec.description.predictedProbabilitiesName][0].numpy())


def _class_names(spec: Any) -> list[str]:
    (last,) = (one for one in _operations(spec) if one.type == "classify")
    names = last.inputs["classes"].arguments[0].value.immediateValue.list.values
    return [one.immediateValue.tensor.strings.values[0] for one in names]


def _expect_labels(named: Any, checkpoint: Checkpoint) -> None:
    if list(named) != list(checkpoint.labels):
        raise ParityError("The model's file names other labels than the checkpoint it was made of.")


def _stretched(picture: Picture, side: int) -> Square:
    """As in training: how Vision scales is not documented."""
    return np.asarray(Image.fromarray(picture).resize((side, side), Image.Resampling.BILINEAR))


def readme(checkpoint: Checkpoint) -> str:
    return HEADS[checkpoint.task].readme.replace("{scores}", checkpoint.info.scoring.function)


@dataclass(frozen=True, slots=True)
class Head:
    """How the package of one task ends, how it is read, and what its user is told."""

    names: tuple[str, ...]
    """Of what `outputs` makes of the export form's outputs."""
    outputs: Callable[[Any], Any]
    labelled: Callable[[Any, list[str]], Any]
    """coremltools' config of a classifier, of the module and labels."""
    finish: Callable[[Any, Checkpoint], Any]
    """From the network's spec to the one that is shipped."""
    read: Callable[[dict[str, Any], Any, Checkpoint, bool], Answer]
    """Of the program's outputs, the spec, the checkpoint, and whether a box may have every label."""
    readme: str


HEADS: dict[Task, Head] = {
    "detection": Head(RAW, _for_suppression, _without_names, _with_suppression, _read_detector, DETECTOR_README),
    "classification": Head(
        ("scores",),
        _unchanged,
        _named,
        _as_it_is,
        _read_classifier,
        CLASSIFIER_README,
    ),
}
EXPORTER = Exporter(
    target="coreml",
    build=build,
    ask=ask,
    input_scale=litert.input_scale,
    readme=readme,
    names_background=False,
    notes=Notes(write_notes, read_notes),
    ask_client=asked_after(_ask_as_core_ml, "Core ML's suppression", _stretched),
)
