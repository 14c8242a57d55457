"""Tiny real run folders: pictures drawn here (discs and squares on noise), with exact boxes."""

import functools
import hashlib
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from annotations.dataset.manifest import write_manifest
from annotations.dataset.records import AnnotationRecord, Box, ImageRecord, Split, Task
from tests.training.engine import tiny
from training.engine.catalog import MODELS
from training.engine.progress import Silent, Values

LABELS = ("disc", "square")
DETECTOR = "ssdlite320_mobilenet_v3_large"
LayRun = Callable[..., Path]


def draw_picture(seed: int, width: int = 160, height: int = 120) -> tuple[bytes, tuple[AnnotationRecord, ...]]:
    """A PNG with one red disc and one blue square, and their annotations."""
    rng = np.random.default_rng(seed)
    image = Image.fromarray(rng.integers(90, 150, (height, width, 3), dtype=np.uint8))
    draw = ImageDraw.Draw(image)
    annotations = []
    for label, left in zip(LABELS, (0, width // 2), strict=True):
        side = int(rng.integers(30, 55))
        x, y = left + int(rng.integers(0, width // 2 - side)), int(rng.integers(0, height - side))
        corners = (x, y, x + side - 1, y + side - 1)
        if label == "disc":
            draw.ellipse(corners, fill=(220, 30, 30))
        else:
            draw.rectangle(corners, fill=(30, 30, 220))
        annotations.append(AnnotationRecord(label, Box(x, y, x + side, y + side)))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue(), tuple(annotations)


def record(
    content: bytes, name: str, split: Split, annotations: Sequence[AnnotationRecord], queue: str = "labelled"
) -> ImageRecord:
    with Image.open(io.BytesIO(content)) as image:
        width, height = image.size
    sha256 = hashlib.sha256(content).hexdigest()
    return ImageRecord(name, sha256, width, height, len(content), queue, split, tuple(annotations))


def write_run(
    folder: Path,
    images: Sequence[tuple[ImageRecord, bytes]],
    task: Task = "detection",
    labels: Sequence[str] = LABELS,
    **config: Any,
) -> Path:
    """Write config, snapshot, manifest and image files of a run folder."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    for image, content in images:
        (folder / "images" / image.sha256).write_bytes(content)
    write_manifest(folder / "manifest.jsonl", sorted((image for image, _ in images), key=lambda i: i.sha256))
    snapshot = {"project": {"task": task, "seed": 0}, "labels": [{"name": label} for label in labels]}
    (folder / "snapshot.json").write_text(json.dumps(snapshot))
    (folder / "config.json").write_text(json.dumps(config))
    return folder


@pytest.fixture
def lay_run(tmp_path: Path) -> LayRun:
    """`lay_run(train=6, val=2, epochs=1, …)`: a detection run folder of drawn pictures."""

    def lay(train: int = 6, val: int = 2, **config: Any) -> Path:
        splits: list[Split] = [*["train"] * train, *["val"] * val]  # type: ignore[list-item]
        images = []
        for i, split in enumerate(splits):
            content, annotations = draw_picture(i)
            images.append((record(content, f"scene-{i}.png", split, annotations), content))
        defaults: dict[str, Any] = {"model": DETECTOR, "epochs": 1, "batch_size": 3, "image_size": 64, "threads": 1}
        defaults["fit"] = "none"  # at 64 px every drawing is small
        return write_run(tmp_path / "run", images, **(defaults | config))

    return lay


@pytest.fixture
def tiny_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks of some thousand weights are in the table of models: where it does not matter which one learns."""
    for info in tiny.ROWS:
        monkeypatch.setitem(MODELS, info.name, info)


@pytest.fixture
def lay_tiny(lay_run: LayRun, tiny_rows: None) -> LayRun:
    """`lay_run` for a tiny detector of random weights."""
    return functools.partial(lay_run, model=tiny.DETECTOR, base="none")


class Recorder(Silent):
    """Keeps what a run tells; asks it to stop after `stop_after_steps` steps."""

    def __init__(self, stop_after_steps: int | None = None) -> None:
        self.stop_after_steps = stop_after_steps
        self.steps: list[tuple[int, int]] = []
        self.metrics: list[dict[str, float | None]] = []
        self.lines: list[str] = []

    def on_log(self, line: str) -> None:
        self.lines.append(line)

    def on_step(self, epoch: int, epochs: int, step: int, steps: int, loss: float, eta_seconds: float) -> None:
        self.steps.append((epoch, step))

    def on_metrics(self, epoch: int, epochs: int, values: Values, seconds: float, eta_seconds: float) -> None:
        self.metrics.append(dict(values))

    def should_stop(self) -> bool:
        return self.stop_after_steps is not None and len(self.steps) >= self.stop_after_steps


@pytest.fixture
def recorder() -> type[Recorder]:
    return Recorder


@pytest.fixture(name="write_run")
def write_run_fixture() -> Callable[..., Path]:
    return write_run


@pytest.fixture(name="record")
def record_fixture() -> Callable[..., ImageRecord]:
    return record
