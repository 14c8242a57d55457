"""Networks with sigmoid scores go to every target: tiny ones, trained for real."""

import functools
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from annotations.dataset.records import AnnotationRecord, ImageRecord, Split, Task
from tests.training.engine import tiny
from tests.training.engine.conftest import LABELS, draw_picture, record, write_run
from tests.training.engine.exporters.conftest import Exporters, exporters_of
from training.engine.catalog import MODELS, complete_config
from training.engine.checkpoint import Checkpoint, export_form
from training.engine.data import read_run_folder
from training.engine.evaluate import evaluate
from training.engine.exporters import litert
from training.engine.exporters.answers import ask_torch, scaled
from training.engine.exporters.artifact import Report, publish
from training.engine.exporters.images import ExportImages, read_export_images
from training.engine.model_info import ModelInfo
from training.engine.predict import predict
from training.engine.progress import Silent
from training.engine.scoring import Scoring
from training.engine.targets import TARGETS
from training.engine.train import train

ROWS: dict[Task, ModelInfo] = {info.task: info for info in tiny.ROWS if info.scoring is Scoring.SIGMOID}
CASES = [(target, name) for target, info in TARGETS.items() for name in info.quantizations]


@dataclass(frozen=True, slots=True)
class Trained:
    checkpoint: Checkpoint
    folder: Path
    """Of the run."""
    exporters: Exporters

    @property
    def images(self) -> ExportImages:
        return read_export_images(self.folder, self.checkpoint.image_size)

    def export(self, target: str, quantization: str, out: Path) -> Report:
        return publish(self.exporters[target], self.checkpoint, self.images, out, quantization, Silent())

    def unpack(self, target: str, out: Path) -> Path:
        self.export(target, "none", out)
        with zipfile.ZipFile(out / "artifact.zip") as archive:
            archive.extractall(out / "unpacked")
        return out / "unpacked"


@pytest.fixture(scope="module")
def learn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Task, int], Trained]]:
    """`learn(task, epochs)`: a network with sigmoid scores that has learned discs and squares."""

    @functools.cache
    def make(task: Task, epochs: int) -> Trained:
        folder = write_run(tmp_path_factory.mktemp(task), [drawn(task, seed) for seed in range(10)], task)
        config = complete_config({"model": ROWS[task].name, "epochs": epochs, "threads": 1})
        checkpoint = train(config, read_run_folder(folder), folder, Silent())
        return Trained(checkpoint, folder, exporters_of(functools.cache(lambda: litert.convert(checkpoint))))

    with pytest.MonkeyPatch.context() as patched:
        for info in ROWS.values():
            patched.setitem(MODELS, info.name, info)
        yield make


@pytest.fixture
def detector(learn: Callable[[Task, int], Trained]) -> Trained:
    return learn("detection", 30)


@pytest.fixture
def classifier(learn: Callable[[Task, int], Trained]) -> Trained:
    return learn("classification", 1)


def drawn(task: Task, seed: int) -> tuple[ImageRecord, bytes]:
    content, annotations = draw_picture(seed)
    split: Split = "val" if seed >= 8 else "train"
    of_task = annotations if task == "detection" else [AnnotationRecord(LABELS[seed % 2])]
    return record(content, f"scene-{seed}.png", split, of_task), content


@pytest.mark.full
@pytest.mark.parametrize(("target", "quantization"), CASES)
def test_a_detector_s_artifact_is_read_as_its_run_reads_the_checkpoint(
    target: str, quantization: str, detector: Trained, tmp_path: Path
) -> None:
    metrics = detector.export(target, quantization, tmp_path)["metrics"]

    of_run = evaluate(detector.checkpoint, read_run_folder(detector.folder), detector.folder, "val", Silent()).metrics
    assert (of_run["AP50"] or 0) > 0.4, "nothing was learned that could be lost"
    for name, value in of_run.items():
        assert metrics[f"checkpoint_{name}"] == pytest.approx(value)
        assert metrics[name] == pytest.approx(value, abs=0.02)


@pytest.mark.full
def test_onnx_scores_have_the_columns_that_detect_net_counts(detector: Trained, tmp_path: Path) -> None:
    unpacked, squares = detector.unpack("onnx", tmp_path), detector.images.comparison.examples.squares[:]
    lines = (unpacked / "labels.txt").read_text().split()
    session = onnxruntime.InferenceSession(unpacked / "model.onnx")
    info = detector.checkpoint.info
    image = next(scaled(squares, info.mean, info.std)).transpose(2, 0, 1)[None]
    scores, boxes = (output[0] for output in session.run(["scores", "boxes"], {"input_0": np.ascontiguousarray(image)}))

    assert lines == ["BACKGROUND", *LABELS]
    assert scores.shape == (len(boxes), len(lines))
    assert scores[:, 0] == pytest.approx(1 - scores[:, 1:].max(1), abs=1e-6)
    assert 0 in scores.argmax(1), "where nothing is, the background is the largest"


@pytest.mark.full
def test_the_example_in_the_readme_names_what_the_checkpoint_finds(detector: Trained, tmp_path: Path) -> None:
    unpacked = detector.unpack("onnx", tmp_path)
    photo = next((detector.folder / "images").iterdir())
    (unpacked / "photo.jpg").write_bytes(photo.read_bytes())
    code = "\n".join(re.findall(r"^ {4}(.*)$", (unpacked / "README.txt").read_text(), re.MULTILINE))

    done = subprocess.run([sys.executable, "-c", code], cwd=unpacked, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[0] == next(predict(detector.checkpoint, [photo]))[0].label


@pytest.mark.parametrize(
    "target",
    [
        pytest.param(name, marks=() if name == "onnx" else pytest.mark.full)
        for name, info in TARGETS.items()
        if "classification" in info.tasks
    ],
)
def test_a_classifier_answers_as_its_checkpoint(target: str, classifier: Trained, tmp_path: Path) -> None:
    readme = (classifier.unpack(target, tmp_path) / "README.txt").read_text()

    assert "scores [1, labels] (sigmoid)" in readme
    assert "they need not sum to 1.\n" in readme


@pytest.mark.full
def test_a_detector_s_own_thresholds_hold_in_its_file(detector: Trained, tmp_path: Path) -> None:
    squares = detector.images.comparison.examples.squares[:]
    counts = {}
    for score, iou in ((0.01, 0.55), (0.25, 0.55), (0.01, 0.2)):
        config = replace(detector.checkpoint.config, score_threshold=score, nms_threshold=iou)
        own = replace(detector, checkpoint=replace(detector.checkpoint, config=config))
        unpacked = own.unpack("tflite", tmp_path / f"{score} {iou}")  # compared on all images before it is packed
        answers = own.exporters["tflite"].ask(unpacked, own.checkpoint, squares).answers
        found = [answer.detections.scores for answer in answers if answer.detections]
        assert min(float(scores.min()) for scores in found if len(scores)) >= score
        counts[score, iou] = sum(map(len, found))
        expected = ask_torch(export_form(own.checkpoint), own.checkpoint, squares)
        assert counts[score, iou] == sum(len(answer.detections.scores) for answer in expected if answer.detections)
    assert counts[0.01, 0.55] > counts[0.01, 0.2] > 0
    assert counts[0.01, 0.55] > counts[0.25, 0.55] > 0


@pytest.mark.parametrize(
    ("target", "has_background"),
    [
        ("onnx", True),
        pytest.param("tflite", False, marks=pytest.mark.full),
        pytest.param("tfjs", True, marks=pytest.mark.full),
    ],
)
def test_the_readme_says_what_the_scores_of_a_detector_are(
    target: str, has_background: bool, detector: Trained, tmp_path: Path
) -> None:
    readme = (detector.unpack(target, tmp_path) / "README.txt").read_text()

    assert "softmax" not in readme
    assert "they need not sum to 1." in readme
    assert ("Column 0 is 1 - the best label's score." in readme) is has_background
