"""However many the images are, a run needs little memory."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotations.dataset.manifest import read_manifest, write_manifest
from annotations.dataset.records import ImageRecord
from tests.training.engine.test_cli import ROOT
from training.engine import data
from training.engine.catalog import complete_config
from training.engine.config import CHILD_ENVIRONMENT
from training.engine.data import read_examples, read_run_folder
from training.engine.errors import DataError
from training.engine.train import train

LayRun = Callable[..., Path]
IMAGES = 100_000
GB = 10**9


def test_squares_beyond_the_limit_are_the_same(lay_run: LayRun, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = lay_run(train=6, val=0)
    dataset = read_run_folder(folder)
    whole = read_examples(dataset, dataset.images, folder, 64).squares
    monkeypatch.setattr(data, "KEPT_BYTES", 2 * 64 * 64 * 3)
    squares = read_examples(dataset, dataset.images, folder, 64, threads=2).squares
    assert (squares.shape, squares.streamed, whole.streamed) == (whole.shape, 4, 0)
    squares.prepare([1, 4, 5])
    squares.prepare([2, 5])
    for i in (5, 1, 4, 2, 2):
        np.testing.assert_array_equal(squares[i], whole[i])
    np.testing.assert_array_equal(squares[1:4], whole[1:4])
    np.testing.assert_array_equal(np.stack([squares[i] for i in range(6)]), whole[:])
    (folder / "images" / dataset.images[5].sha256).write_bytes(b"")
    with pytest.raises(DataError, match=dataset.images[5].name):
        squares[4:]


def test_a_run_beyond_the_limit_learns_the_same(
    lay_tiny: LayRun, monkeypatch: pytest.MonkeyPatch, recorder: Any
) -> None:
    folder = lay_tiny(train=5, val=3)
    config = complete_config(json.loads((folder / "config.json").read_text()))
    within, beyond = recorder(), recorder()
    train(config, read_run_folder(folder), folder, within)
    for path in (folder / "out").iterdir():
        path.unlink()
    monkeypatch.setattr(data, "KEPT_BYTES", 2 * 64 * 64 * 3)
    train(config, read_run_folder(folder), folder, beyond)
    assert beyond.metrics == within.metrics
    assert any(line.startswith("4 images are decoded each time") for line in beyond.lines)


@pytest.mark.full
@pytest.mark.parametrize("base", ["catalogue", "none"])
def test_100_000_images_train_in_3_gb(base: str, lay_run: LayRun, weights_dir: Path) -> None:
    """Their squares would take 31 GB."""
    folder = lay_run(train=40, val=20, base=base, image_size=320, batch_size=16, iterations=12)
    known = list(read_manifest(folder / "manifest.jsonl"))
    drawn = [image for image in known if image.split == "train"]

    def again(i: int) -> ImageRecord:
        image, sha256 = drawn[i % len(drawn)], f"{i:064x}"
        (folder / "images" / sha256).symlink_to(image.sha256)
        return replace(image, sha256=sha256)

    images = [*(again(i) for i in range(IMAGES)), *known]
    write_manifest(folder / "manifest.jsonl", sorted(images, key=lambda image: image.sha256))
    program = (
        "import resource, sys; from training.engine.__main__ import main; code = main(); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr); sys.exit(code)"
    )
    command = [sys.executable, "-c", program, "train", str(folder), "--weights-dir", str(weights_dir)]
    environment = os.environ | CHILD_ENVIRONMENT
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    peak = int(done.stderr.split()[-1]) * 1024
    assert peak <= 3 * GB, f"{peak / GB:.2f} GB"
