"""The files for those who go on in torch: loaded by the given lines, in a process that has none of our code."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from safetensors.torch import load_file

from tests.training.engine.exporters.conftest import CLASSIFIER, DETECTOR, MakeArtifact, MakeCheckpoint
from training.engine.checkpoint import Checkpoint


@pytest.mark.parametrize("model", [DETECTOR, CLASSIFIER])
def test_twenty_lines_load_it_without_our_code(
    model: str, make_artifact: MakeArtifact, checkpoint_of_model: MakeCheckpoint, raccoons: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(make_artifact(model, "torch") / "artifact.zip") as archive:
        archive.extractall(tmp_path)
    photo = max((raccoons / "images").iterdir(), key=lambda file: file.stat().st_size)

    command = [sys.executable, "-I", "use.py", str(photo)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert len((tmp_path / "use.py").read_text().splitlines()) <= 20
    label, score = done.stdout.splitlines()[0].split()[:2]
    assert label in checkpoint_of_model(model).labels
    assert 0 < float(score) <= 1
    if model == DETECTOR:
        assert label == "raccoon"


def test_the_weights_lie_in_one_file_under_the_checkpoint_s_names(
    detector: Checkpoint, detector_artifact: MakeArtifact, tmp_path: Path
) -> None:
    with zipfile.ZipFile(detector_artifact("torch") / "artifact.zip") as archive:
        archive.extractall(tmp_path)

    weights = load_file(tmp_path / "model.safetensors")
    assert set(weights) == set(detector.weights)
    assert all(weights[name].equal(tensor) for name, tensor in detector.weights.items())
    assert (tmp_path / "model.pt2").stat().st_size < 0.3 * (tmp_path / "model.safetensors").stat().st_size
