"""The commands as people use them: one folder of a known format, then whatever one wants of it."""

import csv
import io
import json
import os
import pty
import shutil
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from annotations.dataset.manifest import read_manifest
from tests.training.engine import tiny
from tests.training.engine.foreign import write_as
from tests.training.engine.test_cli import ROOT
from training.engine import commands
from training.engine.arguments import parser
from training.engine.catalog import MODELS
from training.engine.errors import CheckpointError, ConfigError, DataError, ParityError, TargetError
from training.engine.progress import JsonLines

LayRun = Callable[..., Path]
SMALL = [f"--set={one}" for one in ("epochs=1", "image_size=64", "batch_size=3", "threads=1", "learning_rate=0.02")]
TINY = [f"--set={one}" for one in (f"model={tiny.DETECTOR}", "base=none", "epochs=1", "batch_size=3", "threads=1")]


def called(*arguments: object) -> list[dict[str, Any]]:
    """A command in this process; its events."""
    options: Namespace = parser().parse_args([str(argument) for argument in arguments])
    stream = io.StringIO()
    commands.called(options, JsonLines(stream))
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.fixture(scope="module", autouse=True)
def _tiny_rows() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        for info in tiny.ROWS:
            patched.setitem(MODELS, info.name, info)
        yield


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A COCO folder, and the run folder in which a tiny detector was trained on it."""
    from tests.training.engine.conftest import draw_picture, record, write_run

    place = tmp_path_factory.mktemp("trained")
    drawn = [(draw_picture(i), "train" if i < 6 else "val") for i in range(9)]
    images = [(record(content, f"{i}.png", split, found), content) for i, ((content, found), split) in enumerate(drawn)]  # type: ignore[arg-type]
    coco = write_as("coco", write_run(place / "drawn", images), place / "coco")
    events = called("train", coco, "--run", place / "run", *TINY, "--set=epochs=30")
    assert events[-1]["event"] == "done"
    return coco, place / "run"


def test_settings_may_come_with_the_command(lay_run: LayRun, weights_dir: Path) -> None:
    folder = lay_run(epochs=40)
    settings = json.loads((folder / "config.json").read_text()) | {"epochs": 1, "freeze": "trunk"}
    events = called("train", folder, "--weights-dir", weights_dir, "--config", json.dumps(settings))
    assert [event["epochs"] for event in events if event["event"] == "metrics"] == [1]
    with pytest.raises(ConfigError, match="--config can't be read"):
        called("train", folder, "--config", "{")


def test_a_coco_folder_trains_in_one_command(trained: tuple[Path, Path]) -> None:
    _, run = trained
    assert json.loads((run / "config.json").read_text())["image_size"] == 64
    assert len(list((run / "out").glob("*.pt"))) == 2


def test_evaluating_the_run_folder_or_other_data_gives_the_same(trained: tuple[Path, Path], tmp_path: Path) -> None:
    coco, run = trained
    best = run / "out" / "best.pt"
    own = called("evaluate", run)[-1]["metrics"]
    other = called("evaluate", coco, "--run", tmp_path / "other", "--checkpoint", best)[-1]["metrics"]
    assert own == other


def test_predictions_are_what_pycocotools_scores(trained: tuple[Path, Path], tmp_path: Path) -> None:
    coco, run = trained
    truth, results = coco / "annotations" / "instances_val.json", tmp_path / "results.json"
    called("predict", run, coco / "images" / "val", "--ids", truth, "--to", results)
    known = COCO(str(truth))
    judge = COCOeval(known, known.loadRes(str(results)), "bbox")
    judge.evaluate()
    judge.accumulate()
    judge.summarize()
    assert judge.stats[0] == pytest.approx(called("evaluate", run)[-1]["metrics"]["AP"], abs=1e-6)


def test_predictions_without_ids_go_by_file_names(trained: tuple[Path, Path], tmp_path: Path) -> None:
    coco, run = trained
    for name in ("0007.png", "gate.png"):
        shutil.copy(next((coco / "images" / "val").iterdir()), tmp_path / name)
    called("predict", run, tmp_path, "--to", tmp_path / "results.json")
    rows = json.loads((tmp_path / "results.json").read_text())
    assert {row["image_id"] for row in rows} == {7, "gate"}
    assert set(rows[0]) == {"image_id", "file_name", "category_id", "bbox", "score"}


def test_predictions_as_a_manifest(trained: tuple[Path, Path], tmp_path: Path) -> None:
    coco, run = trained
    called("predict", run / "out" / "best.pt", coco / "images" / "val", "--as", "manifest", "--to", tmp_path / "m")
    images = list(read_manifest(tmp_path / "m"))
    assert [image.queue for image in images] == ["unlabelled"] * 3
    assert {one.source for image in images for one in image.annotations} == {"model"}


def test_an_artifact_is_verified_against_its_checkpoint_and_no_other(
    trained: tuple[Path, Path], tmp_path: Path
) -> None:
    _, run = trained
    called("export", run, "--target", "onnx")
    said = called("verify", run)[-1]["verified"]
    assert (said["target"], said["parity"]["passed"], said["parity"]["images"]) == ("onnx", True, 3)
    called("train", run, "--run", tmp_path / "other", *TINY)
    with pytest.raises(ParityError, match="answers differently"):
        called("verify", run, "--checkpoint", tmp_path / "other" / "out" / "best.pt")
    with pytest.raises(TargetError, match="is no bundle of Boxwright"):
        called("verify", run, "--artifact", run / "snapshot.json")


def test_a_sweep_is_a_table_of_runs(trained: tuple[Path, Path], tmp_path: Path) -> None:
    _, run = trained
    grid = ("--grid", "learning_rate=0.02,0.05", "--grid", "iterations=1,2")
    asked = ("sweep", run, "--run", tmp_path / "swept", *grid, *TINY)
    first = [event for event in called(*asked) if event["event"] == "run"]
    with (tmp_path / "swept" / "sweep" / "table.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [(row["learning_rate"], row["iterations"]) for row in rows] == [
        ("0.02", "1"),
        ("0.02", "2"),
        ("0.05", "1"),
        ("0.05", "2"),
    ]
    assert all(float(row["AP"]) >= 0 for row in rows)
    again = called(*asked)
    assert [event for event in again if event["event"] == "run"] == first
    assert not [event for event in again if event["event"] == "step"], "finished runs are not done again"
    with pytest.raises(ConfigError, match="iterations"):
        called("sweep", run, "--run", tmp_path / "bad", "--grid", "iterations=1,-2")
    assert not list((tmp_path / "bad").glob("sweep/*/out")), "nothing begins before all is checked"


def test_what_can_not_be_done_is_said(trained: tuple[Path, Path], lay_run: LayRun, tmp_path: Path) -> None:
    coco, run = trained
    with pytest.raises(CheckpointError, match="train first"):
        called("evaluate", lay_run())
    with pytest.raises(ConfigError, match="NAME=VALUE"):
        called("train", run, "--set", "epochs")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no pictures"):
        called("predict", run, tmp_path / "empty")
    with pytest.raises(DataError, match="no COCO file"):
        called("predict", run, coco / "images", "--ids", run / "config.json", "--to", tmp_path / "r.json")


def test_help_says_what_each_command_wants() -> None:
    for command in ("train", "evaluate", "predict", "export", "verify", "sweep"):
        said = subprocess.run(
            [sys.executable, "-m", "training.engine", command, "--help"], cwd=ROOT, capture_output=True, text=True
        )
        assert (said.returncode, said.stderr) == (0, "")


def test_a_terminal_shows_a_bar(lay_run: LayRun) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "training.engine", "train", str(lay_run(train=1, val=1)), "--set=base=none"]
    with subprocess.Popen(command, cwd=ROOT, stdout=theirs, stderr=subprocess.DEVNULL) as child:
        assert child.wait(timeout=120) == 0
    shown = os.read(ours, 2**16).decode()
    os.close(theirs)
    os.close(ours)
    assert "[####" in shown
    assert "epoch 1/1  loss" in shown
    assert '"event"' not in shown


BLOCKED = """
import sys
sys.modules["django"] = None
from training.engine.__main__ import main
code = main()
assert "torch._dynamo" not in sys.modules, "the compiler takes a third of a start"
sys.exit(code)
"""


def test_a_foreign_folder_by_the_command_itself_which_needs_no_django(lay_run: LayRun, tmp_path: Path) -> None:
    foreign = write_as("voc", lay_run(train=1, val=1), tmp_path / "voc")
    command = [sys.executable, "-c", BLOCKED, "train", str(foreign), "--run", str(tmp_path / "run")]
    command += [*SMALL, "--set=base=none", "--set=iterations=1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert events[0]["line"][:20] == "Reading as Pascal VO"
    assert events[-1]["event"] == "done"
