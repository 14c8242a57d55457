"""An import whose process is killed at any point: the project is as before, or as after; the next one brings all."""

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.annotations.archives import voc
from tests.annotations.images import picture
from tests.services.server import ROOT, Server, server

IMAGES = 12
KILLED = """
import os, signal, sys
import django
django.setup()
from django.core.management import call_command
from django.db import connection

path, project, left = sys.argv[1], sys.argv[2], int(sys.argv[3])
done = 0

def counted(execute, statement, values, many, context):
    global done
    done += 1
    if done == left:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(statement, values, many, context)

with connection.execute_wrapper(counted):
    call_command("importdataset", path, project=project)
print("statements", done)
"""


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    folder = tmp_path / "set"
    folder.mkdir()
    for n in range(IMAGES):
        (folder / f"{n}.jpg").write_bytes(picture(n))
        (folder / f"{n}.xml").write_bytes(voc(f"{n}.jpg", ("cat", 1, 1, 9 + n, 9), ("owl", 2, 2, 9, 9)))
    return folder


def imported(running: Server, dataset: Path, slug: str, left: int = 0) -> tuple[int, str]:
    """The exit status and what was said; killed before the statement number `left`."""
    command = [sys.executable, "-c", KILLED, str(dataset), f"plates/{slug}", str(left)]
    environment = running.environment | {"PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"}
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def state(client: httpx.Client, project: dict[str, Any]) -> tuple[Any, ...]:
    seen = client.get(f"projects/{project['id']}/").json()
    images = client.get(f"projects/{project['id']}/images/?limit=200").json()["results"]
    carried = sorted((image["name"], image["annotation_count"], image["queue"]) for image in images)
    return carried, sorted(label["name"] for label in seen["labels"]), seen["counts"]


def project(client: httpx.Client, name: str) -> dict[str, Any]:
    asked = {"team": "plates", "name": name, "task": "detection", "labels": [{"name": "cat"}]}
    made: dict[str, Any] = client.post("projects/", json=asked).raise_for_status().json()
    return made


def check(tmp_path: Path, dataset: Path, points: int) -> None:
    with server(tmp_path / "var") as running, running.client(running.set_up()) as client:
        whole = project(client, "Whole")
        status, said = imported(running, dataset, whole["slug"])
        assert status == 0, said
        statements, after = int(said.partition("statements ")[2].split()[0]), state(client, whole)
        assert len(after[0]) == IMAGES
        # The landing is the last part, and has a point of its own.
        left = [statements - 12, *sorted(random.Random(7).sample(range(8, statements), points - 1))]
        for number, place in enumerate(left):
            other = project(client, f"Killed {number}")
            before = state(client, other)
            status, _ = imported(running, dataset, other["slug"], place)
            assert (status, state(client, other) in (before, after)) == (-9, True), place
            status, said = imported(running, dataset, other["slug"])
            assert (status, state(client, other)) == (0, after), said


def test_killed_at_some_points(tmp_path: Path, dataset: Path) -> None:
    check(tmp_path, dataset, 2)


@pytest.mark.full
def test_killed_at_twenty_points(tmp_path: Path, dataset: Path) -> None:
    check(tmp_path, dataset, 20)
