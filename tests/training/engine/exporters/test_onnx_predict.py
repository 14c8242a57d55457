"""onnxruntime sees in pictures what torch sees, whole or in tiles."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.training.engine.exporters.conftest import DETECTOR, untrained_detector
from training.engine.catalog import complete_config
from training.engine.checkpoint import Checkpoint
from training.engine.errors import DataError
from training.engine.exporters.onnx_predict import predict_with_onnx
from training.engine.predict import predict


@pytest.fixture(scope="module")
def checkpoint(raccoons: Path) -> Checkpoint:
    return untrained_detector(complete_config({"model": DETECTOR}), raccoons)


@pytest.mark.parametrize("tiles", [pytest.param(1, marks=pytest.mark.full), 2])
def test_both_runtimes_see_the_same(checkpoint: Checkpoint, raccoons: Path, tiles: int) -> None:
    tiled = replace(checkpoint, config=replace(checkpoint.config, tiles=tiles, score_threshold=0.3))
    pictures = sorted((raccoons / "images").iterdir())[:2]
    by_torch, by_onnx = (list(run(tiled, pictures)) for run in (predict, predict_with_onnx))
    assert sum(map(len, by_torch))
    for expected, found in zip(by_torch, by_onnx, strict=True):
        assert [one.label for one in found] == [one.label for one in expected]
        for one, other in zip(found, expected, strict=True):
            assert one.score == pytest.approx(other.score, abs=1e-3)
            assert one.box is not None
            assert other.box is not None
            sides = ("x_min", "y_min", "x_max", "y_max")
            assert [getattr(one.box, s) for s in sides] == pytest.approx(
                [getattr(other.box, s) for s in sides], abs=0.5
            )


def test_a_damaged_picture_is_told(checkpoint: Checkpoint, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff no picture")
    with pytest.raises(DataError, match=r"a\.jpg can't be decoded"):
        list(predict_with_onnx(checkpoint, [tmp_path / "a.jpg"]))
