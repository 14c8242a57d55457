"""Every target, detection and classification: made, executed, compared, packed."""

import hashlib
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.training.engine.exporters.conftest import RACCOON_LABELS, SHAPE_LABELS, Exporters, MakeArtifact
from training.engine.checkpoint import Checkpoint
from training.engine.exporters.artifact import publish
from training.engine.progress import Silent

TARGETS = ("onnx", "tflite", "tfjs")
MODEL_FILES = {"onnx": {"model.onnx"}, "tflite": {"model.tflite"}}
RUNTIMES = {"onnx": "onnxruntime", "tflite": "LiteRT", "tfjs": "tfjs"}


def read_archive(out: Path, name: str) -> str:
    with zipfile.ZipFile(out / "artifact.zip") as archive:
        return archive.read(name).decode()


@pytest.mark.parametrize("target", TARGETS)
def test_a_detector_is_exported_and_answers_as_its_checkpoint(target: str, detector_artifact: MakeArtifact) -> None:
    report = read_report(detector_artifact(target))

    parity, metrics = report["parity"], report["metrics"]
    assert parity["passed"]
    assert 0 < parity["max_box_px"] < 0.05  # far below the limit: the limit is for bad luck, not for us
    assert 0 < parity["max_score"] < 1e-4
    assert (parity["limit_box_px"], parity["limit_score"], parity["unmatched_detections"]) == (1.0, 0.01, 0)
    assert (parity["images"], parity["split"]) == (6, "val")
    assert parity["runtime"].startswith(RUNTIMES[target])
    assert metrics["checkpoint_AP50"] > 0.5
    assert metrics["AP"] == pytest.approx(metrics["checkpoint_AP"], abs=0.01)


@pytest.mark.parametrize("target", TARGETS)
def test_a_classifier_is_exported_and_answers_as_its_checkpoint(
    target: str, classifier: Checkpoint, classifier_exporters: Exporters, shapes: Path, tmp_path: Path
) -> None:
    report = publish(classifier_exporters[target], classifier, shapes, tmp_path, "none", Silent())

    parity = report["parity"]
    assert parity["passed"]
    assert parity["max_score"] < 1e-4
    assert (parity["max_box_px"], parity["limit_box_px"]) == (None, None)
    assert (parity["images"], parity["split"]) == (6, "train")  # there is nothing to validate on, and it says so
    assert set(report["metrics"]) == {"accuracy", "checkpoint_accuracy"}
    assert read_archive(tmp_path, "labels.txt").split() == list(SHAPE_LABELS)


@pytest.mark.parametrize("target", TARGETS)
def test_the_zip_holds_what_the_report_says(target: str, detector_artifact: MakeArtifact) -> None:
    out = detector_artifact(target)

    report, content = read_report(out), (out / "artifact.zip").read_bytes()
    assert (report["size"], report["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    with zipfile.ZipFile(out / "artifact.zip") as archive:
        assert {entry.filename: entry.file_size for entry in archive.infolist()} == {
            file["name"]: file["size"] for file in report["files"]
        }
        models = set(archive.namelist()) - {"README.txt", "labels.txt", "parity.json"}
    assert models == MODEL_FILES.get(target, {"model.json", *(m for m in models if m.endswith(".bin"))})
    assert json.loads(read_archive(out, "parity.json"))["parity"] == report["parity"]
    assert sorted(file.name for file in out.iterdir()) == ["artifact.json", "artifact.zip"]


@pytest.mark.parametrize(("target", "first"), [("onnx", ["BACKGROUND"]), ("tfjs", ["BACKGROUND"]), ("tflite", [])])
def test_labels_start_with_the_background_where_scores_do(
    target: str, first: list[str], detector_artifact: MakeArtifact
) -> None:
    assert read_archive(detector_artifact(target), "labels.txt").split() == [*first, *RACCOON_LABELS]


@pytest.mark.parametrize("target", TARGETS)
def test_the_same_checkpoint_gives_the_same_bytes(
    target: str, classifier: Checkpoint, classifier_exporters: Exporters, shapes: Path, tmp_path: Path
) -> None:
    digests = {
        publish(classifier_exporters[target], classifier, shapes, tmp_path, "none", Silent())["sha256"]
        for _ in range(2)
    }

    assert len(digests) == 1


@pytest.mark.parametrize("target", ["tflite", "tfjs"])
def test_half_precision_halves_the_file_within_its_own_declared_limits(
    target: str, detector_artifact: MakeArtifact
) -> None:
    whole, half = (read_report(detector_artifact(target, quantization)) for quantization in ("none", "fp16"))

    assert model_size(half) < 0.6 * model_size(whole)
    assert half["parity"]["passed"]
    assert half["parity"]["limit_score"] > whole["parity"]["limit_score"]
    assert half["parity"]["limit_box_px"] >= whole["parity"]["limit_box_px"]
    assert half["metrics"]["AP"] == pytest.approx(half["metrics"]["checkpoint_AP"], abs=0.03)


@pytest.mark.parametrize("target", ["onnx", "tflite"])
def test_the_code_in_the_readme_runs_as_it_stands(
    target: str, detector_artifact: MakeArtifact, raccoons: Path, tmp_path: Path
) -> None:
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(detector_artifact(target) / "artifact.zip") as archive:
        archive.extractall(unpacked)
    photo = max((raccoons / "images").iterdir(), key=lambda file: file.stat().st_size)
    (unpacked / "photo.jpg").write_bytes(photo.read_bytes())
    code = "\n".join(re.findall(r"^ {4}(.*)$", (unpacked / "README.txt").read_text(), re.MULTILINE))

    done = subprocess.run([sys.executable, "-c", code], cwd=unpacked, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert len(code.splitlines()) <= 10
    assert "raccoon" in done.stdout


def read_report(out: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((out / "artifact.json").read_text())
    return report


def model_size(report: dict[str, Any]) -> int:
    return sum(file["size"] for file in report["files"] if file["name"].startswith(("model", "group1")))
