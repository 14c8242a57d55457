"""A real Boxwright for tests of its processes: `manage.py up` in a folder of its own, driven over HTTP."""

import io
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image as Picture
from PIL import ImageDraw

from tests.e2e.api import Api, Json, box
from tests.services.processes import PATIENCE, free_port, wait_until
from tests.services.server import migrated_file

ROOT = Path(__file__).resolve().parents[2]
MODEL = "ssdlite320_mobilenet_v3_large"
SMALL = {"epochs": 2, "batch_size": 4, "image_size": 96, "threads": 1}

brings_its_own = pytest.mark.skipif(
    bool(os.environ.get("BOXWRIGHT_DATABASE_URL")),
    reason="BOXWRIGHT_DATABASE_URL is set: these tests start installations with databases of their own",
)


@dataclass
class Installation:
    """One supervisor with its children. Starting it again finds what the earlier one left."""

    folder: Path
    port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)
    migrates: bool = False
    """The first start makes the tables by itself, which takes a second; else it finds them."""
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def log(self) -> str:
        return (self.folder / "up.log").read_text(errors="replace")

    def start(self) -> None:
        """Returns once the supervisor has said where it is."""
        self._lay_tables()
        ours = {name: value for name, value in os.environ.items() if not name.startswith("BOXWRIGHT_")}
        settings = {"BOXWRIGHT_VAR": str(self.folder), "BOXWRIGHT_PORT": str(self.port), **self.environment}
        with (self.folder / "up.log").open("wb") as log:
            command = [sys.executable, "manage.py", "up"]
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=ours | settings, stdout=log, stderr=log, start_new_session=True
            )
        wait_until(lambda: "Boxwright is at" in self.log() or self.process_left(), "the first page", PATIENCE)
        assert not self.process_left(), self.log()

    def _lay_tables(self) -> None:
        database = self.folder / "boxwright.sqlite3"
        if not self.migrates and not database.exists() and "BOXWRIGHT_DATABASE_URL" not in self.environment:
            self.folder.mkdir(exist_ok=True)
            shutil.copyfile(migrated_file(), database)

    def process_left(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)

    def children(self) -> list[psutil.Process]:
        """All processes that the supervisor and its children have started."""
        found: list[psutil.Process] = psutil.Process(self.pid).children(recursive=True)
        return found

    def engines(self) -> list[psutil.Process]:
        """Processes that train or export; the watcher that each has beside it counts too."""
        return [child for child in self.children() if "training.engine" in command_line(child)]

    def worker(self, name: str) -> psutil.Process:
        return next(c for c in psutil.Process(self.pid).children() if f"--hostname={name}@%h" in command_line(c))


def command_line(process: psutil.Process) -> list[str]:
    try:
        words: list[str] = process.cmdline()
    except psutil.NoSuchProcess:
        return []
    return words


def are_gone(processes: list[psutil.Process]) -> bool:
    return not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes)


def wait_gone(processes: list[psutil.Process]) -> None:
    wait_until(lambda: are_gone(processes), f"the end of {processes}")


def draw(seed: int) -> tuple[bytes, tuple[int, int]]:
    """A small picture with one red square, and the square's corner."""
    dice = random.Random(seed)
    picture = Picture.new("RGB", (160, 120), (dice.randrange(90), dice.randrange(256), dice.randrange(256)))
    x, y = dice.randrange(110), dice.randrange(80)
    ImageDraw.Draw(picture).rectangle((x, y, x + 40, y + 30), fill=(255, 0, 0))
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=90)
    return stream.getvalue(), (x, y)


def labelled_project(
    api: Api, folder: Path, name: str = "Squares", images: int = 12, drawings: Iterable[int] = ()
) -> Json:
    """A detection project with drawn pictures (those of `drawings`, else the first `images`), each with its one box."""
    project = api.project(name, "detection", ["square"])
    folder.mkdir(exist_ok=True)
    corners: dict[str, tuple[int, int]] = {}
    for number in drawings or range(images):
        content, corner = draw(number)
        (folder / f"{number:03}.jpg").write_bytes(content)
        corners[f"{number:03}.jpg"] = corner
    label = project["labels"][0]["id"]
    for image in api.upload(project["id"], sorted(folder.glob("*.jpg")))["created"]:
        x, y = corners[image["name"]]
        path = f"images/{image['id']}/annotations/"
        api.patch(path, base_revision=0, upsert=[box(label, x, y)], delete=[])
    return project


def snapshot_of(api: Api, project: Json) -> Json:
    made = api.post(f"projects/{project['id']}/snapshots/")
    return api.finish(f"snapshots/{made['id']}/", PATIENCE)


def start_run(api: Api, project: Json, snapshot: Json, **config: Any) -> Json:
    """A run from random weights: it needs no file of weights, and is small."""
    body: Json = {"snapshot": snapshot["id"], "model": MODEL, "base": "none", "config": SMALL | config}
    return api.post(f"projects/{project['id']}/runs/", **body)


def wait_run(api: Api, run: Json, done: Callable[[Json], bool], seconds: float = PATIENCE) -> Json:
    return api.wait(f"runs/{run['id']}/", done, seconds)


def epochs_done(api: Api, run: Json) -> list[int]:
    return [row["epoch"] for row in api.get(f"runs/{run['id']}/metrics/")["results"]]


def until_epoch(api: Api, run: Json, epoch: int) -> None:
    path = f"runs/{run['id']}/metrics/"
    api.wait(path, lambda answer: len(answer["results"]) >= epoch, PATIENCE)


def log_of(api: Api, run: Json) -> str:
    return "\n".join(line["text"] for line in api.get(f"runs/{run['id']}/log/")["lines"])


def measure(true: Callable[[], bool], seconds: float = 20) -> float:
    """Seconds until it is so; for the report, not for an assertion."""
    began = time.monotonic()
    wait_until(true, "what is measured", seconds)
    return time.monotonic() - began
