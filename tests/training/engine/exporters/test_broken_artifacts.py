"""An artifact that answers differently is never a download."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx as onnx_format
import pytest
from onnx import numpy_helper

from tests.training.engine.exporters.conftest import Exporters, broken
from training.engine.checkpoint import Checkpoint
from training.engine.errors import ParityError
from training.engine.exporters import tflite_pack
from training.engine.exporters.answers import Squares
from training.engine.exporters.artifact import publish
from training.engine.exporters.exporter import Asked
from training.engine.exporters.flatbuffer import read_model, write_model
from training.engine.exporters.images import ExportImages
from training.engine.progress import Silent
from training.engine.targets import TARGETS, ParityLimits

ImagesOf = Callable[[Checkpoint], ExportImages]


def break_onnx(folder: Path) -> None:
    """One bias of the last box layers, half a unit up."""
    model = onnx_format.load(folder / "model.onnx")
    biases = [tensor for tensor in model.graph.initializer if len(tensor.dims) == 1 and tensor.data_type == 1]
    values = numpy_helper.to_array(biases[-1]).copy()
    values += 0.5
    biases[-1].CopyFrom(numpy_helper.from_array(values, biases[-1].name))
    onnx_format.save(model, folder / "model.onnx")


def break_tflite(folder: Path) -> None:
    """The largest weight tensor, ten percent up."""
    model = read_model((folder / "model.tflite").read_bytes())
    largest = max((b for b in model.buffers if b.data is not None), key=lambda b: len(b.data))
    largest.data = np.frombuffer((np.frombuffer(largest.data.tobytes(), np.float32) * 1.1).tobytes(), np.uint8)
    (folder / "model.tflite").write_bytes(write_model(model))


def break_tfjs(folder: Path) -> None:
    """A kilobyte of weights in the first shard, gone."""
    shard = next(folder.glob("group1-shard1of*.bin"))
    content = bytearray(shard.read_bytes())
    content[2000:3024] = bytes(1024)
    shard.write_bytes(content)


DAMAGE: dict[str, Callable[[Path], None]] = {"onnx": break_onnx, "tflite": break_tflite, "tfjs": break_tfjs}


@pytest.mark.parametrize("target", DAMAGE)
def test_a_weight_changed_after_conversion_fails_the_artifact(
    target: str, detector: Checkpoint, detector_exporters: Exporters, images_of_task: ImagesOf, tmp_path: Path
) -> None:
    (tmp_path / "artifact.zip").write_bytes(b"of an earlier attempt")

    damaged = broken(detector_exporters[target], DAMAGE[target])

    with pytest.raises(ParityError, match=f"The {target} model answers differently.*px"):
        publish(damaged, detector, images_of_task(detector), tmp_path, "none", Silent())

    report = json.loads((tmp_path / "artifact.json").read_text())
    assert not report["parity"]["passed"]
    assert report["sha256"] is None
    assert [file.name for file in tmp_path.iterdir()] == ["artifact.json"]


@pytest.mark.parametrize("target", TARGETS)
def test_pixels_in_another_order_fail_the_artifact(
    target: str, classifier: Checkpoint, classifier_exporters: Exporters, images_of_task: ImagesOf, tmp_path: Path
) -> None:
    exporter = classifier_exporters[target]

    def ask_with_channels_swapped(folder: Path, checkpoint: Checkpoint, squares: Squares) -> Asked:
        return exporter.ask(folder, checkpoint, squares[..., ::-1])

    swapped = replace(exporter, ask=ask_with_channels_swapped)
    with pytest.raises(ParityError, match="scores by"):
        publish(swapped, classifier, images_of_task(classifier), tmp_path, "none", Silent())


def test_lost_accuracy_alone_fails_the_artifact(
    detector: Checkpoint,
    detector_exporters: Exporters,
    images_of_task: ImagesOf,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A gain would be needed to pass: all else agrees."""
    strict = replace(TARGETS["onnx"], limits={"none": ParityLimits(metric_loss=-1.0)})
    monkeypatch.setitem(TARGETS, "onnx", strict)
    monkeypatch.setattr(ParityLimits, "on", lambda self, sizes, one_annotation: self)

    with pytest.raises(ParityError, match=r"a loss of .* AP \(allowed: .*, -1\)"):
        publish(detector_exporters["onnx"], detector, images_of_task(detector), tmp_path, "none", Silent())

    parity = json.loads((tmp_path / "artifact.json").read_text())["parity"]
    assert (parity["metric"], parity["limit_metric_loss"]) == ("AP", -1.0)


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
