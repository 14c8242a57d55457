"""Every model, target and quantization of the tables: made, executed, compared, packed."""

import functools
import hashlib
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.training.engine.exporters.conftest import (
    CLASSIFIER,
    DETECTOR,
    ImagesOf,
    MakeArtifact,
    MakeCheckpoint,
    MakeExporters,
    exporters_of,
)
from training.engine.catalog import MODELS, model_info
from training.engine.checkpoint import Checkpoint
from training.engine.data import read_run_folder
from training.engine.evaluate import evaluate
from training.engine.exporters import onnx
from training.engine.exporters.artifact import publish
from training.engine.exporters.node_runtime import browser_files
from training.engine.exporters.samples import sample_files
from training.engine.progress import Silent
from training.engine.targets import TARGETS, Verification

PAPERS = {
    *("README.txt", "labels.txt", "model-card.md", "parity.json", "lineage.json", "contract.json"),
    *("expected.json", "sample.png"),
}
OURS = PAPERS | {
    *(*onnx.PYTHON_FILES, *browser_files()),
    *(name for target in TARGETS for name in sample_files(target, 1)),
}
OF_CLASSIFIER = {"coreml", "openvino"}
"""Targets whose one conversion a day is a classifier's."""
OF_TIMM = "mobilenetv3_small_050.lamb_in1k"


def offered(model: str, target: str) -> list[str]:
    return model_info(model).quantizations_of(TARGETS[target])


def is_quick(model: str, target: str, quantization: str) -> bool:
    """Whether it is converted in every run of the tests; the others are in `make test-full`.

    A detector for each target but Core ML and OpenVINO, whose classifier is converted in half of the time, and one
    classifier more: its conversion to LiteRT takes ten seconds. Of small files LiteRT's.
    """
    if target in OF_CLASSIFIER or (model, target) == (CLASSIFIER, "onnx"):
        return (model, quantization) == (CLASSIFIER, "none")
    return model == DETECTOR and (quantization == "none" or target == "tflite")


CASES = [
    pytest.param(model, target, quantization, marks=() if is_quick(model, target, quantization) else pytest.mark.full)
    for model in (*MODELS, OF_TIMM)
    for target in TARGETS
    for quantization in offered(model, target)
]
QUANTIZED = [
    pytest.param(model, target, name, marks=() if is_quick(model, target, name) else pytest.mark.full)
    for model in (DETECTOR, CLASSIFIER)
    for target in TARGETS
    for name in offered(model, target)
    if name != "none"
]
UNQUANTIZED = [
    pytest.param(model, target, marks=() if is_quick(model, target, "none") else pytest.mark.full)
    for model in (DETECTOR, CLASSIFIER)
    for target in TARGETS
    if offered(model, target)
]
OF_CLASSIFIERS = [
    pytest.param(target, marks=() if target == "onnx" else pytest.mark.full)
    for target in TARGETS
    if offered(CLASSIFIER, target)
]


def read_report(out: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((out / "artifact.json").read_text())
    return report


def read_archive(out: Path, name: str) -> str:
    with zipfile.ZipFile(out / "artifact.zip") as archive:
        return archive.read(name).decode()


@pytest.mark.parametrize(("model", "target", "quantization"), CASES)
def test_it_answers_as_its_checkpoint(model: str, target: str, quantization: str, make_artifact: MakeArtifact) -> None:
    report = read_report(make_artifact(model, target, quantization))

    parity, limits, is_detector = report["parity"], TARGETS[target].limits[quantization], model_finds_boxes(model)
    assert parity["passed"]
    assert target == "torch" or parity["max_score"] > 0
    assert parity["max_score"] < (1e-4 if quantization == "none" else limits.score)
    assert parity["limit_score"] == limits.score
    assert parity["limit_metric_loss"] >= limits.metric_loss
    assert (
        parity["metric_loss"]
        == report["metrics"][f"checkpoint_{parity['metric']}"] - report["metrics"][parity["metric"]]
    )
    assert parity["verification"] in set(Verification)
    assert parity["runtime"]
    assert (parity["max_box_px"] is None, parity["limit_box_px"] is None) == (not is_detector, not is_detector)
    if is_detector and quantization == "none":
        assert target == "torch" or parity["max_box_px"] > 0
        assert parity["max_box_px"] < 0.05  # far below the limit: the limit is for bad luck, not for us


def test_a_detector_says_how_good_it_is_on_which_images(detector_artifact: MakeArtifact) -> None:
    report = read_report(detector_artifact("onnx"))

    parity, metrics = report["parity"], report["metrics"]
    assert (parity["images"], parity["images_available"], parity["split"]) == (6, 6, "val")
    assert parity["unmatched_detections"] == 0
    numbers = {"AP", "AP50"}
    assert set(metrics) == numbers | {f"{of}_{name}" for of in ("checkpoint", "client") for name in numbers}
    assert (parity["client"], parity["client_loss"]) == ("OpenCV", metrics["checkpoint_AP"] - metrics["client_AP"])
    assert report["latency_ms"] > 0
    assert metrics["checkpoint_AP50"] > 0.5


def test_the_checkpoint_is_as_good_on_the_whole_split_as_its_run_says(
    detector: Checkpoint, detector_artifact: MakeArtifact, raccoons: Path
) -> None:
    metrics = read_report(detector_artifact("onnx"))["metrics"]

    evaluation = evaluate(detector, read_run_folder(raccoons), raccoons, "val", Silent())
    assert evaluation.metrics == {name: pytest.approx(metrics[f"checkpoint_{name}"]) for name in ("AP", "AP50")}


def test_a_classifier_without_validation_images_says_what_it_was_compared_on(make_artifact: MakeArtifact) -> None:
    report = read_report(make_artifact(CLASSIFIER, "onnx"))

    assert (report["parity"]["images"], report["parity"]["split"]) == (6, "train")
    assert set(report["metrics"]) == {"accuracy", "checkpoint_accuracy", "client_accuracy"}


@pytest.mark.parametrize(("model", "target", "quantization"), CASES)
def test_the_zip_holds_what_the_report_says(
    model: str, target: str, quantization: str, make_artifact: MakeArtifact
) -> None:
    out = make_artifact(model, target, quantization)

    report, content = read_report(out), (out / "artifact.zip").read_bytes()
    assert (report["size"], report["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    with zipfile.ZipFile(out / "artifact.zip") as archive:
        sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    assert sizes == {file["name"]: file["size"] for file in report["files"]}
    assert set(sizes) > PAPERS
    assert json.loads(read_archive(out, "parity.json"))["parity"] == report["parity"]
    assert sorted(file.name for file in out.iterdir()) == ["artifact.json", "artifact.zip"]


@pytest.mark.parametrize(("model", "target"), UNQUANTIZED)
def test_labels_start_with_the_background_where_scores_do(
    target: str,
    model: str,
    make_artifact: MakeArtifact,
    checkpoint_of_model: MakeCheckpoint,
    exporters_of_model: MakeExporters,
) -> None:
    has_background = exporters_of_model(model)[target].names_background and model_finds_boxes(model)

    lines = read_archive(make_artifact(model, target), "labels.txt").split()
    assert lines == [*(["BACKGROUND"] if has_background else []), *checkpoint_of_model(model).labels]


@pytest.mark.parametrize("target", OF_CLASSIFIERS)
def test_the_same_checkpoint_gives_the_same_bytes(
    target: str,
    classifier: Checkpoint,
    graph_of_model: Callable[[str], bytes],
    images_of_task: ImagesOf,
    make_artifact: MakeArtifact,
    tmp_path: Path,
) -> None:
    exporter = exporters_of(functools.partial(graph_of_model, CLASSIFIER))[target]
    again = publish(exporter, classifier, images_of_task(classifier), tmp_path, "none", Silent())

    assert again["sha256"] == read_report(make_artifact(CLASSIFIER, target))["sha256"]


@pytest.mark.parametrize(("model", "target", "quantization"), QUANTIZED)
def test_a_quantization_makes_the_file_smaller(
    target: str, quantization: str, model: str, make_artifact: MakeArtifact
) -> None:
    whole, small = (read_report(make_artifact(model, target, name)) for name in ("none", quantization))

    assert model_size(small) < 0.6 * model_size(whole)


@pytest.mark.parametrize("target", ["onnx", "onnx-nms", "tflite", pytest.param("openvino", marks=pytest.mark.full)])
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


@pytest.mark.parametrize(
    ("target", "files", "runtime"),
    [
        pytest.param("coreml", r"Model\.mlpackage/.*", "torch .*, operator by operator", marks=pytest.mark.full),
        pytest.param("openvino", r"model\.(xml|bin)", "OpenVINO 20", marks=pytest.mark.full),
        ("onnx", r"model\.onnx", "onnxruntime"),
        ("onnx-nms", r"model\.onnx", "onnxruntime"),
        ("jetson", r"model\.onnx|run\.sh", "onnxruntime"),
        ("torch", r"model\.pt2|model\.safetensors|config\.json|use\.py", "torch"),
        ("tflite", r"model\.tflite", "LiteRT"),
        ("tfjs", r"model\.json|group1-shard\d+of\d+\.bin", "tfjs"),
    ],
)
def test_its_files_and_the_runtime_that_ran_them_are_named(
    target: str, files: str, runtime: str, detector_artifact: MakeArtifact
) -> None:
    report = read_report(detector_artifact(target))

    assert all(re.fullmatch(files, file["name"]) for file in report["files"] if file["name"] not in OURS)
    assert re.match(runtime, report["parity"]["runtime"])
    assert report["parity"]["verification"] == ("converted_and_compared" if target == "coreml" else "run_here")


def model_finds_boxes(model: str) -> bool:
    return model_info(model).task == "detection"


def model_size(report: dict[str, Any]) -> int:
    return sum(file["size"] for file in report["files"] if file["name"] not in OURS)
