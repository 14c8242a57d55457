"""Snapshots: frozen, numbered, the same state with the same hash."""

import io
import json
import zipfile
from collections.abc import Callable, Iterable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings
from pytest_django import Settings
from rest_framework.test import APIClient

from annotations import snapshots
from annotations.dataset.split import split_of
from annotations.models import Image, Snapshot
from annotations.object_keys import image_key
from annotations.snapshots.holds import hold_images
from boxwright.events.models import Event
from boxwright.jobs import Status
from boxwright.jobs.attempt import attempt
from boxwright.operations import housekeeping
from boxwright.projects.models import Project
from boxwright.storage import registry, store
from boxwright.storage.collector import collect
from boxwright.storage.models import StoredObject
from boxwright.teams.models import User
from tests.annotations.archives import Commits, import_zip
from tests.annotations.images import body_of, box, delete_for_good, label_id, picture, save, stored_keys, upload

AsUser = Callable[[User], APIClient]


def freeze(client: APIClient, project: Project, commits: Commits) -> dict[str, object]:
    with commits(execute=True):
        answer = client.post(f"/api/v1/projects/{project.pk}/snapshots/")
    assert answer.status_code == 201, answer.content
    body: dict[str, object] = client.get(f"/api/v1/snapshots/{answer.json()['id']}/").json()
    return body


def stored(key: str) -> bytes:
    with store().open(key) as file:
        return file.read()


@pytest.fixture
def images(project: Project, bob: User, as_user: AsUser) -> list[int]:
    """One with two boxes, one negative, one untouched, one skipped."""
    client = as_user(bob)
    files = {f"{n}__jpg": picture(n) for n in range(4)}
    ids = [image["id"] for image in upload(client, project, **files)["created"]]
    save(client, ids[0], upsert=[box(project), box(project, 9, "cat")])
    save(client, ids[1], queue="labelled")
    save(client, ids[3], queue="skipped")
    return ids


def test_a_snapshot_waits_for_a_bucket_that_is_away(
    project: Project, images: list[int], mona: User, settings: Settings, tmp_path: Path
) -> None:
    made = snapshots.create_snapshot(project=project, author=mona)
    nowhere = tmp_path / "file"
    nowhere.write_text("where the store's folder should be")
    away = {**settings.STORAGES["objects"], "OPTIONS": {"location": nowhere, "allow_overwrite": True}}
    with override_settings(STORAGES={**settings.STORAGES, "objects": away}):
        attempt(Snapshot, made.pk)
    made.refresh_from_db()
    assert (made.status, made.error, made.attempt) == (Status.QUEUED, "", 0)
    attempt(Snapshot, made.pk)
    made.refresh_from_db()
    assert made.status == Status.SUCCEEDED


def test_snapshot_holds_all_images_and_counts_the_labelled(
    project: Project, images: list[int], mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    made = freeze(as_user(mona), project, django_capture_on_commit_callbacks)
    assert (made["status"], made["number"], made["parent"], made["error"]) == ("succeeded", 1, None, None)
    assert (made["image_count"], made["labelled_count"], made["box_count"]) == (4, 2, 2)
    assert made["labels"] == [
        {"name": "raccoon", "color": "#AA53FB", "annotation_count": 1},
        {"name": "cat", "color": "#F5A420", "annotation_count": 1},
    ]
    splits = made["splits"]
    assert isinstance(splits, dict)
    assert sum(splits.values()) == 2
    lines = body_of(as_user(mona).get(f"/api/v1/snapshots/{made['id']}/manifest/")).decode().splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["sha256"] for row in rows] == sorted(row["sha256"] for row in rows)
    assert all(row["split"] == split_of(row["sha256"], project.seed) for row in rows)
    about = json.loads(stored(Snapshot.objects.get().about_key))
    assert about["manifest_sha256"] == made["sha256"]
    assert (about["project"]["slug"], about["author"], about["parent"]) == ("raccoons", "Mona", None)


def test_same_state_has_the_same_hash_and_any_change_another(
    project: Project,
    images: list[int],
    bob: User,
    mona: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
) -> None:
    first, second = (freeze(as_user(mona), project, django_capture_on_commit_callbacks) for _ in range(2))
    assert (first["sha256"], second["number"], second["parent"]) == (second["sha256"], 2, 1)
    save(as_user(bob), images[2], upsert=[box(project)])
    third = freeze(as_user(mona), project, django_capture_on_commit_callbacks)
    assert third["sha256"] != first["sha256"]
    answer = as_user(mona).get(f"/api/v1/snapshots/{third['id']}/diff/{first['id']}/").json()
    assert answer == {
        "images_added": 0,
        "images_removed": 0,
        "images_changed": 1,
        "annotations_added": 1,
        "annotations_removed": 0,
        "annotations_changed": 0,
    }


def test_snapshot_stays_what_it_was(
    project: Project,
    images: list[int],
    bob: User,
    mona: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
) -> None:
    made = freeze(as_user(mona), project, django_capture_on_commit_callbacks)
    before = stored(Snapshot.objects.get().manifest_key)
    save(as_user(bob), images[0], 1, upsert=[box(project, 30)])
    as_user(mona).delete(f"/api/v1/images/{images[1]}/")
    attempt(Snapshot, Snapshot.objects.get().pk)
    assert stored(Snapshot.objects.get().manifest_key) == before
    download = as_user(mona).get(f"/api/v1/snapshots/{made['id']}/download/voc/")
    names = zipfile.ZipFile(io.BytesIO(body_of(download))).namelist()
    assert len([name for name in names if name.startswith("JPEGImages/")]) == 4


def test_chunks_add_up_to_the_same_manifest(
    project: Project,
    images: list[int],
    mona: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = freeze(as_user(mona), project, django_capture_on_commit_callbacks)
    for chunk in (1, 2, 4):
        monkeypatch.setattr("annotations.snapshots.building.CHUNK", chunk)
        assert freeze(as_user(mona), project, django_capture_on_commit_callbacks)["sha256"] == whole["sha256"]


def test_download_comes_in_again_as_it_was(
    project: Project,
    images: list[int],
    mona: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
) -> None:
    client = as_user(mona)
    made = freeze(client, project, django_capture_on_commit_callbacks)
    answer = client.get(f"/api/v1/snapshots/{made['id']}/download/voc/")
    assert "raccoons-v1-voc.zip" in answer["Content-Disposition"]
    again = Project.objects.create(team=project.team, slug="again", name="Again", task="detection", seed=0)
    done = import_zip(client, again, body_of(answer), django_capture_on_commit_callbacks, create_labels="true")
    assert (done["counts"]["images_created"], done["counts"]["annotations_created"]) == (4, 2)
    queues = {image.name: image.queue for image in Image.objects.filter(project=again)}
    assert queues == {"0.jpg": "labelled", "1.jpg": "labelled", "2.jpg": "unlabelled", "3.jpg": "unlabelled"}


def test_snapshot_that_is_not_built_can_not_be_read(project: Project, mona: User, as_user: AsUser) -> None:
    snapshot = Snapshot.objects.create(project=project, number=1)
    for path in ("manifest/", "download/voc/", f"diff/{snapshot.pk}/"):
        assert as_user(mona).get(f"/api/v1/snapshots/{snapshot.pk}/{path}").status_code == 409
    assert as_user(mona).get(f"/api/v1/snapshots/{snapshot.pk}/download/none/").status_code == 404


def test_failed_build_says_so_and_can_be_made_anew(
    project: Project,
    images: list[int],
    mona: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_args: object) -> str:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("annotations.snapshots.building.write_manifest", broken)
        freeze(as_user(mona), project, django_capture_on_commit_callbacks)
        failed = Snapshot.objects.get()
        assert failed.status == Status.QUEUED, "once more"
        attempt(Snapshot, failed.pk)
    failed.refresh_from_db()
    assert (failed.status, failed.error_code) == (Status.FAILED, "internal")
    assert not [key for key in stored_keys() if key.startswith("projects/")]
    made = freeze(as_user(mona), project, django_capture_on_commit_callbacks)
    assert (made["status"], made["number"], made["parent"]) == ("succeeded", 2, None)


def test_watchers_hear_of_it(
    project: Project, mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    freeze(as_user(mona), project, django_capture_on_commit_callbacks)
    told = [event.data["status"] for event in Event.objects.filter(kind="snapshot").order_by("id")]
    assert told == ["queued", "running", "succeeded"]


def test_annotator_reads_snapshots_and_makes_none(project: Project, bob: User, charlie: User, as_user: AsUser) -> None:
    path = f"/api/v1/projects/{project.pk}/snapshots/"
    assert (as_user(bob).get(path).status_code, as_user(bob).post(path).status_code) == (200, 403)
    assert (as_user(charlie).get(path).status_code, as_user(charlie).post(path).status_code) == (404, 404)


def test_whole_image_labels_are_frozen_without_boxes(
    project: Project, bob: User, mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    Project.objects.filter(pk=project.pk).update(task="classification")
    image = upload(as_user(bob), project, a__jpg=picture())["created"][0]["id"]
    save(as_user(bob), image, upsert=[{"id": box(project)["id"], "label": label_id(project)}])
    made = freeze(as_user(mona), project, django_capture_on_commit_callbacks)
    record = next(snapshots.records_of(Snapshot.objects.get()))
    assert (record.annotations[0].label, record.annotations[0].box) == ("raccoon", None)
    assert as_user(mona).get(f"/api/v1/snapshots/{made['id']}/download/voc/").status_code == 400


def test_a_build_is_done_again_where_a_picture_went_meanwhile(
    project: Project, images: list[int], mona: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = snapshots.create_snapshot(project=project, author=mona)
    tries: list[Iterable[str]] = []

    def late(snapshot: Snapshot, hashes: Iterable[str]) -> None:
        if not tries:
            delete_for_good(Image.objects.get(pk=images[0]))
            collect(timedelta(0))
        tries.append(hashes)
        hold_images(snapshot, hashes)

    monkeypatch.setattr("annotations.snapshots.building.hold_images", late)
    attempt(Snapshot, made.pk)
    made.refresh_from_db()
    assert (made.status, made.image_count, len(tries)) == (Status.SUCCEEDED, 3, 2)
    assert made.images.count() == 3


def test_a_picture_that_the_store_has_lost_fails_the_build_and_is_named(
    project: Project, images: list[int], mona: User
) -> None:
    key = image_key(project.team_id, Image.objects.get(pk=images[0]).sha256)
    store().delete(key)
    StoredObject.objects.filter(key=key).delete()
    made = snapshots.create_snapshot(project=project, author=mona)
    attempt(Snapshot, made.pk)
    made.refresh_from_db()
    assert (made.status, made.error_code, key in made.error) == (Status.FAILED, "object_missing", True)
    housekeeping.keep_house()
    assert not made.images.exists()


def test_a_picture_that_nobody_registered_is_held_where_it_lies(
    project: Project, images: list[int], mona: User
) -> None:
    StoredObject.objects.all().delete()
    made = snapshots.create_snapshot(project=project, author=mona)
    attempt(Snapshot, made.pk)
    made.refresh_from_db()
    assert made.status == Status.SUCCEEDED


def test_a_snapshot_that_was_given_up_holds_nothing(project: Project, images: list[int], mona: User) -> None:
    """Its worker was killed once too often, with the pictures held."""
    made = snapshots.create_snapshot(project=project, author=mona)
    attempt(Snapshot, made.pk)
    Snapshot.objects.update(status=Status.FAILED, error_code="worker_lost")
    for image in Image.objects.all():
        delete_for_good(image)
    housekeeping.keep_house()
    call_command("collect", "--grace", "0", "--all", stdout=StringIO())
    assert made.images.count() == 0
    assert not [key for key in stored_keys() if "/images/" in key]


def test_a_build_that_was_taken_over_writes_nothing_more(
    project: Project, images: list[int], mona: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It slept between its reading and its writing; another worker has built the snapshot, without the picture."""
    made = snapshots.create_snapshot(project=project, author=mona)
    put, asleep = registry.keep, [True]

    def waking(key: str, *rest: Any) -> None:
        if asleep:
            asleep.clear()
            Snapshot.objects.filter(pk=made.pk).update(status=Status.QUEUED, lease=None)
            delete_for_good(Image.objects.get(pk=images[0]))
            attempt(Snapshot, made.pk)
        put(key, *rest)

    monkeypatch.setattr(registry, "keep", waking)
    attempt(Snapshot, made.pk)
    made.refresh_from_db()
    assert (made.status, made.image_count, made.images.count()) == (Status.SUCCEEDED, 3, 3)
    assert len(list(snapshots.records_of(made))) == 3
