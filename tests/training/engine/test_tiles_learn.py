"""Objects that are tiny in a large picture: what tiles are for."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from annotations.dataset.records import AnnotationRecord, Box, ImageRecord, Split
from tests.training.engine.conftest import record, write_run
from tests.training.engine.drawn_scenes import draw_shape
from training.engine.catalog import complete_config
from training.engine.checkpoint import Checkpoint
from training.engine.data import read_run_folder
from training.engine.progress import Silent
from training.engine.train import train

LABELS = ("disc", "square")
WIDTH, HEIGHT, CELL = 480, 360, 120


def wide_scene(seed: int, split: Split) -> tuple[ImageRecord, bytes]:
    """Three to eight shapes of 10 to 22 pixels, of any colour, on coarse noise."""
    rng = np.random.default_rng(seed)
    noise = Image.fromarray(rng.integers(60, 190, (HEIGHT // 8, WIDTH // 8, 3), dtype=np.uint8))
    image = noise.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    draw, annotations = ImageDraw.Draw(image), []
    for cell in rng.permutation(12)[: rng.integers(3, 9)]:
        side = int(rng.integers(10, 22))
        x, y = (int(place * CELL + rng.integers(0, CELL - side)) for place in (cell % 4, cell // 4))
        label, colour = LABELS[rng.integers(2)], tuple(int(level) for level in rng.choice([0, 255], 3))
        draw_shape(draw, label, (x, y, x + side - 1, y + side - 1), colour)
        annotations.append(AnnotationRecord(label, Box(x, y, x + side, y + side)))
    file = io.BytesIO()
    image.save(file, "PNG")
    return record(file.getvalue(), f"wide-{seed}.png", split, annotations), file.getvalue()


@pytest.mark.full
def test_tiny_objects_are_learned_in_tiles(tmp_path: Path, weights_dir: Path) -> None:
    """At the same size of the network and in as many steps, with anchors fitted in both."""
    scenes = [wide_scene(seed, "train" if seed < 24 else "val") for seed in range(32)]

    def learned(tiles: int) -> Checkpoint:
        folder = write_run(tmp_path / str(tiles), scenes)
        settings = {"model": "ssdlite320_mobilenet_v3_large", "image_size": 128, "epochs": 6, "threads": 1}
        config = complete_config(settings | {"tiles": tiles})
        return train(config, read_run_folder(folder), folder, Silent(), weights_dir)

    whole, tiled = (learned(tiles).metrics["AP50"] or 0.0 for tiles in (1, 3))
    assert whole < 0.05
    assert tiled > 0.12
