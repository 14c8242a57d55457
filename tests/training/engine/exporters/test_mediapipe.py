"""MediaPipe loads the shipped `.tflite` unchanged and sees what the checkpoint sees."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.training.engine.exporters.conftest import CLASSIFIER, MakeArtifact
from training.engine.checkpoint import Checkpoint, export_form
from training.engine.data import read_picture, read_square
from training.engine.exporters import tflite
from training.engine.exporters.answers import Answer, Squares, ask_torch

SURE = 0.45
"""Of weaker ones two stand within 0.001: which of them is first, a pixel's last bit decides."""


def shipped_model(out: Path) -> bytes:
    with zipfile.ZipFile(out / "artifact.zip") as archive:
        return archive.read("model.tflite")


def squares_of(folder: Path, size: int) -> Squares:
    return np.stack([read_square(file, size) for file in sorted((folder / "images").iterdir())])


def expected_answers(checkpoint: Checkpoint, squares: Squares) -> list[Answer]:
    return ask_torch(export_form(checkpoint), checkpoint, squares)


@pytest.mark.parametrize("quantization", ["none", "fp16"])
def test_mediapipe_detects_what_the_checkpoint_detects(
    quantization: str, detector: Checkpoint, detector_artifact: MakeArtifact, raccoons: Path
) -> None:
    import mediapipe  # a second: for the one process that runs this
    from mediapipe.tasks.python import BaseOptions, vision

    model = shipped_model(detector_artifact("tflite", quantization))
    options = vision.ObjectDetectorOptions(base_options=BaseOptions(model_asset_buffer=model), max_results=1)
    squares = squares_of(raccoons, detector.image_size)

    with vision.ObjectDetector.create_from_options(options) as task:
        for square, expected in zip(squares, expected_answers(detector, squares), strict=True):
            image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=square)
            best = task.detect(image).detections[0]
            assert expected.detections is not None
            box, label = expected.detections.boxes[0] * detector.image_size, int(expected.detections.labels[0])
            found = best.bounding_box
            sides = [found.origin_x, found.origin_y, found.origin_x + found.width, found.origin_y + found.height]
            assert best.categories[0].category_name == detector.labels[label]
            assert best.categories[0].score == pytest.approx(float(expected.detections.scores[0]), abs=0.01)
            assert sides == pytest.approx(box.tolist(), abs=2)  # MediaPipe rounds to whole pixels


@pytest.mark.parametrize(
    ("quantization", "pixels"),
    [("none", 1), pytest.param("int8", 8, marks=pytest.mark.full)],  # where a pixel's last bit moves a box
)
def test_what_is_said_of_mediapipe_is_what_it_says(
    quantization: str,
    pixels: int,
    detector: Checkpoint,
    detector_artifact: MakeArtifact,
    raccoons: Path,
    tmp_path: Path,
) -> None:
    """On photographs of any size and shape, box by box: `client_AP` is measured by these."""
    import mediapipe  # a second: for the one process that runs this
    from mediapipe.tasks.python import BaseOptions, vision

    model = shipped_model(detector_artifact("tflite", quantization))
    (tmp_path / "model.tflite").write_bytes(model)
    pictures = [read_picture(file) for file in sorted((raccoons / "images").iterdir())]
    assert tflite.EXPORTER.ask_client
    said = tflite.EXPORTER.ask_client(tmp_path, detector, pictures)
    options = vision.ObjectDetectorOptions(base_options=BaseOptions(model_asset_buffer=model), score_threshold=SURE)

    compared = 0
    with vision.ObjectDetector.create_from_options(options) as task:
        for picture, answer in zip(pictures, said.answers, strict=True):
            image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=picture)
            assert answer.detections is not None
            sides = np.tile(picture.shape[1::-1], 2)
            ours = answer.detections.boxes.numpy()[answer.detections.scores.numpy() >= SURE] * sides
            found = [one.bounding_box for one in task.detect(image).detections]
            theirs = [[b.origin_x, b.origin_y, b.origin_x + b.width, b.origin_y + b.height] for b in found]
            assert np.abs(np.array(theirs).reshape(-1, 4) - ours).max(initial=0) <= pixels + 0.01
            compared += len(theirs)
    assert compared >= 4


@pytest.mark.full
def test_mediapipe_classifies_as_the_checkpoint_does(
    classifier: Checkpoint, make_artifact: MakeArtifact, shapes: Path
) -> None:
    import mediapipe  # a second: for the one process that runs this
    from mediapipe.tasks.python import BaseOptions, vision

    model = shipped_model(make_artifact(CLASSIFIER, "tflite"))
    options = vision.ImageClassifierOptions(base_options=BaseOptions(model_asset_buffer=model))
    squares = squares_of(shapes, classifier.image_size)

    with vision.ImageClassifier.create_from_options(options) as task:
        for square, expected in zip(squares, expected_answers(classifier, squares), strict=True):
            image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=square)
            found = {c.category_name: c.score for c in task.classify(image).classifications[0].categories}
            assert [found[label] for label in classifier.labels] == pytest.approx(expected.scores.tolist(), abs=1e-3)
