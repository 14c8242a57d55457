"""A detector with fine anchors and a larger, magnified image answers as its checkpoint, whatever it is exported to."""

import functools
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.training.engine.exporters.conftest import exporters_of, untrained_detector
from training.engine.catalog import complete_config
from training.engine.checkpoint import Checkpoint
from training.engine.exporters import litert
from training.engine.exporters.artifact import publish
from training.engine.exporters.exporter import Exporter
from training.engine.exporters.images import read_export_images
from training.engine.progress import Silent
from training.engine.targets import TARGETS

CASES = [(target, quantization) for target, info in TARGETS.items() for quantization in info.quantizations]
GRIDS = {
    "ssdlite320_mobilenet_v3_large": {
        "image_size": 352,
        "crop": 160,
        "magnify": 2,
        "anchor_scale": 320 / 704,
        "fit": "none",
    },
    "ssd_mobilenet_v1_075": {"image_size": 308, "fit": "none"},  # maps of odd sides, 77 and 39
}
FINE = ((0.05, 0.05), (0.1, 0.06), (0.08, 0.15))


@pytest.fixture(scope="module", params=GRIDS)
def fine(raccoons: Path, request: pytest.FixtureRequest) -> Checkpoint:
    return untrained_detector(
        complete_config({"model": request.param, "fine_anchors": FINE} | GRIDS[request.param]), raccoons
    )


@pytest.fixture(scope="module")
def fine_exporter(fine: Checkpoint) -> Callable[[str], Exporter]:
    return exporters_of(functools.cache(lambda: litert.convert(fine))).__getitem__


@pytest.mark.full
@pytest.mark.parametrize(("target", "quantization"), CASES)
def test_finer_anchors_are_exported(
    target: str,
    quantization: str,
    fine: Checkpoint,
    fine_exporter: Callable[[str], Exporter],
    raccoons: Path,
    tmp_path: Path,
) -> None:
    images = read_export_images(raccoons, fine.image_size)
    publish(fine_exporter(target), fine, images, tmp_path, quantization, Silent())

    parity = json.loads((tmp_path / "artifact.json").read_text())["parity"]
    limits = TARGETS[target].limits[quantization]
    assert parity["passed"]
    assert parity["max_score"] < (1e-4 if quantization == "none" else limits.score)
    assert parity["max_score"] > 0 or target == "torch", "torch's own program may answer the same to the last bit"
    assert parity["unmatched_detections"] == 0
