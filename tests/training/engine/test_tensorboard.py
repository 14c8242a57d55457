"""Event files, read back: by our own reader of records here, by TensorBoard's where it is at hand."""

import json
import os
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotations.formats.tfrecord.framing import Frame, frames_of, is_whole
from training.engine.catalog import complete_config
from training.engine.data import read_run_folder
from training.engine.progress import Stopped
from training.engine.tensorboard import EventFile
from training.engine.train import train

LayRun = Callable[..., Path]
READER = """
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
read = EventAccumulator(sys.argv[1]).Reload()
print(json.dumps({tag: [[one.step, one.value] for one in read.Scalars(tag)] for tag in read.Tags()["scalars"]}))
"""


def events(path: Path) -> list[bytes]:
    with path.open("rb") as file:
        frames = list(frames_of(file))
        assert all(isinstance(frame, Frame) and is_whole(file, frame) for frame in frames)
        content = path.read_bytes()
        return [content[frame.start : frame.stop] for frame in frames if isinstance(frame, Frame)]


def test_a_file_begins_with_its_version_and_its_step(tmp_path: Path) -> None:
    EventFile(tmp_path, 300).write(300, {"AP": 0.5, "AP50": None})
    version, start, scalars = events(next(tmp_path.iterdir()))
    assert version[9:] == b"\x10\x00\x1a\x0dbrain.Event:2"
    assert start[9:] == b"\x10\xac\x02\x3a\x02\x08\x01"
    assert scalars[9:] == b"\x10\xac\x02\x2a\x0b\x0a\x09\x0a\x02AP\x15" + struct.pack("<f", 0.5)


def test_a_run_that_went_on_is_one_curve(lay_tiny: LayRun, recorder: Any) -> None:
    folder = lay_tiny(epochs=3)
    config = complete_config(json.loads((folder / "config.json").read_text()))
    with pytest.raises(Stopped):
        train(config, read_run_folder(folder), folder, recorder(stop_after_steps=8))
    train(config, read_run_folder(folder), folder, recorder())
    files = sorted((folder / "out").glob("events.out.tfevents.*"))
    assert [len(events(path)) for path in files] == [3, 4], "of each the version, its start, and its epochs"
    python = os.environ.get("BOXWRIGHT_TENSORBOARD_PYTHON")
    if not python:
        return
    command = [python, "-c", READER, str(folder / "out")]
    read = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    rows = [json.loads(line) for line in (folder / "out" / "metrics.jsonl").read_text().splitlines()]
    for tag, curve in read.items():
        assert [step for step, _ in curve] == [6, 12, 18]
        assert [value for _, value in curve] == pytest.approx([row["values"][tag] for row in rows])
    assert set(read) == set(rows[0]["values"])
