"""`manage.py importdataset`: a folder or an archive of the server comes in, is read in place and stays as it was."""

import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from annotations.management.commands import importdataset
from annotations.models import Image, Import
from boxwright import limits
from boxwright.projects.models import Label, Project
from boxwright.scratch import sweep
from boxwright.teams.audit import entries_of
from boxwright.teams.models import User
from tests.annotations.archives import tarred, voc, zipped_folder
from tests.annotations.images import picture
from tests.services.server import ROOT, server


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    folder = tmp_path / "a data set"
    for seed, split in enumerate(("train", "valid")):
        (folder / split).mkdir(parents=True)
        (folder / split / "a.jpg").write_bytes(picture(seed))
        boxes = [("raccoon", 1, 2, 30, 40), ("owl", 5, 5, 20, 20), ("cat", 9, 9, 9, 9)]
        (folder / split / "a.xml").write_bytes(voc("a.jpg", *boxes[: 2 + (split == "valid")]))
    return folder


@pytest.fixture(autouse=True)
def no_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command looks at the progress in a thread, which meets the tables that the test has locked."""
    monkeypatch.setattr(importdataset, "LOOK_SECONDS", 600.0)


def state_of(folder: Path) -> dict[str, tuple[int, int, str]]:
    return {
        str(path): (path.stat().st_mtime_ns, path.stat().st_nlink, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in folder.rglob("*")
        if path.is_file()
    }


def run(path: Path, **options: Any) -> tuple[int, str]:
    """The exit status, and what it says."""
    out = io.StringIO()
    options = {"project": "plates/raccoons", **options}
    try:
        call_command("importdataset", str(path), stdout=out, stderr=out, **options)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_folder_comes_in_and_stays_as_it_was(project: Project, alice: User, dataset: Path, tmp_path: Path) -> None:
    before = state_of(dataset)
    status, said = run(dataset)
    assert (status, Image.objects.count(), Import.objects.get().created_by) == (0, 2, alice)
    assert "error: Boxes without area: left out (1)\n  valid/a.xml:6: " in said
    assert "2 images created" in said
    assert state_of(dataset) == before
    sweep()
    assert state_of(dataset) == before
    assert not list((tmp_path / "scratch" / "jobs").iterdir())
    entry = entries_of(project.team).get(action="imported")
    assert (entry.actor, entry.target) == (alice, "a data set")


@pytest.mark.usefixtures("alice", "project")
def test_archive_comes_in_from_where_it_lies(dataset: Path, tmp_path: Path) -> None:
    files = {path.relative_to(dataset).as_posix(): path.read_bytes() for path in dataset.rglob("*.*")}
    (tmp_path / "set.tgz").write_bytes(tarred(files, "w:gz"))
    (tmp_path / "set.zip").write_bytes(zipped_folder(dataset))
    for name in ("set.tgz", "set.zip"):
        assert run(tmp_path / name)[0] == 0
        assert (tmp_path / name).exists()
    assert Image.objects.count() == 2


@pytest.mark.usefixtures("alice", "project")
def test_without_new_labels_it_fails_and_says_why(dataset: Path) -> None:
    status, said = run(dataset, no_create_labels=True)
    assert (status, Image.objects.count()) == (1, 0)
    assert "owl" in said
    assert not Label.objects.filter(name="owl").exists()


@pytest.mark.usefixtures("alice", "mona")
def test_it_acts_as_whom_it_is_told(project: Project, bob: User, dataset: Path) -> None:
    """An annotator makes no labels."""
    status, _ = run(dataset, email=bob.email)
    assert (status, Import.objects.get().created_by) == (1, bob)


def link_to(folder: Path, target: Path | str) -> None:
    (folder / "train" / "link.jpg").symlink_to(target)


@pytest.mark.usefixtures("alice", "project")
@pytest.mark.parametrize("kind", ["a link to a file", "a link to a folder", "a dangling link", "a pipe"])
def test_folder_with_links_or_devices_is_refused(dataset: Path, kind: str) -> None:
    targets = {"a link to a file": "/etc/passwd", "a link to a folder": "/etc", "a dangling link": "/nowhere"}
    if kind in targets:
        link_to(dataset, targets[kind])
    else:
        os.mkfifo(dataset / "train" / "link.jpg")
    status, said = run(dataset)
    assert (status, Image.objects.count()) == (1, 0)
    assert "train/link.jpg" in said


@pytest.mark.usefixtures("alice", "project")
@pytest.mark.parametrize(("name", "value", "reason"), [("ARCHIVE_FILES", 3, "4 files"), ("ARCHIVE_BYTES", 99, "MB")])
def test_folder_over_a_limit_is_refused(
    dataset: Path, name: str, value: int, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, name, value)
    status, said = run(dataset)
    assert (status, reason in said, Image.objects.count()) == (1, True, 0)


WRONG = {
    "no such path": ({}, "nowhere", "There is no"),
    "no such project": ({"project": "plates/cars"}, "", "no project plates/cars"),
    "no slash": ({"project": "plates"}, "", "TEAM/SLUG"),
    "a stranger": ({"email": "charlie@example.org"}, "", "no charlie@example.org on the team"),
    "a viewer": ({"email": "vera@example.org"}, "", "needs the role annotator"),
    "no such format": ({"format": "nothing"}, "", "no such format"),
    "no archive": ({}, "train/a.jpg", "no archive that can be read"),
}


@pytest.mark.usefixtures("alice", "vera", "charlie", "project")
@pytest.mark.parametrize(("options", "place", "reason"), WRONG.values(), ids=WRONG)
def test_what_can_not_begin_says_why(dataset: Path, options: dict[str, str], place: str, reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        run(dataset / place, **options)
    assert not Import.objects.exists()


@pytest.mark.usefixtures("alice", "project")
def test_queued_it_is_left_to_a_worker(dataset: Path) -> None:
    assert run(dataset, queue=True)[1] == f"Queued as import {Import.objects.get().pk}.\n"


def test_beside_a_running_server_it_is_seen_on_its_project(dataset: Path, tmp_path: Path) -> None:
    with server(tmp_path / "var") as running, running.client(running.set_up()) as client:
        asked = {"team": "plates", "name": "Cars", "task": "detection"}
        project = client.post("projects/", json=asked).json()
        command = [sys.executable, str(ROOT / "manage.py"), "importdataset", str(dataset), "--project", "plates/cars"]
        done = subprocess.run(command, env=running.environment, capture_output=True, text=True, check=False)
        assert (done.returncode, "2 images created" in done.stdout) == (0, True), done.stderr
        (job,) = client.get(f"projects/{project['id']}/imports/").json()["results"]
        assert (job["status"], job["source"], job["counts"]["images_created"]) == ("succeeded", "path", 2)
