"""The comparison with peers' recipes: its table, its views, and one epoch of each recipe on a few photographs."""

import json
import shutil
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from annotations.dataset.records import Dataset
from bench.training import peers
from bench.training.recipes import pytorch_ssd, torchvision_reference
from bench.training.recipes.__main__ import RECIPES
from bench.training.recipes.ssd_views import random_view
from training.engine.data import read_run_folder
from training.engine.detectors.ssd_mobilenet_v1 import Edition, SsdMobilenetV1
from training.engine.network import fold_batch_norm

MODEL = "ssd_mobilenet_v1_075"
OURS = peers.Trial("raccoon", MODEL, 0, 0, peers.OURS)
THEIRS = replace(OURS, recipe="pytorch-ssd")
GOOD = peers.Outcome(ap=0.60, ap50=0.9, last_ap=0.58, epochs=8, cpu_seconds=50, wall_seconds=60, load=1)


def results(path: Path, ours: peers.Outcome, theirs: peers.Outcome | None) -> list[str]:
    """The arguments for a table of a file that holds these outcomes."""
    trials = {OURS: ours} | ({THEIRS: theirs} if theirs else {})
    rows = [json.dumps({"trial": asdict(trial), "outcome": asdict(one)}) for trial, one in trials.items()]
    path.write_text("".join(row + "\n" for row in rows))
    return ["--table", "--results", str(path), "--sets", "raccoon", "--models", MODEL]


@pytest.mark.parametrize(
    ("theirs", "code", "said"),
    [
        (replace(GOOD, cpu_seconds=200), 0, "ok"),
        (replace(GOOD, ap=0.6199, cpu_seconds=200), 0, "ok"),
        (replace(GOOD, ap=0.6201, cpu_seconds=200), 1, "UNDER THE BAR"),
        (replace(GOOD, cpu_seconds=199), 1, "UNDER THE BAR"),
        (None, 1, "NOT MEASURED"),
    ],
)
def test_ap_may_be_002_less_at_a_quarter_of_the_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], theirs: peers.Outcome | None, code: int, said: str
) -> None:
    assert peers.main(results(tmp_path / "results.jsonl", GOOD, theirs)) == code
    assert said in capsys.readouterr().out


def test_trainings_of_the_file_are_not_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOXWRIGHT_TEST_DATA", str(tmp_path / "there is none"))
    monkeypatch.setenv("BOXWRIGHT_WEIGHTS_DIR", str(tmp_path / "there is none"))
    _, *arguments = results(tmp_path / "results.jsonl", GOOD, replace(GOOD, cpu_seconds=200))
    assert peers.main([*arguments, "--splits", "0", "--seeds", "0"]) == 0


@pytest.mark.parametrize("seed", range(40))
def test_views_keep_boxes_in_the_picture(seed: int) -> None:
    """A box is a black rectangle: it is found where the view says."""
    pixels = np.full((120, 200, 3), 200, np.uint8)
    pixels[30:90, 50:150] = 0
    boxes, labels = np.array([[50, 30, 150, 90], [0, 0, 20, 20]], np.float32), np.array([1, 0])
    rng = np.random.default_rng(seed)
    picture, moved, kept = random_view(Image.fromarray(pixels), boxes, labels, rng, (127, 127, 127))
    assert len(moved) == len(kept) > 0
    assert (moved[:, :2] >= 0).all()
    assert (moved[:, 2:] <= picture.size).all()
    assert (moved[:, 2:] > moved[:, :2]).all()
    seen = np.asarray(picture.convert("L"), np.float32)
    for x_min, y_min, x_max, y_max in moved[kept == 1].round().astype(int):
        inside = seen[y_min + 2 : y_max - 2, x_min + 2 : x_max - 2]
        assert inside.max() < 60  # black, even where it is made lighter
        outside = np.delete(seen, np.s_[y_min:y_max], 0)
        assert outside.size == 0 or outside.min() > 60


def test_unfolding_gives_statistics_and_changes_no_answer() -> None:
    torch.manual_seed(0)
    network, images = SsdMobilenetV1(Edition(width=0.25), 2, 96).eval(), torch.randn(4, 3, 96, 96)
    norms = [module for module in network.features.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        nn.init.normal_(norm.bias)
    fold_batch_norm(network.extras)
    with torch.no_grad():
        before = network(images)
        pytorch_ssd.unfold(network, images)
        after = network(images)
        learning = network.train()(images)
    for i in range(2):
        assert torch.allclose(after[i], before[i], atol=1e-4)
        assert torch.allclose(learning[i], before[i], atol=0.1)
    assert all(norm.running_var is not None and norm.running_var.std() > 0 for norm in norms)


@pytest.mark.full
@pytest.mark.parametrize("name", RECIPES)
def test_recipe_learns_from_the_first_epoch_on(name: str, test_data: Path, weights_dir: Path, tmp_path: Path) -> None:
    folder = peers.lay(test_data / "raccoon", tmp_path, 0)
    whole = read_run_folder(folder)
    few = Dataset(whole.task, whole.labels, tuple(islice((i for i in whole.images if i.split == "train"), 24)))
    [find] = islice(RECIPES[name].epochs(few, folder, weights_dir, 0), 1)
    for image in few.images[:3]:
        found = find(image)
        assert found
        assert all(one.box is not None and one.label == "raccoon" for one in found)
        assert all(-1 <= one.box.x_min < one.box.x_max <= image.width + 1 for one in found if one.box)


@pytest.mark.full
def test_both_are_trained_and_kept(
    test_data: Path, weights_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del weights_dir  # its presence is what the benchmark's environment needs
    for kind, ending in (("annotations", "xml"), ("images", "jpg")):
        (tmp_path / "raccoon" / kind).mkdir(parents=True)
        for number in range(6, 11):  # two of them validate
            name = f"raccoon-{number}.{ending}"
            shutil.copyfile(test_data / "raccoon" / kind / name, tmp_path / "raccoon" / kind / name)
    monkeypatch.setenv("BOXWRIGHT_TEST_DATA", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", "platform")
    file = tmp_path / "results.jsonl"
    arguments = ["--sets", "raccoon", "--models", MODEL, "--splits", "0", "--seeds", "0", "--results", str(file)]
    verdict = peers.main(arguments)
    kept = [json.loads(line) for line in file.read_text().splitlines()]
    assert [row["trial"]["recipe"] for row in kept] == [peers.OURS, "pytorch-ssd"]
    assert [row["outcome"]["epochs"] for row in kept] == [8, pytorch_ssd.EPOCHS]
    assert all(row["outcome"]["cpu_seconds"] > 1 for row in kept)
    assert peers.main(arguments) == verdict
    assert len(file.read_text().splitlines()) == len(kept)


def test_recipes_are_of_the_models_that_are_compared() -> None:
    assert {torchvision_reference.MODEL: "torchvision", pytorch_ssd.MODEL: "pytorch-ssd"} == peers.PEERS
    assert set(peers.PEERS.values()) == RECIPES.keys()
