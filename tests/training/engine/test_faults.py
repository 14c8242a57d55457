"""What goes wrong in a run, each said in a sentence that tells what to do."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from annotations.dataset.manifest import read_manifest, write_manifest
from annotations.dataset.records import ImageRecord
from tests.training.engine.conftest import DETECTOR
from tests.training.engine.test_cli import ROOT
from training.engine import checkpoint, device, evaluate
from training.engine.catalog import complete_config
from training.engine.checkpoint import Checkpoint
from training.engine.data import read_run_folder
from training.engine.detectors.ssdlite import Ssdlite
from training.engine.errors import CheckpointError, DataError, DivergedError, NoMemoryError, WeightsError
from training.engine.progress import Silent
from training.engine.train import train

LayRun = Callable[..., Path]
IN_A_SMALL_DISK = ("unshare", "-rm", "sh", "-c")


def run(folder: Path, progress: Silent | None = None) -> Checkpoint:
    config = complete_config(json.loads((folder / "config.json").read_text()))
    return train(config, read_run_folder(folder), folder, progress or Silent(), None)


def rewrite(folder: Path, change: Callable[[ImageRecord], ImageRecord]) -> None:
    write_manifest(folder / "manifest.jsonl", [change(image) for image in read_manifest(folder / "manifest.jsonl")])


def without(label: str, image: ImageRecord) -> ImageRecord:
    return replace(image, annotations=tuple(one for one in image.annotations if one.label != label))


def test_a_loss_that_is_no_number_names_its_step_and_a_rate_to_try(
    lay_run: LayRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ssdlite, "losses", lambda *_: {"class": torch.tensor(float("inf"), requires_grad=True)})
    with pytest.raises(DivergedError, match=r"no longer a number in epoch 1, step 1: .*learning_rate of 0.002 instead"):
        run(lay_run(base="none", learning_rate=0.02))


def test_a_gradient_that_is_no_number_leaves_the_weights_alone(
    lay_run: LayRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def losses(network: Ssdlite, *_: Any) -> dict[str, Tensor]:
        weight = next(parameter for parameter in network.parameters() if parameter.requires_grad)
        return {"class": (weight.flatten()[:1] * 0).sqrt().sum()}

    monkeypatch.setattr(Ssdlite, "losses", losses)
    with pytest.raises(DivergedError, match="epoch 1, step 1"):
        run(lay_run(base="none"))


def test_a_label_on_one_picture_is_told(lay_tiny: LayRun, recorder: Any) -> None:
    folder, told = lay_tiny(train=4, val=2), recorder()
    first = next(image for image in read_manifest(folder / "manifest.jsonl") if image.split == "train").sha256
    rewrite(folder, lambda image: image if image.sha256 == first else without("square", image))
    run(folder, told)
    assert "square is on one picture alone: label it on more, or it is found by chance." in told.lines
    assert "Of square nothing is in the validation split: these numbers don't tell whether it is found." in told.lines


def test_a_label_that_only_validates_is_told(lay_tiny: LayRun, recorder: Any) -> None:
    folder, told = lay_tiny(train=4, val=2), recorder()
    rewrite(folder, lambda image: image if image.split == "val" else without("disc", image))
    run(folder, told)
    assert any("disc is in no training image" in line for line in told.lines)


def test_a_validation_split_without_boxes_is_told(lay_tiny: LayRun, recorder: Any) -> None:
    folder, told = lay_tiny(train=4, val=2), recorder()
    rewrite(folder, lambda image: image if image.split == "train" else replace(image, annotations=()))
    run(folder, told)
    assert any("No validation image has a box" in line and "draw some" in line for line in told.lines)


def test_a_training_split_without_boxes_says_what_to_do(lay_tiny: LayRun) -> None:
    folder = lay_tiny(train=4, val=2)
    rewrite(folder, lambda image: image if image.split == "val" else replace(image, annotations=()))
    with pytest.raises(DataError, match="draw some"):
        run(folder)


def test_evaluating_a_split_that_is_empty_or_has_strange_labels_is_said(lay_tiny: LayRun) -> None:
    folder = lay_tiny(train=3, val=1)
    best = run(folder)
    with pytest.raises(DataError, match="The test split has no labelled image"):
        evaluate.evaluate(best, read_run_folder(folder), folder, "test", Silent())
    narrow = replace(best, labels=("disc", "star"))
    with pytest.raises(DataError, match=r"finds disc, star; the data has square too"):
        evaluate.evaluate(narrow, read_run_folder(folder), folder, "val", Silent())


def test_a_base_of_another_shape_says_which(lay_run: LayRun) -> None:
    folder = lay_run(train=2, val=1, base="none")
    best = run(folder)
    for path in (folder / "out").iterdir():
        path.unlink()
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"base": "checkpoint"}))
    name = next(iter(best.weights))
    checkpoint.save(replace(best, weights=best.weights | {name: torch.zeros(2, 3, 5, 5)}), folder / "base.pt")
    with pytest.raises(WeightsError, match=rf"{name} is \[2, 3, 5, 5\] in base.pt and \[16, 3, 3, 3\] in the model"):
        run(folder)
    checkpoint.save(replace(best, model="ssd_mobilenet_v1_075"), folder / "base.pt")
    with pytest.raises(CheckpointError, match=f"is a ssd_mobilenet_v1_075, not a {DETECTOR}: .*base: none"):
        run(folder)


def test_a_batch_that_does_not_fit_is_halved_and_told(
    lay_run: LayRun, recorder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, sizes = Ssdlite.losses, []

    def losses(network: Ssdlite, images: Tensor, targets: Any) -> dict[str, Tensor]:
        sizes.append(len(images))
        if len(images) > 2:
            torch.empty(2**60)  # what torch itself says when there is no room
        return whole(network, images, targets)

    monkeypatch.setattr(Ssdlite, "losses", losses)
    told = recorder()
    best = run(lay_run(train=6, base="none", batch_size=6, iterations=2), told)
    assert sizes == [6, 3, 2, 2, 2, 2, 2, 2], "what did not fit is not tried again in the second step"
    assert any(line.startswith("Out of memory with 6 images at once") for line in told.lines)
    assert best.epoch == 1


def test_not_even_one_image_that_fits_is_said(lay_run: LayRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Ssdlite, "losses", lambda *_: torch.empty(2**60))
    with pytest.raises(NoMemoryError, match="smaller image_size than 64"):
        run(lay_run(base="none"))


def test_only_what_torch_says_of_memory_counts_as_such() -> None:
    assert not device.is_out_of_memory(RuntimeError("sizes of tensors must match"))


def trained_in_a_small_disk(folder: Path, mount: str) -> tuple[int, dict[str, Any]]:
    """Exit code and last event of a run under a mount that is only its own."""
    if subprocess.run([*IN_A_SMALL_DISK, mount], capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be mounted here")
    inside = f"{mount} && exec {sys.executable} -m training.engine train {folder}"
    done = subprocess.run([*IN_A_SMALL_DISK, inside], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout.splitlines()[-1])


def test_a_full_disk_is_said(lay_run: LayRun) -> None:
    folder = lay_run(train=3, val=1, base="none")
    (folder / "out").mkdir()
    code, said = trained_in_a_small_disk(folder, f"mount -t tmpfs -o size=8m none {folder}/out")
    assert (code, said["code"]) == (2, "disk_full")
    assert "make room" in said["detail"]


def test_no_room_for_the_decoded_pictures_is_said(lay_run: LayRun, tmp_path: Path) -> None:
    folder = lay_run(train=30, val=10, base="none", image_size=320)
    small = (
        f"cp -r {folder} {tmp_path}/copy && mount -t tmpfs -o size=6m none {folder} && cp -r {tmp_path}/copy/* {folder}"
    )
    code, said = trained_in_a_small_disk(folder, small)
    assert (code, said["code"]) == (2, "disk_full")
