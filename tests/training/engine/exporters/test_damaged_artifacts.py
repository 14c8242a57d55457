"""An artifact that answers differently from its checkpoint is never a download."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.training.engine.exporters.conftest import Exporters, ImagesOf, broken
from tests.training.engine.exporters.damage import coreml, onnx, openvino, tfjs, tflite, torch
from tests.training.engine.exporters.damage.said import MOVED
from tests.training.engine.exporters.test_artifacts import OF_CLASSIFIER, OF_CLASSIFIERS
from training.engine.checkpoint import Checkpoint
from training.engine.errors import ParityError
from training.engine.exporters import tflite_pack
from training.engine.exporters.answers import Squares
from training.engine.exporters.artifact import publish
from training.engine.exporters.exporter import Asked
from training.engine.progress import Silent
from training.engine.targets import TARGETS

DAMAGE: dict[str, dict[Callable[[Path], None], str]] = {
    "onnx": onnx.DAMAGE,
    "jetson": onnx.DAMAGE,
    "onnx-nms": {onnx.suppress_otherwise: MOVED, **onnx.DAMAGE},
    "torch": torch.DAMAGE,
    "coreml": coreml.DAMAGE,
    "openvino": openvino.DAMAGE,
    "tflite": tflite.DAMAGE,
    "tfjs": tfjs.DAMAGE,
}
"""What happens to a target's files before their check, and what is then said."""
DAILY = {(target, next(iter(kinds))) for target, kinds in DAMAGE.items() if target not in {"jetson", *OF_CLASSIFIER}}
"""Tried in every run of the tests: each target's first, but for jetson, whose file is damaged as onnx's, and those of
which no detector is converted every day."""


def test_every_target_is_damaged() -> None:
    assert DAMAGE.keys() == TARGETS.keys()


@pytest.mark.parametrize(
    ("target", "damage"),
    [
        pytest.param(target, damage, marks=() if (target, damage) in DAILY else pytest.mark.full)
        for target, kinds in DAMAGE.items()
        for damage in kinds
    ],
)
def test_a_file_damaged_after_conversion_is_no_artifact(
    target: str,
    damage: Callable[[Path], None],
    detector: Checkpoint,
    detector_exporters: Exporters,
    images_of_task: ImagesOf,
    tmp_path: Path,
) -> None:
    (tmp_path / "artifact.zip").write_bytes(b"of an earlier attempt")

    damaged = broken(detector_exporters[target], damage)

    with pytest.raises(ParityError, match=DAMAGE[target][damage].format(target=target)):
        publish(damaged, detector, images_of_task(detector), tmp_path, "none", Silent())

    assert not (tmp_path / "artifact.zip").exists()
    if DAMAGE[target][damage] == MOVED:
        report = json.loads((tmp_path / "artifact.json").read_text())
        assert not report["parity"]["passed"]
        assert report["worst"]["pictures"]
        assert report["sha256"] is None
        assert [file.name for file in tmp_path.iterdir()] == ["artifact.json"]


@pytest.mark.parametrize("target", OF_CLASSIFIERS)
def test_pixels_in_another_order_fail_the_artifact(
    target: str, classifier: Checkpoint, classifier_exporters: Exporters, images_of_task: ImagesOf, tmp_path: Path
) -> None:
    exporter = classifier_exporters[target]

    def ask_with_channels_swapped(folder: Path, checkpoint: Checkpoint, squares: Squares) -> Asked:
        return exporter.ask(folder, checkpoint, squares[..., ::-1])

    swapped = replace(exporter, ask=ask_with_channels_swapped)
    with pytest.raises(ParityError, match="scores by"):
        publish(swapped, classifier, images_of_task(classifier), tmp_path, "none", Silent())


def test_a_detector_packed_with_another_suppression_fails(
    detector: Checkpoint,
    detector_exporters: Exporters,
    images_of_task: ImagesOf,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tflite_pack, "UNIT_ANCHOR", np.array([0.02, 0.0, 1.0, 1.0], np.float32))

    with pytest.raises(ParityError, match="detections without a partner"):
        publish(detector_exporters["tflite"], detector, images_of_task(detector), tmp_path, "none", Silent())

    parity = json.loads((tmp_path / "artifact.json").read_text())["parity"]
    assert parity["max_box_px"] < 1.0  # the raw outputs agree: only the packing is wrong
    assert parity["unmatched_detections"] > 0
