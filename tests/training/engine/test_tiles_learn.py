"""Objects that are tiny in a large picture: what tiles are for."""

from pathlib import Path

import pytest

from annotations.dataset.records import ImageRecord, Split
from tests.training.engine.conftest import write_run
from tests.training.engine.drawn_scenes import draw_scene
from training.engine.catalog import complete_config
from training.engine.checkpoint import Checkpoint
from training.engine.data import read_run_folder
from training.engine.progress import Silent
from training.engine.train import train

LABELS = ("disc", "square")


def wide_scene(seed: int, split: Split) -> tuple[ImageRecord, bytes]:
    """Three to eight shapes of 10 to 22 pixels on 480 x 360."""
    return draw_scene(
        f"wide-{seed}.png", seed, split, LABELS, cells=(4, 3), cell=(120, 120), counts=(3, 9), sides=(10, 22)
    )


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
