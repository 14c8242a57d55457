"""A detector of tiles is exported as the network of one, with all that its user needs to ask it about a picture."""

import functools
import json
import re
import runpy
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from PIL import Image

from tests.training.engine.exporters.conftest import (
    DETECTOR,
    exporters_of,
    sample_says,
    untrained_detector,
)
from training.engine import tiles
from training.engine.catalog import complete_config
from training.engine.checkpoint import Checkpoint
from training.engine.data import read_run_folder
from training.engine.detectors.postprocess import Suppression, detections
from training.engine.evaluate import evaluate
from training.engine.exporters import litert
from training.engine.exporters.artifact import publish
from training.engine.exporters.exporter import Exporter
from training.engine.exporters.images import read_export_images
from training.engine.predict import predict
from training.engine.progress import Silent
from training.engine.targets import TARGETS
from training.engine.verify import verify_bundle

CASES = [(target, quantization) for target, info in TARGETS.items() for quantization in info.quantizations]
SETTINGS = {"model": DETECTOR, "tiles": 2, "fit": "none", "score_threshold": 0.2, "nms_threshold": 0.4}


@pytest.fixture(scope="module")
def tiled(raccoons: Path) -> Checkpoint:
    """COCO's weights, whose nearest labels find raccoons as they are, here in tiles."""
    whole = untrained_detector(complete_config(SETTINGS | {"tiles": 1}), raccoons)
    return replace(whole, config=complete_config(SETTINGS))


@pytest.fixture(scope="module")
def exporter(tiled: Checkpoint) -> Callable[[str], Exporter]:
    return exporters_of(functools.cache(lambda: litert.convert(tiled))).__getitem__


@pytest.mark.full
@pytest.mark.parametrize(("target", "quantization"), CASES)
def test_what_is_measured_of_an_artifact_is_measured_in_tiles(
    target: str,
    quantization: str,
    tiled: Checkpoint,
    exporter: Callable[[str], Exporter],
    raccoons: Path,
    tmp_path: Path,
) -> None:
    images = read_export_images(raccoons, tiled.image_size, 2)
    publish(exporter(target), tiled, images, tmp_path, quantization, Silent())

    report = json.loads((tmp_path / "artifact.json").read_text())
    assert report["parity"]["passed"]
    limit = 1e-4 if quantization == "none" else TARGETS[target].limits[quantization].score
    assert target == "torch" or report["parity"]["max_score"] > 0
    assert report["parity"]["max_score"] < limit
    measured = evaluate(tiled, read_run_folder(raccoons), raccoons, "val", Silent()).metrics["AP"]
    assert report["metrics"]["checkpoint_AP"] == pytest.approx(measured, abs=1e-3)
    with zipfile.ZipFile(tmp_path / "artifact.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
    told = json.loads((tmp_path / "unpacked" / "parity.json").read_text())["tiles"]
    assert told == {"along_a_side": 2, "begin_at": [0, 256], "image": 576, "tile": 320}
    if quantization == "none" and target == "onnx":
        assert_the_readme_finds_what_the_engine_does(tmp_path / "unpacked", tiled, raccoons)
        assert_the_sample_finds_what_the_engine_does(tmp_path / "unpacked", tiled)
        assert verify_bundle(tmp_path / "artifact.zip")["reproduced"]["count"] > 0


def assert_the_readme_finds_what_the_engine_does(unpacked: Path, tiled: Checkpoint, raccoons: Path) -> None:
    """Its code, with a `detect` as the code above it has one."""
    photo = max((raccoons / "images").iterdir(), key=lambda file: file.stat().st_size)
    with Image.open(photo) as image:
        image.save(unpacked / "photo.png")
    readme = (unpacked / "README.txt").read_text()
    assert "a tile, 320 x 320, of the whole image" in readme
    assert "Tiles begin at the pixels 0, 256 across and down" in readme
    code = "\n".join(re.findall(r"^ {4}(.*)$", readme.split("This model looks at tiles")[1], re.MULTILINE))
    assert len(code.splitlines()) <= 40
    found = run(code.replace("photo.jpg", str(unpacked / "photo.png")), unpacked, tiled)
    (expected,) = predict(tiled, [unpacked / "photo.png"])
    assert len(found) == len(expected) > 0
    assert [one.score for one in found] == pytest.approx([mark.score for mark in expected], abs=1e-3)
    with Image.open(photo) as image:
        scale = np.tile(image.size, 2)
    ours = [(mark.box.x_min, mark.box.y_min, mark.box.x_max, mark.box.y_max) for mark in expected if mark.box]
    np.testing.assert_allclose([np.array(one.box) * scale for one in found], ours, atol=1)


def assert_the_sample_finds_what_the_engine_does(unpacked: Path, tiled: Checkpoint) -> None:
    found = sample_says(unpacked, unpacked / "photo.png", tiled.config.score_threshold)
    (expected,) = predict(tiled, [unpacked / "photo.png"])
    assert [one["label"] for one in found] == [mark.label for mark in expected]
    assert [one["score"] for one in found] == pytest.approx([mark.score for mark in expected], abs=1e-3)
    ours = [(mark.box.x_min, mark.box.y_min, mark.box.x_max, mark.box.y_max) for mark in expected if mark.box]
    np.testing.assert_allclose([one["box"] for one in found], ours, atol=1)


def run(code: str, unpacked: Path, tiled: Checkpoint) -> list[Any]:
    """What the code prints, as it printed it."""
    mean, std = np.array(tiled.info.mean, "float32"), np.array(tiled.info.std, "float32")
    session = onnxruntime.InferenceSession(str(unpacked / "model.onnx"))

    def detect(part: Image.Image) -> Iterator[tuple[float, int, list[float]]]:
        x = ((np.asarray(part, "float32") - mean) / std).transpose(2, 0, 1)[None]
        scores, boxes = (torch.from_numpy(output[0]) for output in session.run(["scores", "boxes"], {"input_0": x}))
        one = detections(scores, boxes, suppression=Suppression.of(tiled.config))
        return zip(one.scores.tolist(), one.labels.tolist(), one.boxes.tolist(), strict=True)

    said: list[Any] = []
    module = runpy.run_path(str(unpacked / "tiles.py"), run_name="tiles")
    assert module["OVERLAP"] == tiles.OVERLAP
    sys.path.insert(0, str(unpacked))
    try:
        exec(code, {"detect": detect, "print": lambda *values: said.append(values)})
    finally:
        sys.path.remove(str(unpacked))
        sys.modules.pop("tiles", None)
    return [tiles.Found(score, label, box, tiles.WHOLE) for score, label, box in said]


def test_a_detector_of_whole_images_tells_nothing_of_tiles(
    detector_artifact: Callable[[str], Path], tmp_path: Path
) -> None:
    with zipfile.ZipFile(detector_artifact("onnx") / "artifact.zip") as archive:
        archive.extractall(tmp_path)
    assert "tile" not in (tmp_path / "README.txt").read_text()
    assert json.loads((tmp_path / "parity.json").read_text())["tiles"]["along_a_side"] == 1
