"""Softmax and sigmoid scores, from the first step to annotations: tiny networks, trained for real."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from annotations.dataset.records import AnnotationRecord, ImageRecord
from tests.training.engine import tiny
from training.engine import predict
from training.engine.catalog import MODELS, complete_config
from training.engine.checkpoint import Checkpoint
from training.engine.data import read_run_folder
from training.engine.detectors import postprocess
from training.engine.model_info import ModelInfo
from training.engine.scoring import Scoring
from training.engine.tasks import TASKS
from training.engine.train import train

LayRun = Callable[..., Path]
Recorders = type[Any]


def rows(task: str) -> pytest.MarkDecorator:
    few = [info for info in tiny.ROWS if info.task == task]
    return pytest.mark.parametrize("info", few, ids=[info.scoring for info in few])


@pytest.fixture(autouse=True)
def _tiny_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    for info in tiny.ROWS:
        monkeypatch.setitem(MODELS, info.name, info)


def learned(info: ModelInfo, folder: Path, told: Any, epochs: int) -> Checkpoint:
    config = complete_config({"model": info.name, "epochs": epochs, "threads": 1})
    best = train(config, read_run_folder(folder), folder, told)
    assert told.metrics[-1]["loss"] < told.metrics[0]["loss"] / 2
    assert set(TASKS[info.task].metrics) <= set(told.metrics[-1])
    return best


@rows("detection")
def test_a_detector_of_either_scoring_finds_what_it_learned(
    info: ModelInfo, lay_run: LayRun, recorder: Recorders
) -> None:
    folder = lay_run(train=8, val=2)
    best = learned(info, folder, recorder(), epochs=30)
    assert (best.metrics["AP50"] or 0) > 0.4, "labels or boxes are read wrongly"
    image = read_run_folder(folder).images[0]
    found = next(predict.predict(best, [folder / "images" / image.sha256]))
    assert {annotation.label for annotation in found} == {"disc", "square"}


@rows("classification")
def test_a_classifier_of_either_scoring_names_what_it_learned(
    info: ModelInfo, tmp_path: Path, recorder: Recorders, write_run: Any, record: Any
) -> None:
    folder = write_run(tmp_path / "run", coloured(record), "classification", ("red", "blue"))
    best = learned(info, folder, recorder(), epochs=8)
    for image in read_run_folder(folder).images:
        named = next(predict.predict(best, [folder / "images" / image.sha256]))
        assert named[0].label == image.annotations[0].label
        total = sum(annotation.score or 0 for annotation in named)
        assert (total == pytest.approx(1, abs=1e-5)) is (info.scoring is Scoring.SOFTMAX)


def coloured(record: Callable[..., ImageRecord]) -> Sequence[tuple[ImageRecord, bytes]]:
    """Red and blue pictures, two of them to validate on."""
    images = []
    for i in range(10):
        label, colour = (("red", (200, 4 * i, 0)), ("blue", (4 * i, 0, 200)))[i % 2]
        file = io.BytesIO()
        Image.new("RGB", (60, 40), colour).save(file, "PNG")
        annotations = [AnnotationRecord(label)]
        images.append((record(file.getvalue(), f"{i}.png", "val" if i >= 8 else "train", annotations), file.getvalue()))
    return images


def test_sigmoid_scores_have_no_background_column() -> None:
    boxes = torch.tensor([[0.1, 0.1, 0.5, 0.5], [0.6, 0.6, 0.9, 0.9]])
    scores = torch.tensor([[0.9, 0.8], [0.001, 0.7]])
    found = postprocess.detections(scores, boxes, Scoring.SIGMOID)
    torch.testing.assert_close(found.scores, torch.tensor([0.9, 0.8, 0.7]))
    assert found.labels.tolist() == [0, 1, 1], "labels may share a box"


def test_softmax_scores_of_one_label_have_a_background() -> None:
    found = postprocess.detections(torch.tensor([[0.3, 0.7]]), torch.tensor([[0.1, 0.1, 0.5, 0.5]]))
    assert (found.labels.tolist(), found.scores.tolist()) == ([0], [pytest.approx(0.7)])
