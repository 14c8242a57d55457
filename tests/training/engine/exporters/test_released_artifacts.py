"""What lost AP or accuracy alone is an artifact where a manager knows it."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import onnx
import pytest

from tests.training.engine.exporters.conftest import (
    CLASSIFIER,
    DETECTOR,
    Exporters,
    ImagesOf,
    MakeArtifact,
    MakeCheckpoint,
    MakeExporters,
    broken,
)
from tests.training.engine.exporters.damage.onnx import scale
from tests.training.engine.exporters.test_artifacts import read_archive, read_report
from training.engine.checkpoint import Checkpoint
from training.engine.errors import ParityError
from training.engine.exporters.artifact import publish
from training.engine.progress import Silent
from training.engine.targets import TARGETS, ParityLimits


@pytest.mark.parametrize(
    ("model", "metric"), [(CLASSIFIER, "accuracy"), pytest.param(DETECTOR, "AP", marks=pytest.mark.full)]
)
def test_lost_accuracy_alone_fails_the_artifact(
    model: str,
    metric: str,
    checkpoint_of_model: MakeCheckpoint,
    exporters_of_model: MakeExporters,
    make_artifact: MakeArtifact,
    images_of_task: ImagesOf,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A gain would be needed to pass: all else agrees."""
    checkpoint, exporter = checkpoint_of_model(model), exporters_of_model(model)["onnx"]
    make_artifact(model, "onnx")  # which the exporter unpacks, while its limits are still as they are
    strict = replace(TARGETS["onnx"], limits={"none": ParityLimits(metric_loss=-1.0)})
    monkeypatch.setitem(TARGETS, "onnx", strict)
    monkeypatch.setattr(ParityLimits, "on", lambda self, sizes, one_annotation: self)

    with pytest.raises(ParityError, match=rf"a loss of .* {metric}, .* \(allowed: .*, -1, .*\)"):
        publish(exporter, checkpoint, images_of_task(checkpoint), tmp_path, "none", Silent())

    parity = json.loads((tmp_path / "artifact.json").read_text())["parity"]
    assert (parity["metric"], parity["limit_metric_loss"]) == (metric, -1.0)
    assert parity["misses_metric_alone"]

    publish(exporter, checkpoint, images_of_task(checkpoint), tmp_path, "none", Silent(), released=True)

    parity = read_report(tmp_path)["parity"]
    assert (parity["passed"], parity["released"]) == (False, True)
    assert "A manager knew, and released it." in read_archive(tmp_path, "model-card.md")
    with zipfile.ZipFile(tmp_path / "artifact.zip") as archive:
        model = onnx.load_model_from_string(archive.read("model.onnx"))
    lineage = json.loads(next(prop.value for prop in model.metadata_props if prop.key == "lineage"))
    assert "released" in lineage["artifact"]


def test_what_answers_differently_is_not_released(
    detector: Checkpoint, detector_exporters: Exporters, images_of_task: ImagesOf, tmp_path: Path
) -> None:
    damaged = broken(detector_exporters["onnx"], scale)

    with pytest.raises(ParityError):
        publish(damaged, detector, images_of_task(detector), tmp_path, "none", Silent(), released=True)

    assert not (tmp_path / "artifact.zip").exists()
    assert not read_report(tmp_path)["parity"]["misses_metric_alone"]


def test_one_that_passes_is_none_that_was_released(
    classifier: Checkpoint, classifier_exporters: Exporters, images_of_task: ImagesOf, tmp_path: Path
) -> None:
    images = images_of_task(classifier)
    publish(classifier_exporters["onnx"], classifier, images, tmp_path, "none", Silent(), released=True)

    assert not read_report(tmp_path)["parity"]["released"]
    assert "released" not in read_archive(tmp_path, "lineage.json")
