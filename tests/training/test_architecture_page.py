"""docs/architecture.md tells a save, an upload and a run's start by the files that they enter: followed here."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from rest_framework.test import APIClient

from annotations.models import Image, Snapshot
from boxwright import parallel
from boxwright.projects.models import Project
from boxwright.teams.models import User
from tests.annotations.images import box, picture, save, upload
from tests.training.conftest import MODEL

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text()
APPS = ("annotations/", "training/")
FILE = re.compile(r"`((?:annotations|training)/[\w/]+\.py)`")

PURE = ("annotations/dataset/", "training/engine/")

MOST = {"a save": 5, "an upload": 6, "a run's start": 5}
"""Who must open more files than this loses the story."""


def file_of(frame: FrameType) -> str:
    return frame.f_code.co_filename.removeprefix(f"{ROOT}/")


def caller_of(frame: FrameType) -> str:
    """The file that called, past what dataclasses write."""
    back = frame.f_back
    while back and back.f_code.co_filename == "<string>":
        back = back.f_back
    return file_of(back) if back else ""


@contextmanager
def entered() -> Iterator[set[str]]:
    """The apps' own files whose functions are called meanwhile; of a pure folder, only from outside."""
    files: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        name, caller = file_of(frame), caller_of(frame)
        is_inside = any(name.startswith(folder) and caller.startswith(folder) for folder in PURE)
        if event == "call" and name.startswith(APPS) and not is_inside:
            files.add(name)

    @contextmanager
    def noting() -> Iterator[None]:
        before = sys.getprofile()
        sys.setprofile(note)
        try:
            yield
        finally:
            sys.setprofile(before)

    def timed(do: Callable[[Any], Any], item: Any) -> tuple[Any, float]:
        """In a thread that helps."""
        with noting():
            return do(item), 0.0

    with pytest.MonkeyPatch.context() as patch, noting():
        patch.setattr(parallel, "_timed", timed)
        yield files


def named(heading: str) -> set[str]:
    """The files in backticks under this heading of the page."""
    _, found, section = PAGE.partition(f"\n## {heading}\n")
    assert found
    return set(FILE.findall(section.partition("\n## ")[0]))


@pytest.mark.parametrize("story", MOST)
def test_the_page_names_each_file_that_a_request_enters(
    story: str, project: Project, snapshot: Snapshot, alice: User, as_user: Callable[[User], APIClient]
) -> None:
    client = as_user(alice)
    upload(client, project, first__jpg=picture(98))
    image = Image.objects.get(project=project)
    requests: dict[str, Callable[[], Any]] = {
        "a save": lambda: save(client, image.pk, image.revision, upsert=[box(project)]),
        "an upload": lambda: upload(client, project, new__jpg=picture(99)),
        "a run's start": lambda: client.post(
            f"/api/v1/projects/{project.pk}/runs/", {"snapshot": snapshot.pk, "model": MODEL}
        ),
    }
    with entered() as files:
        requests[story]()
    own = files - named("Three stories")
    assert own == named(f"The way of {story}")
    assert len(own) <= MOST[story], sorted(own)
