"""Several processes, as `torchrun` starts them, learn what one does."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed as dist

from tests.services.processes import free_port
from tests.training.engine.test_cli import ROOT
from tests.training.engine.test_commands import called
from training.engine import distributed
from training.engine.catalog import MODELS
from training.engine.config import CHILD_ENVIRONMENT
from training.engine.errors import ConfigError
from training.engine.families import build_network
from training.engine.model_info import ModelInfo
from training.engine.network import LearningTarget
from training.engine.sources import link_run_folder

FAMILIES = {info.module: info for info in MODELS.values() if info.task == "detection"}.values()
"""Of each the last row."""
LayRun = Callable[..., Path]
TWO = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2")
ENVIRONMENT = os.environ | CHILD_ENVIRONMENT | {"OMP_NUM_THREADS": "1"}


def by_torchrun(arguments: list[str]) -> str:
    """What two processes print."""
    done = subprocess.run([sys.executable, *TWO, *arguments], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def with_its_variables(arguments: list[str]) -> str:
    """The same of two processes that have torchrun's environment without torchrun, which takes a third start."""
    meeting = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port())}
    places = [meeting | {"RANK": str(rank), "LOCAL_RANK": str(rank)} for rank in range(2)]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    both = [
        subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=ENVIRONMENT | place, **pipes) for place in places
    ]
    with both[0], both[1], ThreadPoolExecutor() as readers:
        said = list(readers.map(subprocess.Popen.communicate, both))
    assert [one.returncode for one in both] == [0, 0], said
    return "".join(out for out, _ in said)


def curve(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "out" / "metrics.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("started", [with_its_variables, pytest.param(by_torchrun, marks=pytest.mark.full)])
def test_two_processes_have_the_curve_of_one(
    started: Callable[[list[str]], str], lay_run: LayRun, weights_dir: Path, tmp_path: Path
) -> None:
    # in bf16 a part of a batch is rounded otherwise than the whole, by more than what is looked for
    folder = lay_run(train=9, val=5, batch_size=5, precision="fp32")
    link_run_folder(folder, tmp_path / "two")
    (tmp_path / "two" / "config.json").write_text((folder / "config.json").read_text())
    called("train", folder, "--weights-dir", weights_dir)
    said = started(["-m", "training.engine", "train", str(tmp_path / "two"), f"--weights-dir={weights_dir}"])
    events = [json.loads(line) for line in said.splitlines()]
    alone, together = curve(folder), curve(tmp_path / "two")
    assert [row["epoch"] for row in together] == [1]
    for one, two in zip(alone, together, strict=True):
        assert two["values"] == pytest.approx(one["values"], abs=1e-4)
    assert [event["event"] for event in events].count("done") == 1, "the first process alone speaks"
    written = [path.name for path in (tmp_path / "two" / "out").iterdir()]
    assert len([name for name in written if name.startswith("events.")]) == 1
    report = json.loads((tmp_path / "two" / "out" / "evaluation.json").read_text())
    assert report["image_count"] == 5
    assert [row["truth_count"] for row in report["labels"]] == [5, 5]


def test_a_batch_too_small_for_all_processes_is_said(lay_run: LayRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distributed, "world_size", lambda: 2)
    with pytest.raises(ConfigError, match="batch_size must give each of the 2 processes an image"):
        called("train", lay_run(batch_size=1), "--set=base=none")


@pytest.mark.full
def test_a_batch_too_small_is_said_by_the_processes(lay_run: LayRun) -> None:
    command = [sys.executable, *TWO, "-m", "training.engine", "train", str(lay_run(batch_size=1))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "batch_size must give each of the 2 processes an image" in done.stdout


@pytest.mark.parametrize("info", FAMILIES, ids=lambda info: info.name)
def test_a_loss_counts_the_objects_of_all_processes(info: ModelInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of them, of which the other has twice as many: this one's are divided by 3/2 of its own."""
    torch.manual_seed(0)
    network = build_network(info, 2, 128).eval()
    truth = LearningTarget(torch.tensor([[0.1, 0.1, 0.6, 0.7], [0.5, 0.4, 0.9, 0.9]]), torch.tensor([0, 1]))
    images = torch.rand(2, 3, 128, 128)
    alone = network.losses(images, [truth, truth])
    monkeypatch.setattr(distributed, "world_size", lambda: 2)
    monkeypatch.setattr(dist, "all_reduce", lambda count: count.mul_(3))
    for name, part in network.losses(images, [truth, truth]).items():
        torch.testing.assert_close(part, alone[name] / 1.5, rtol=1e-4, atol=1e-6)
