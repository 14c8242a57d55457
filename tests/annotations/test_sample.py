"""The sample project: drawn by our own code, the same each time."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from PIL import ImageChops
from rest_framework.test import APIClient

from annotations import stored_images
from annotations.dataset.split import split_of
from annotations.models import Annotation, Image, Import, StagedImage
from annotations.sample import drawing
from annotations.sample.drawing.scene import SIZE, paint
from annotations.sample.drawing.things import THINGS, cut_out
from boxwright.jobs.reaper import revive
from boxwright.projects.models import Project
from boxwright.teams.models import Team, User
from tests.annotations.archives import Commits

AsUser = Callable[[User], APIClient]


def sample(client: APIClient, team: Team, commits: Commits) -> Any:
    with commits(execute=True):
        answer = client.post("/api/v1/projects/sample/", {"team": team.slug}, format="json")
    assert answer.status_code == 201
    return client.get(f"/api/v1/projects/{answer.json()['id']}/").json()


@pytest.fixture
def _few_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, number in (("LABELLED", 9), ("NEGATIVES", 1), ("UNLABELLED", 1)):
        monkeypatch.setattr(drawing, name, number)


@pytest.mark.usefixtures("_few_pictures")
def test_manager_makes_a_sample_to_try_everything_on(
    team: Team, mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    project = sample(as_user(mona), team, django_capture_on_commit_callbacks)
    assert [label["name"] for label in project["labels"]] == ["apple", "banana", "donut", "mug"]
    check_counts(project)


@pytest.mark.full
def test_each_label_of_the_sample_is_often_there_and_in_each_split(
    team: Team, mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    """Nothing that follows is undefined."""
    project = sample(as_user(mona), team, django_capture_on_commit_callbacks)
    check_counts(project)
    assert all(label["annotation_count"] >= 15 for label in project["labels"])
    seed = Project.objects.get().seed
    marks = Annotation.objects.select_related("image", "label")
    seen = {(split_of(mark.image.sha256, seed), mark.label.name) for mark in marks}
    assert seen == {(split, name) for split in ("train", "val") for name in THINGS}


def check_counts(project: Any) -> None:
    total = drawing.LABELLED + drawing.NEGATIVES + drawing.UNLABELLED
    counts = project["counts"]
    assert (counts["images"], counts["unlabelled"]) == (total, drawing.UNLABELLED)
    negatives = Image.objects.filter(queue="labelled", annotation_count=0)
    assert negatives.count() == drawing.NEGATIVES
    job = Import.objects.get()
    assert (job.status, job.source, job.format, job.finding_count) == ("succeeded", "sample", "voc", 1)


def test_nothing_is_drawn_in_the_request(
    team: Team, mona: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[object] = []
    monkeypatch.setattr("annotations.sample.project.draw", lambda *given: drawn.append(given))
    answer = as_user(mona).post("/api/v1/projects/sample/", {"team": team.slug}, format="json")
    assert (answer.status_code, drawn, Import.objects.get().status) == (201, [], "queued")


@pytest.mark.usefixtures("_few_pictures")
def test_worker_that_dies_while_the_sample_comes_in_leaves_no_gap_and_no_double(
    team: Team,
    mona: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("annotations.imports.staging.BATCH", 3)
    put, taken = stored_images.store_images, []

    def dies(*args: object) -> object:
        taken.append(args)
        if len(taken) == 2:
            raise KeyboardInterrupt
        return put(*args)  # type: ignore[arg-type]

    monkeypatch.setattr("annotations.imports.staging.store_images", dies)
    with pytest.raises(KeyboardInterrupt), django_capture_on_commit_callbacks(execute=True):
        as_user(mona).post("/api/v1/projects/sample/", {"team": team.slug}, format="json")
    assert (Image.objects.count(), StagedImage.objects.count()) == (0, 3)
    Import.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=60))
    with django_capture_on_commit_callbacks(execute=True):
        assert revive(Import) == 1
    assert (Import.objects.get().status, Image.objects.count()) == ("succeeded", 11)


def test_same_seed_gives_the_same_picture() -> None:
    one, two = (paint(random.Random(5)) for _ in range(2))
    assert one[1] == two[1]
    assert ImageChops.difference(one[0], two[0]).getbbox() is None
    assert one[0].size == SIZE


@pytest.mark.parametrize("label", THINGS)
def test_box_touches_what_is_drawn(label: str) -> None:
    """On each side of the cut-out there is something to see, so a box around it fits to the pixel."""
    thing = cut_out(label, 120, random.Random(1)).getchannel("A")
    for edge in ((0, 0, thing.width, 2), (0, thing.height - 2, thing.width, thing.height)):
        assert thing.crop(edge).getextrema()[1] > 100  # type: ignore[operator]
    for edge in ((0, 0, 2, thing.height), (thing.width - 2, 0, thing.width, thing.height)):
        assert thing.crop(edge).getextrema()[1] > 100  # type: ignore[operator]
