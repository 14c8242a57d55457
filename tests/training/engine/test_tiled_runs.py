"""Runs that look at tiles: what is trained, measured, predicted and gone on with."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from annotations.dataset.manifest import read_manifest
from annotations.dataset.records import AnnotationRecord, Box
from tests.training.engine.conftest import draw_picture, record, write_run
from training.engine import evaluate, predict
from training.engine.batches import training_batches
from training.engine.catalog import complete_config
from training.engine.checkpoint import Checkpoint, network_of
from training.engine.config import Config
from training.engine.data import read_examples, read_run_folder
from training.engine.detectors.postprocess import Detections, Suppression, detections
from training.engine.detectors.tiling import of_images
from training.engine.network import normalise
from training.engine.progress import Silent
from training.engine.tiles import Found, merged, on_picture, windows
from training.engine.train import train
from training.engine.transforms import Views

DETECTOR = "ssdlite320_mobilenet_v3_large"
LayRun = Callable[..., Path]
SETTINGS: dict[str, Any] = {"model": DETECTOR, "image_size": 64, "tiles": 3, "fit": "none", "threads": 1}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, weights_dir: Path) -> tuple[Path, Checkpoint]:
    """A run of one epoch that is sure of nothing, and so finds something everywhere."""
    config = complete_config(SETTINGS | {"epochs": 1, "batch_size": 3, "score_threshold": 0.0})
    images = []
    for i in range(3):
        content, annotations = draw_picture(i)
        images.append((record(content, f"scene-{i}.png", "train" if i < 2 else "val", annotations), content))
    folder = write_run(tmp_path_factory.mktemp("tiled") / "run", images)
    return folder, train(config, read_run_folder(folder), folder, Silent(), weights_dir)


def test_one_tile_changes_nothing() -> None:
    found = [Detections(torch.rand(3, 4), torch.rand(3), torch.zeros(3, dtype=torch.int64)) for _ in range(2)]
    assert all(after is before for after, before in zip(of_images(found, Config("any")), found, strict=True))


def test_what_is_measured_is_what_is_kept(trained: tuple[Path, Checkpoint]) -> None:
    folder, best = trained
    assert (best.image_size, best.picture_size, best.config.tiles) == (64, 166, 3)
    found = evaluate.evaluate(best, read_run_folder(folder), folder, "val", Silent())
    assert found.metrics == pytest.approx(best.metrics, abs=1e-3)


def test_a_prediction_is_that_of_each_tile_merged(trained: tuple[Path, Checkpoint]) -> None:
    folder, best = trained
    image = next(read_manifest(folder / "manifest.jsonl"))
    path = folder / "images" / image.sha256
    with Image.open(path) as opened:
        picture = opened.convert("RGB").resize((166, 166), Image.Resampling.BILINEAR)
    network, rows = network_of(best), []
    for tile in windows(64, 3):
        part = np.array(picture.crop(tuple(round(166 * side) for side in tile)))  # type: ignore[arg-type]
        with torch.inference_mode():
            seen = network.predictions(normalise(torch.from_numpy(part[None]), best.info.mean, best.info.std))
        one = detections(seen[0][0], seen[1][0], best.info.scoring, Suppression.of(best.config))
        for box, score, label in zip(one.boxes.tolist(), one.scores.tolist(), one.labels.tolist(), strict=True):
            rows.append(Found(score, label, on_picture(box, tile), tile))
    expected = merged(rows, best.config.nms_threshold)[:100]
    (found,) = predict.predict(best, [path])
    assert [mark.label for mark in found] == [best.labels[one.label] for one in expected]
    assert [mark.score for mark in found] == pytest.approx([one.score for one in expected], abs=1e-4)
    scale = np.tile([image.width, image.height], 2)
    np.testing.assert_allclose(
        [sides(mark) for mark in found], [np.array(one.box) * scale for one in expected], atol=0.1
    )


def sides(mark: AnnotationRecord) -> list[float]:
    assert isinstance(mark.box, Box)
    return [mark.box.x_min, mark.box.y_min, mark.box.x_max, mark.box.y_max]


def test_tiles_that_are_too_many_for_a_batch_are_asked_in_parts(
    trained: tuple[Path, Checkpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, best = trained
    path = folder / "images" / next(read_manifest(folder / "manifest.jsonl")).sha256
    (at_once,) = predict.predict(best, [path])
    monkeypatch.setattr(predict, "BATCH_PIXELS", 2 * 64 * 64)
    (in_parts,) = predict.predict(best, [path])
    assert [mark.score for mark in in_parts] == pytest.approx([mark.score for mark in at_once], abs=1e-4)


def test_training_sees_objects_as_large_as_tiles_show_them(lay_run: LayRun) -> None:
    """At a third of the picture's pixels for each side, in squares of the network's size."""
    folder = lay_run(**SETTINGS)
    dataset = read_run_folder(folder)
    config = complete_config(SETTINGS | {"zoom_min": 1.0, "zoom_max": 1.0})
    examples = read_examples(dataset, dataset.split("train"), folder, config.picture_size)
    squares, targets = next(training_batches(examples, [list(range(6))], 0, 1, Views.of(config)))
    assert squares.shape == (6, 64, 64, 3)
    seen = torch.cat([target.boxes for target in targets])
    whole = np.concatenate(examples.boxes)
    widest = (whole[:, 2] - whole[:, 0]).max() * config.picture_size / 64
    widths = seen[:, 2] - seen[:, 0]
    assert widths.max() <= widest * 1.15  # a view is stretched by a tenth
    assert widths.max() > 0.5 * min(widest, 0.5)


def test_a_run_in_tiles_goes_on_and_is_a_base(
    trained: tuple[Path, Checkpoint], recorder: type[Any], weights_dir: Path, tmp_path: Path
) -> None:
    folder, best = shutil.copytree(trained[0], tmp_path / "run"), trained[1]
    told, dataset = recorder(), read_run_folder(folder)
    assert train(best.config, dataset, folder, told, weights_dir).metrics == best.metrics
    assert any(line.startswith("Going on after epoch 1") for line in told.lines)
    (folder / "out" / "best.pt").rename(folder / "base.pt")
    (folder / "out" / "last.pt").unlink()
    for tiles in (3, 1):
        follower = complete_config(SETTINGS | {"base": "checkpoint", "epochs": 1, "tiles": tiles})
        assert train(follower, dataset, folder, Silent(), None).config.tiles == tiles
