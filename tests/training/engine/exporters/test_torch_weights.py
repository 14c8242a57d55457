"""The files for those who go on in torch: loaded by the given lines, in a process that has none of our code."""

import contextlib
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tests.training.engine.exporters.conftest import CLASSIFIER, DETECTOR, MakeArtifact, MakeCheckpoint
from training.engine.checkpoint import Checkpoint
from training.engine.errors import TargetError
from training.engine.exporters.bundle import sha256_of, write_bundle
from training.engine.exporters.images import read_export_images
from training.engine.exporters.papers import write_json
from training.engine.verify import verify, verify_bundle


@pytest.mark.parametrize("model", [DETECTOR, pytest.param(CLASSIFIER, marks=pytest.mark.full)])
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


class Bomb:
    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.place),)


def test_a_strange_bundle_s_program_is_not_loaded(
    detector: Checkpoint, detector_artifact: MakeArtifact, raccoons: Path, tmp_path: Path
) -> None:
    folder, blast = tmp_path / "bundle", tmp_path / "blast"
    with zipfile.ZipFile(detector_artifact("torch") / "artifact.zip") as archive:
        archive.extractall(folder)
    arm(folder / "model.pt2", blast)
    with contextlib.suppress(Exception):
        torch.export.load(folder / "model.pt2")
    assert blast.is_dir(), "this is no bomb"
    blast.rmdir()
    lineage = json.loads((folder / "lineage.json").read_text())
    lineage["files"]["model.pt2"] = sha256_of(folder / "model.pt2")
    write_json(folder / "lineage.json", lineage)
    write_bundle(tmp_path / "armed.zip", folder)

    told = verify_bundle(tmp_path / "armed.zip")

    assert (told["runtime"], told["reproduced"]) == (None, None)
    with pytest.raises(TargetError, match="its program could hold code, so it is not run here: compare the sha256"):
        verify(tmp_path / "armed.zip", detector, read_export_images(raccoons, detector.image_size).comparison)
    assert not blast.exists()


def arm(program: Path, blast: Path) -> None:
    """Put a pickle that makes the folder `blast` in place of the program's sample inputs."""
    with zipfile.ZipFile(program) as whole:
        entries = {name: whole.read(name) for name in whole.namelist()}
    pickled = io.BytesIO()
    torch.save(Bomb(blast), pickled)
    [inputs] = [name for name in entries if "/sample_inputs/" in name]
    with zipfile.ZipFile(program, "w") as armed:
        for name, content in (entries | {inputs: pickled.getvalue()}).items():
            armed.writestr(name, content)
