"""TensorFlow Lite: one file that MediaPipe, the Task Library and the plain interpreter load as it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import ai_edge_litert
import numpy as np
import torch
from numpy.typing import NDArray

from annotations.dataset.records import Task
from training.engine import tiles
from training.engine.checkpoint import Checkpoint
from training.engine.config import Config
from training.engine.data import Picture
from training.engine.detectors.postprocess import Detections, Suppression
from training.engine.errors import ParityError
from training.engine.exporters import litert
from training.engine.exporters.answers import Answer, Floats, Squares, lap, scaled
from training.engine.exporters.eight_bits import EightBits
from training.engine.exporters.exporter import Asked, Exporter, Notes
from training.engine.exporters.flatbuffer import read_model
from training.engine.exporters.images import Calibration
from training.engine.exporters.resizing import asked_after, by_corners
from training.engine.exporters.tflite_half import to_half
from training.engine.exporters.tflite_int8 import to_int8
from training.engine.exporters.tflite_metadata import (
    LABELS_FILE,
    Description,
    append_files,
    appended_files,
    describe_classifier,
    describe_detector,
    expect_labels,
)
from training.engine.exporters.tflite_pack import add_postprocess
from training.engine.targets import Verification

MODEL_FILE = "model.tflite"

DETECTOR_README = """\
Android, iOS, web and Python, with MediaPipe Tasks (normalisation and labels are inside the file):

    from mediapipe.tasks.python import BaseOptions, vision
    import mediapipe as mp
    options = vision.ObjectDetectorOptions(
        base_options=BaseOptions(model_asset_path="model.tflite"), score_threshold=0.4)
    detector = vision.ObjectDetector.create_from_options(options)
    for found in detector.detect(mp.Image.create_from_file("photo.jpg")).detections:
        print(found.categories[0].category_name, found.categories[0].score, found.bounding_box)

Outputs: boxes [1, 100, 4] (top, left, bottom, right as fractions of the image), labels [1, 100] (lines of labels.txt,
from 0), scores [1, 100], count [1]. Overlapping boxes are already suppressed.
"""
CLASSIFIER_README = """\
Android, iOS, web and Python, with MediaPipe Tasks (normalisation and labels are inside the file):

    from mediapipe.tasks.python import BaseOptions, vision
    import mediapipe as mp
    options = vision.ImageClassifierOptions(base_options=BaseOptions(model_asset_path="model.tflite"))
    classifier = vision.ImageClassifier.create_from_options(options)
    best = classifier.classify(mp.Image.create_from_file("photo.jpg")).classifications[0].categories[0]
    print(best.category_name, best.score)

Output: scores [1, labels] ({scores}), in the order of labels.txt.
"""


def build(checkpoint: Checkpoint, folder: Path, quantization: str, calibration: Calibration) -> EightBits | None:
    """Write the model's file. The converter takes 10-20 s for a detector."""
    return pack(litert.convert(checkpoint), checkpoint, folder, quantization, calibration)


def pack(
    graph: bytes, checkpoint: Checkpoint, folder: Path, quantization: str, calibration: Calibration
) -> EightBits | None:
    """Write the file to ship, from what `litert.convert` gave."""
    mean, std = litert.input_scale(checkpoint)
    head = HEADS[checkpoint.task]
    graph = litert.only(graph, checkpoint.task, *head.outputs)
    if quantization == "fp16":
        graph = to_half(graph)
    small = None
    if quantization == "int8":
        scores = head.outputs.index("scores")
        graph, small = to_int8(graph, scores, lambda: scaled(calibration(), mean, std))
    description = Description(checkpoint.model, checkpoint.labels, mean, std)
    (folder / MODEL_FILE).write_bytes(head.finish(graph, description, checkpoint.config))
    return small


def write_notes(folder: Path, notes: Mapping[str, str]) -> None:
    append_files(folder / MODEL_FILE, {f"{name}.json": text for name, text in notes.items()})


def read_notes(folder: Path) -> dict[str, str]:
    return {Path(name).stem: text for name, text in appended_files(folder / MODEL_FILE).items() if name != LABELS_FILE}


def ask(folder: Path, checkpoint: Checkpoint, squares: Squares) -> Asked:
    """Run the shipped file in the LiteRT interpreter."""
    from ai_edge_litert.interpreter import Interpreter

    expect_labels(folder / MODEL_FILE, checkpoint.labels)
    content = (folder / MODEL_FILE).read_bytes()
    try:
        interpreter = Interpreter(model_content=content, num_threads=1)
    except ValueError as error:
        raise ParityError("The model's file is damaged.") from error
    interpreter.allocate_tensors()
    read = HEADS[checkpoint.task].read
    graph = read_model(content).subgraphs[0]
    answers, milliseconds = [], list[float]()
    for image in scaled(squares, *litert.input_scale(checkpoint)):
        interpreter.set_tensor(int(graph.inputs[0]), image[None])
        with lap(milliseconds):
            interpreter.invoke()
        answers.append(read(interpreter, graph))
    return Asked(Verification.RUN_HERE, f"LiteRT {ai_edge_litert.__version__}", answers, milliseconds)


def _in_mediapipe(answer: Answer, picture: Picture) -> Answer:
    """MediaPipe cuts a box's left and top, its width and height to whole pixels of the picture."""
    found = answer.detections
    if found is None:
        return answer
    sides = torch.tensor(picture.shape[1::-1])
    corners = found.boxes * sides.repeat(2)
    low, high = corners[:, :2], corners[:, 2:]
    whole = torch.cat([low.floor(), low.floor() + (high - low).floor()], 1)
    return replace(answer, detections=replace(found, boxes=whole / sides.repeat(2)))


def _finish_detector(graph: bytes, description: Description, config: Config) -> bytes:
    return describe_detector(add_postprocess(graph, len(description.labels), Suppression.of(config)), description)


def _finish_classifier(graph: bytes, description: Description, _config: Config) -> bytes:
    return describe_classifier(graph, description)


def _read_classifier(interpreter: Any, graph: Any) -> Answer:
    return Answer(interpreter.get_tensor(int(graph.outputs[0]))[0])


def _read_detector(interpreter: Any, graph: Any) -> Answer:
    """The last operator's inputs are the raw outputs: nothing runs after it that could overwrite them."""
    encodings, scores = (interpreter.get_tensor(int(i))[0] for i in graph.operators[-1].inputs[:2])
    corners, labels, best, count = (interpreter.get_tensor(int(i))[0] for i in graph.outputs)
    kept = slice(0, int(count))
    return Answer(scores, _decoded(encodings), _detections(corners[kept], best[kept], labels[kept]))


def _decoded(encodings: Floats) -> Floats:
    """What the operator makes of encodings [A, 4] and unit anchors: corners [A, 4] as x_min, y_min, x_max, y_max."""
    centres, halves = encodings[:, [1, 0]], np.exp(encodings[:, [3, 2]]) / 2
    return np.concatenate([centres - halves, centres + halves], 1)


def _detections(corners: Floats, scores: Floats, labels: Floats) -> Detections:
    boxes: NDArray[np.float32] = np.ascontiguousarray(corners[:, [1, 0, 3, 2]])
    return Detections(torch.from_numpy(boxes), torch.from_numpy(scores.copy()), torch.from_numpy(labels.astype(int)))


def readme(checkpoint: Checkpoint) -> str:
    return HEADS[checkpoint.task].readme.format(scores=checkpoint.info.scoring.function)


@dataclass(frozen=True, slots=True)
class Head:
    """How the file of one task ends, how it is read, and what its user is told.

    `finish` takes a graph with `outputs` of the converted one, and the run's config; `read` an interpreter and its
    graph after a run.
    """

    outputs: tuple[str, ...]
    finish: Callable[[bytes, Description, Config], bytes]
    read: Callable[[Any, Any], Answer]
    readme: str


HEADS: dict[Task, Head] = {
    "detection": Head(("encodings", "scores"), _finish_detector, _read_detector, DETECTOR_README),
    "classification": Head(("scores",), _finish_classifier, _read_classifier, CLASSIFIER_README),
}
EXPORTER = Exporter(
    target="tflite",
    build=build,
    ask=ask,
    input_scale=litert.input_scale,
    readme=readme,
    names_background=False,
    notes=Notes(write_notes, read_notes),
    ask_client=asked_after(ask, "MediaPipe", by_corners, _in_mediapipe),
    libraries=lambda: {"tiles.py": Path(tiles.__file__)},
)
