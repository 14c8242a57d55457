"""The child process as a worker sees it: arguments in, JSON lines out, exit codes."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from training.engine import commands
from training.engine.arguments import parser
from training.engine.config import CHILD_ENVIRONMENT
from training.engine.errors import CheckpointError
from training.engine.progress import JsonLines

LayRun = Callable[..., Path]
Events = list[dict[str, Any]]
ROOT = Path(__file__).parents[3]


def engine(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "training.engine", *map(str, arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | CHILD_ENVIRONMENT, stdout=pipe, stderr=pipe, text=True)


def finished(*arguments: object) -> tuple[int, Events]:
    child = engine(*arguments)
    out, log = child.communicate(timeout=120)
    assert "Traceback" not in log, log
    return child.returncode, [json.loads(line) for line in out.splitlines()]


def events_of(child: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    assert child.stdout is not None
    return (json.loads(line) for line in child.stdout)


def test_a_run_speaks_json_lines_from_log_to_done(lay_run: LayRun, weights_dir: Path) -> None:
    folder = lay_run()
    code, events = finished("train", folder, "--weights-dir", weights_dir)
    assert code == 0
    assert [event["event"] for event in events if event["event"] not in ("step", "log")] == [
        "metrics",
        "checkpoint",
        "done",
    ]
    metrics = next(event for event in events if event["event"] == "metrics")
    assert set(metrics) == {"event", "epoch", "epochs", "values", "seconds", "cpu_seconds", "eta_seconds"}
    step = next(event for event in events if event["event"] == "step")
    assert set(step) == {"event", "epoch", "epochs", "step", "steps", "loss", "eta_seconds"}
    assert events[-1]["best_epoch"] == 1


@pytest.mark.full
def test_what_a_run_learned_is_asked_by_other_processes(lay_run: LayRun, weights_dir: Path) -> None:
    folder = lay_run()
    assert finished("train", folder, "--weights-dir", weights_dir)[0] == 0
    (folder / "out" / "best.pt").rename(folder / "checkpoint.pt")
    code, events = finished("evaluate", folder)
    assert (code, events[-1]["event"]) == (0, "done")
    image = next((folder / "images").iterdir())
    code, events = finished("predict", folder, image)
    assert (code, events[0]["image"]) == (0, str(image))
    sides = {"x_min", "y_min", "x_max", "y_max"}
    assert all(set(mark) == {"label", "score"} | sides for mark in events[0]["marks"])


def test_sigterm_stops_a_run_and_starting_again_goes_on(lay_run: LayRun, weights_dir: Path) -> None:
    folder = lay_run(epochs=40)
    child = engine("train", folder, "--weights-dir", weights_dir)
    for event in events_of(child):
        if event["event"] == "checkpoint" and event["epoch"] == 1:
            child.send_signal(signal.SIGTERM)
            break
    rest = list(events_of(child))
    assert child.wait(timeout=60) == 3
    assert len([event for event in rest if event["event"] == "checkpoint"]) <= 1
    child.stdout.close() if child.stdout else None
    child.stderr.close() if child.stderr else None
    again = engine("train", folder, "--weights-dir", weights_dir)
    first = next(event for event in events_of(again) if event["event"] == "step")
    assert first["epoch"] >= 2
    again.kill()
    again.communicate()


def test_a_mistake_of_the_user_is_one_event_and_exit_2(lay_run: LayRun) -> None:
    code, events = finished("train", lay_run(epochs=0))
    assert code == 2
    assert events == [{"event": "error", "code": "bad_config", "detail": events[0]["detail"]}]
    assert "epochs" in events[0]["detail"]


def test_exporting_nothing_is_said(lay_run: LayRun) -> None:
    with pytest.raises(CheckpointError):
        commands.called(parser().parse_args(["export", str(lay_run()), "--target", "onnx"]), JsonLines(io.StringIO()))


@pytest.mark.full
def test_a_process_that_exports_nothing_says_so(lay_run: LayRun) -> None:
    code, events = finished("export", lay_run(), "--target", "onnx")
    assert (code, events[0]["code"]) == (2, "bad_checkpoint")


def test_a_run_whose_starter_died_stops(lay_run: LayRun, weights_dir: Path) -> None:
    folder = lay_run(epochs=1000)
    command = [sys.executable, "-m", "training.engine", "train", str(folder), "--weights-dir", str(weights_dir)]
    starter = f"import subprocess; subprocess.Popen({command!r}); input()"
    with subprocess.Popen(
        [sys.executable, "-c", starter], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        for line in parent.stdout:
            if '"step"' in line:
                break
        parent.kill()
        rest = parent.stdout.read()  # ends when the child, too, has closed its end
    assert rest.count('"checkpoint"') <= 1
