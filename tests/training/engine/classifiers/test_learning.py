"""Every classifier learns four drawn shapes from random weights, and goes on when stopped; colours say nothing."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from annotations.dataset.records import AnnotationRecord
from training.engine.catalog import MODELS, complete_config
from training.engine.checkpoint import Checkpoint
from training.engine.data import read_run_folder
from training.engine.progress import Silent, Stopped
from training.engine.train import train

SHAPES = ("disc", "ring", "square", "triangle")
SIDE = 64
EPOCHS = {"googlenet": 16, "resnet18": 30}
MOST_EPOCHS = 40
"""Of those that learn slowly from nothing."""
OF_TIMM = "mobilenetv3_small_050.lamb_in1k"
SETTINGS: dict[str, dict[str, object]] = {
    "vgg16": {"optimizer": "adamw", "learning_rate": 1e-4},
    OF_TIMM: {"image_size": 96},
}
"""What random weights want where the default does not suit them: VGG has no BatchNorm. timm's takes no 64 pixels."""
NAMES = [*(name for name, info in MODELS.items() if info.task == "classification"), OF_TIMM]


def draw_shape(shape: str, seed: int) -> bytes:
    """A PNG with one light shape somewhere on dark noise."""
    rng = np.random.default_rng(seed)
    image = Image.fromarray(rng.integers(20, 80, (SIDE, SIDE, 3), dtype=np.uint8))
    draw = ImageDraw.Draw(image)
    side = int(rng.integers(28, 44))
    x, y = (int(start) for start in rng.integers(0, SIDE - side, 2))
    corners, colour = (x, y, x + side, y + side), tuple(int(value) for value in rng.integers(140, 256, 3))
    if shape == "disc":
        draw.ellipse(corners, fill=colour)
    elif shape == "ring":
        draw.ellipse(corners, outline=colour, width=side // 6)
    elif shape == "square":
        draw.rectangle(corners, fill=colour)
    else:
        draw.polygon([(x, y + side), (x + side, y + side), (x + side // 2, y)], fill=colour)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def lay_shapes(tmp_path: Path, write_run: Callable[..., Path], record: Any) -> Callable[[int, int], Path]:
    """`lay_shapes(train, val)`: a run folder of so many drawings."""

    def lay(train: int, val: int) -> Path:
        images = []
        for i in range(train + val):
            shape = SHAPES[i % len(SHAPES)]
            content = draw_shape(shape, i)
            annotations = [AnnotationRecord(shape)]
            images.append((record(content, f"{i}.png", "train" if i < train else "val", annotations), content))
        return write_run(tmp_path / "run", images, "classification", SHAPES)

    return lay


def run(model: str, folder: Path, told: Silent, epochs: int) -> Checkpoint:
    asked: dict[str, object] = {"model": model, "base": "none", "image_size": SIDE, "epochs": epochs, "threads": 1}
    return train(complete_config(asked | SETTINGS.get(model, {})), read_run_folder(folder), folder, told)


@pytest.mark.full
@pytest.mark.parametrize("model", NAMES)
def test_random_weights_learn_four_shapes(model: str, lay_shapes: Callable[..., Path], recorder: Any) -> None:
    told = recorder()
    best = run(model, lay_shapes(160, 80), told, epochs=EPOCHS.get(model, MOST_EPOCHS))
    assert (best.metrics["accuracy"] or 0) >= 0.9, [metrics["accuracy"] for metrics in told.metrics]


@pytest.mark.full
@pytest.mark.parametrize("model", NAMES)
def test_a_stopped_run_goes_on_where_it_was(model: str, lay_shapes: Callable[..., Path], recorder: Any) -> None:
    folder = lay_shapes(12, 4)
    unbroken = run(model, folder, Silent(), epochs=2)
    for path in (folder / "out").iterdir():
        path.unlink()
    with pytest.raises(Stopped):
        run(model, folder, recorder(stop_after_steps=8), epochs=2)  # six steps are an epoch: in the second
    told = recorder()
    resumed = run(model, folder, told, epochs=2)
    assert told.steps[0] == (2, 1)
    assert (resumed.epoch, resumed.metrics) == (unbroken.epoch, unbroken.metrics)
    for name, value in unbroken.weights.items():
        torch.testing.assert_close(resumed.weights[name], value, atol=1e-5, rtol=1e-4)
