"""Images whose originals stay in the bucket that they were imported from, and are read from there."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from pytest_django import Settings
from rest_framework.test import APIClient

from annotations.imports import cancel_import, import_of_bucket
from annotations.imports.options import Options
from annotations.location import tells_location
from annotations.models import Image, Import, ImportFinding, Snapshot, StagedImage
from annotations.object_keys import image_key, keys_of_image
from annotations.recount import recount
from annotations.removal import remove_images
from boxwright.jobs.attempt import attempt
from boxwright.projects.models import Project
from boxwright.storage import registry
from boxwright.storage.collector import collect
from boxwright.storage.models import StoredObject
from boxwright.teams.models import Team, User
from tests.annotations.archives import voc
from tests.annotations.buckets import (
    FIRST,
    FIRST_SHA256,
    SET,
    file_of,
    gone,
    of_bucket,
    put,
    run,
)
from tests.annotations.formats.test_tfrecord import put as records_at
from tests.annotations.images import body_of, delete_for_good, picture, stored_keys, upload
from tests.annotations.test_originals import placed
from tests.conftest import make_project
from tests.services.bucket import make_bucket, storage_settings

AsUser = Callable[[User], APIClient]
REVIEWED = Options(leave_images=True, review=True)


@pytest.mark.usefixtures("alice", "left")
def test_copies_are_ours_and_originals_stay(bucket: Any, project: Project) -> None:
    hashes = set(Image.objects.values_list("sha256", flat=True))
    assert hashes == {FIRST_SHA256, hashlib.sha256(picture(1)).hexdigest()}
    wanted = {key for sha256 in hashes for key in keys_of_image(project.team_id, sha256)[1:]}
    assert {key for key in stored_keys() if key.startswith("teams/")} == wanted
    assert set(Image.objects.values_list("name", "queue", "size")) >= {("a.jpg", "labelled", len(picture(0)))}
    place = StoredObject.objects.get(key=image_key(project.team_id, FIRST_SHA256)).place
    etag = of_bucket(bucket)[FIRST]
    assert place == {"bucket": "scans", "key": FIRST, "etag": etag, "size": len(picture(0))}


def test_the_file_comes_from_the_bucket_to_those_who_may_see_it(
    left: Image, vera: User, charlie: User, as_user: AsUser
) -> None:
    answer = file_of(as_user(vera), left)
    assert (answer.status_code, answer["Content-Type"], body_of(answer)) == (200, "image/jpeg", picture(0))
    part = file_of(as_user(vera), left, range="bytes=2-9")
    assert (part.status_code, body_of(part)) == (206, picture(0)[2:10])
    assert file_of(as_user(charlie), left).status_code == 404
    assert APIClient().get(f"/api/v1/images/{left.pk}/file/").status_code == 401


def test_no_link_leads_to_the_bucket(
    left: Image, vera: User, as_user: AsUser, endpoint: str, settings: Settings
) -> None:
    """Where our own store signs links, too."""
    make_bucket(endpoint, "key", "secret", "ours")
    settings.STORAGES = {**settings.STORAGES, "objects": storage_settings(endpoint, "key", "secret", "ours")}
    client = APIClient()
    client.force_login(vera)
    answer = file_of(client, left)
    assert (answer.status_code, body_of(answer)) == (200, picture(0))
    assert client.get(f"/api/v1/images/{left.pk}/file/?link=1").status_code == 400


@pytest.mark.parametrize("way", ["image", "project", "canceled import"])
def test_deleting_leaves_the_bucket_alone(left: Image, bucket: Any, project: Project, alice: User, way: str) -> None:
    before = of_bucket(bucket)
    if way == "image":
        for image in Image.objects.all():
            delete_for_good(image)
    elif way == "project":
        remove_images(project)
    else:
        remove_images(project)
        job = import_of_bucket(project=project, author=alice, address=SET, options=REVIEWED)
        attempt(Import, job.pk)
        assert StagedImage.objects.filter(job=job).count() == 2
        cancel_import(Import.objects.get(pk=job.pk))
    collect(timedelta(0))
    assert not StoredObject.objects.filter(key__startswith="teams/").exists()
    assert of_bucket(bucket) == before


def test_a_snapshot_shows_them_after_their_images_went(
    left_snapshot: Snapshot, left: Image, vera: User, as_user: AsUser
) -> None:
    for image in Image.objects.all():
        delete_for_good(image)
    collect(timedelta(0))
    assert not [key for key in stored_keys() if key.startswith("teams/")]
    answer = as_user(vera).get(f"/api/v1/snapshots/{left_snapshot.pk}/download/voc/")
    assert picture(0)[:200] in body_of(answer)


@pytest.mark.usefixtures("left")
@pytest.mark.parametrize("way", ["upload", "import"])
def test_whoever_brings_the_same_bytes_brings_them_home(
    way: str, left: Image, bucket: Any, team: Team, alice: User, as_user: AsUser, settings: Settings
) -> None:
    """Into another project of the team: from then on they are read from our store."""
    another = make_project_beside(team, alice)
    if way == "upload":
        assert len(upload(as_user(alice), another, a__jpg=picture(0))["created"]) == 1
    else:
        assert run(SET, project="plates/others")[0] == 0
    gone(bucket, settings)
    assert body_of(file_of(as_user(alice), left)) == picture(0)
    assert body_of(file_of(as_user(alice), Image.objects.get(project=another, sha256=FIRST_SHA256))) == picture(0)


def make_project_beside(team: Team, author: User) -> Project:
    Project.objects.filter(slug="raccoons").update(slug="first")
    made = make_project(team, author)
    Project.objects.filter(pk=made.pk).update(slug="others")
    Project.objects.filter(slug="first").update(slug="raccoons")
    made.refresh_from_db()
    return made


@pytest.mark.parametrize("way", ["upload", "import", "import of another place"])
def test_what_is_lost_at_its_source_is_brought_again(
    way: str, left: Image, bucket: Any, project: Project, alice: User, as_user: AsUser, settings: Settings
) -> None:
    """Into the same project, which has the image already."""
    gone(bucket, settings)
    if way == "upload":
        answer = upload(as_user(alice), project, again__jpg=picture(0))
        assert (answer["created"], answer["duplicates"][0]["id"]) == ([], left.pk)
    else:
        put(bucket, "sets/moved/b.jpg", picture(0))
        put(bucket, "sets/moved/b.xml", voc("b.jpg", ("raccoon", 1, 2, 30, 40)))
        status, said = run("s3://scans/sets/moved", leave_images=way != "import")
        assert status == 0, said
    assert body_of(file_of(as_user(alice), left)) == picture(0)
    place = StoredObject.objects.get(key=image_key(project.team_id, FIRST_SHA256)).place
    assert (place or {}).get("key") == ("sets/moved/b.jpg" if way == "import of another place" else None)
    assert Image.objects.count() == 2
    assert recount() == []


@pytest.mark.usefixtures("alice")
def test_what_our_store_has_already_is_read_from_there(
    bucket: Any, project: Project, bob: User, as_user: AsUser, settings: Settings
) -> None:
    upload(as_user(bob), project, mine__jpg=picture(0))
    assert run(SET, leave_images=True)[0] == 0
    assert Image.objects.count() == 2
    gone(bucket, settings)
    assert body_of(file_of(as_user(bob), Image.objects.get(sha256=FIRST_SHA256))) == picture(0)
    assert registry.left() == {"scans": 1}, "the other one"


@pytest.mark.usefixtures("left")
def test_the_same_import_again_changes_nothing() -> None:
    before = list(Image.objects.order_by("pk").values())
    places = list(StoredObject.objects.order_by("key").values_list("key", "place"))
    assert run(SET, leave_images=True)[0] == 0
    assert list(Image.objects.order_by("pk").values()) == before
    assert list(StoredObject.objects.order_by("key").values_list("key", "place")) == places


def test_they_count_like_all_others(left: Image, project: Project) -> None:
    project.refresh_from_db()
    assert project.byte_count == len(picture(0)) + len(picture(1))
    assert recount() == []


def test_what_changes_while_it_is_read_is_left_out_with_a_finding(
    bucket: Any, project: Project, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Listed, then written anew, then fetched."""
    from boxwright.storage.bucket_reader import BucketReader

    listed = BucketReader.listed

    def and_changed(reader: BucketReader) -> Iterator[Any]:
        yield from list(listed(reader))
        put(bucket, FIRST, picture(99))

    monkeypatch.setattr(BucketReader, "listed", and_changed)
    job = import_of_bucket(project=project, author=alice, address=SET, options=Options(leave_images=True))
    attempt(Import, job.pk)
    assert [one.sha256 for one in Image.objects.all()] == [hashlib.sha256(picture(1)).hexdigest()]
    assert ImportFinding.objects.filter(file="train/a.jpg", reason__contains="has changed at its source").exists()


@pytest.mark.usefixtures("alice")
def test_pictures_inside_other_files_are_copied(bucket: Any, project: Project, tmp_path: Path) -> None:
    """They are no objects of their own."""
    records = records_at(tmp_path / "a.tfrecord", {"image/encoded": (picture(5), "byte")})
    put(bucket, "sets/records/a.tfrecord", records.read_bytes())
    status, said = run("s3://scans/sets/records", leave_images=True)
    assert (status, Image.objects.count()) == (0, 1), said
    assert image_key(project.team_id, hashlib.sha256(picture(5)).hexdigest()) in stored_keys()
    assert not StoredObject.objects.filter(place__isnull=False).exists()


@pytest.mark.usefixtures("alice", "project")
def test_the_place_where_it_was_taken_stays_untold(bucket: Any, vera: User, as_user: AsUser) -> None:
    put(bucket, "sets/raccoons/train/d.jpg", placed())
    assert run(SET, leave_images=True)[0] == 0
    image = Image.objects.get(name="d.jpg")
    sent = body_of(file_of(as_user(vera), image))
    assert image.sha256 == hashlib.sha256(placed()).hexdigest()
    assert not tells_location(sent)


def test_the_api_takes_the_choice_for_buckets_alone(bucket: Any, project: Project, mona: User, as_user: AsUser) -> None:
    path = f"/api/v1/projects/{project.pk}/imports/"
    answer = as_user(mona).post(path, {"bucket": SET, "review": True, "leave_images": True}, format="json")
    assert (answer.status_code, answer.json()["leave_images"]) == (201, True)
    assert Import.objects.get().leave_images
    assert bucket


@pytest.mark.usefixtures("alice", "project")
def test_the_command_leaves_images_of_buckets_alone(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--leave-images is for folders of buckets"):
        run(str(tmp_path), leave_images=True)
