"""What an import or a snapshot leaves that is canceled while a worker is at it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings
from rest_framework.test import APIClient

from annotations import snapshots, stored_images
from annotations.dataset.records import ImageRecord
from annotations.models import Annotation, Image, Import, Snapshot, StagedImage
from boxwright.jobs import Status
from boxwright.jobs.attempt import attempt
from boxwright.operations.housekeeping import keep_house
from boxwright.projects.models import Project
from boxwright.storage.collector import collect
from boxwright.teams.models import User
from tests.annotations.archives import Commits, import_zip, voc, zipped
from tests.annotations.images import delete_for_good, picture, stored_keys, upload

MANY = 1_000_000
"""Records that take far longer to write than a cancel to be heard of."""
AsUser = Callable[[User], APIClient]


def ten() -> bytes:
    files: dict[str, bytes] = {}
    for n in range(10):
        files |= {f"{n}.jpg": picture(n), f"{n}.xml": voc(f"{n}.jpg", ("cat", n, 1, n + 9, 9))}
    return zipped(files)


def test_an_import_canceled_in_the_middle_leaves_nothing_and_the_next_brings_it_all(
    project: Project,
    bob: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
) -> None:
    put, taken = stored_images.store_images, []

    def canceled_at_the_second(*args: Any) -> Any:
        taken.append(args)
        if len(taken) == 2:
            answer = as_user(bob).post(f"/api/v1/imports/{Import.objects.get(status=Status.RUNNING).pk}/cancel/")
            assert answer.status_code == 200
        return put(*args)

    monkeypatch.setattr("annotations.imports.staging.BATCH", 3)
    monkeypatch.setattr("annotations.imports.staging.store_images", canceled_at_the_second)
    done = import_zip(as_user(bob), project, ten(), django_capture_on_commit_callbacks)
    assert (done["status"], done["error"], done["counts"]["images_created"]) == ("canceled", None, 0)
    assert (done["progress"]["done"], done["progress"]["total"]) == (3, 10)
    assert (Image.objects.count(), Annotation.objects.count(), StagedImage.objects.count()) == (0, 0, 0)
    project.refresh_from_db()
    assert (project.labelled_count, project.annotation_count) == (0, 0)
    assert not list((Path(settings.SCRATCH_DIR) / "jobs").iterdir())
    keep_house()
    collect(timedelta(0))
    assert stored_keys() == []

    again = import_zip(as_user(bob), project, ten(), django_capture_on_commit_callbacks)
    assert (again["status"], again["counts"]["images_created"]) == ("succeeded", 10)
    keep_house()
    collect(timedelta(0))
    assert not [key for key in stored_keys() if key.startswith("projects/")], "no archive is left"


@pytest.fixture
def images(project: Project, bob: User, as_user: AsUser) -> list[Image]:
    upload(as_user(bob), project, **{f"{n}__jpg": picture(n) for n in range(4)})
    return list(Image.objects.all())


def test_a_canceled_snapshot_holds_nothing(
    project: Project, images: list[Image], mona: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Canceled while its manifest is stored: its pictures are held by then."""
    made = snapshots.create_snapshot(project=project, author=mona)

    def cancel(*_args: Any) -> None:
        assert as_user(mona).post(f"/api/v1/snapshots/{made.pk}/cancel/").status_code == 200

    monkeypatch.setattr("boxwright.storage.registry.keep", cancel)
    attempt(Snapshot, made.pk)
    made.refresh_from_db()
    assert (made.status, made.sha256, made.images.count()) == (Status.CANCELED, "", 4)
    for image in images:
        delete_for_good(image)
    keep_house()
    collect(timedelta(0))
    assert (made.images.count(), stored_keys()) == (0, [])


@pytest.mark.usefixtures("real_database")
def test_the_reading_for_a_snapshot_stops_when_it_is_canceled(
    project: Project, images: list[Image], mona: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """One long read asks the database nothing else: a thread beside it hears of the cancel."""
    settings.HEARTBEAT_SECONDS = 0.05
    made = Snapshot.objects.create(project=project, number=1)

    def cancel() -> None:
        assert as_user(mona).post(f"/api/v1/snapshots/{made.pk}/cancel/").status_code == 200
        connection.close()

    seen = 0

    def many(*_args: Any) -> Iterator[ImageRecord]:
        nonlocal seen
        with ThreadPoolExecutor(1) as pool:
            pool.submit(cancel).result()
        while seen < MANY:
            seen += 1
            yield ImageRecord("a.jpg", "0" * 64, 64, 48, 1, "unlabelled", "train")

    monkeypatch.setattr("annotations.snapshots.building._records", many)
    attempt(Snapshot, made.pk)
    made.refresh_from_db()
    assert (made.status, seen < MANY) == (Status.CANCELED, True)
