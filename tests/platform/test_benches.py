"""Benchmarks run with few images too: somebody tries whether they work before the long run."""

import os
import subprocess
import sys

import pytest

from tests.services.server import ROOT


@pytest.mark.full
@pytest.mark.parametrize("images", [1, 2, 3])
def test_labelling_with_few_images(images: int) -> None:
    command = [sys.executable, "-m", "bench.labelling.eight", "--people", "2", "--images", str(images), "--boxes", "2"]
    environment = {**os.environ, "PYTHONPATH": "platform"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert f"{images * 3} images, 2 boxes each: nothing lost" in done.stdout, done.stderr
