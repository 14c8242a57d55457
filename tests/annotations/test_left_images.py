"""Images whose originals stay in the bucket that they were imported from, and are read from there."""

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings
from rest_framework.test import APIClient

from annotations import snapshots, uploads
from annotations.imports import cancel_import, import_of_bucket
from annotations.imports.options import Options
from annotations.location import tells_location
from annotations.management.commands import importdataset
from annotations.models import Image, Import, ImportFinding, Snapshot, StagedImage
from annotations.object_keys import image_key, keys_of_image
from annotations.originals import originals_of
from annotations.recount import recount
from annotations.removal import remove_images
from boxwright.jobs import Status
from boxwright.jobs.attempt import attempt
from boxwright.projects.models import Project
from boxwright.storage import registry, store
from boxwright.storage.collector import collect
from boxwright.storage.errors import SourceAway
from boxwright.storage.models import StoredObject
from boxwright.storage.verify import Fault, verify
from boxwright.teams.models import Team, User
from tests.annotations.archives import voc
from tests.annotations.buckets import SET, put, run
from tests.annotations.formats.test_tfrecord import put as records_at
from tests.annotations.images import body_of, picture, stored_keys, upload
from tests.annotations.test_originals import placed
from tests.conftest import make_project
from tests.services.bucket import make_bucket, storage_settings
from tests.services.ceph import ACCESS_KEY, SECRET_KEY, ceph
from tests.services.processes import ServiceMissing, free_port
from training.work import image_cache

AsUser = Callable[[User], APIClient]
FIRST = "sets/raccoons/train/a.jpg"
SHA = hashlib.sha256(picture(0)).hexdigest()
REVIEWED = Options(leave_images=True, review=True)


@pytest.fixture(autouse=True)
def no_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command looks at the progress in a thread, which meets the tables that the test has locked."""
    monkeypatch.setattr(importdataset, "LOOK_SECONDS", 600.0)


def changed(bucket: Any, _settings: Settings) -> None:
    put(bucket, FIRST, picture(99))


def gone(bucket: Any, _settings: Settings) -> None:
    bucket.delete_object(Bucket="scans", Key=FIRST)


def no_longer_allowed(_bucket: Any, settings: Settings) -> None:
    settings.IMPORT_BUCKETS = ["s3://scans/others"]


def away(_bucket: Any, settings: Settings) -> None:
    settings.IMPORT_S3 = {**settings.IMPORT_S3, "endpoint_url": f"http://127.0.0.1:{free_port()}"}


FAULTS = [
    (changed, f"s3://scans/{FIRST} has changed at its source: its bytes are not those that were imported."),
    (gone, f"s3://scans/{FIRST} is gone from its source."),
    (no_longer_allowed, f"This server may no longer read s3://scans/{FIRST}."),
    (away, f"The bucket of s3://scans/{FIRST} does not answer."),
]
faults = pytest.mark.parametrize(("spoil", "reason"), FAULTS)


@pytest.fixture
def left(bucket: Any, project: Project) -> Image:
    """Two images came in and stayed where they were; this is the first."""
    status, said = run(SET, leave_images=True)
    assert status == 0, said
    assert bucket
    return Image.objects.get(project=project, sha256=SHA)


@pytest.fixture
def snapshot(left: Image, project: Project, alice: User) -> Snapshot:
    made = snapshots.create_snapshot(project=project, author=alice)
    attempt(Snapshot, made.pk)
    made.refresh_from_db()
    assert made.status == Status.SUCCEEDED
    return made


def file_of(client: APIClient, image: Image, **headers: str) -> Any:
    return client.get(f"/api/v1/images/{image.pk}/file/", headers=headers)


def of_bucket(bucket: Any) -> dict[str, str]:
    found = bucket.list_objects_v2(Bucket="scans").get("Contents", [])
    return {one["Key"]: one["ETag"] for one in found}


@pytest.mark.usefixtures("alice", "left")
def test_copies_are_ours_and_originals_stay(bucket: Any, project: Project) -> None:
    hashes = set(Image.objects.values_list("sha256", flat=True))
    assert hashes == {SHA, hashlib.sha256(picture(1)).hexdigest()}
    wanted = {key for sha256 in hashes for key in keys_of_image(project.team_id, sha256)[1:]}
    assert {key for key in stored_keys() if key.startswith("teams/")} == wanted
    assert set(Image.objects.values_list("name", "queue", "size")) >= {("a.jpg", "labelled", len(picture(0)))}
    place = StoredObject.objects.get(key=image_key(project.team_id, SHA)).place
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


@faults
def test_other_bytes_are_never_sent(
    left: Image, vera: User, as_user: AsUser, bucket: Any, settings: Settings, spoil: Any, reason: str
) -> None:
    """And once it is mended, the right ones are again."""
    before = settings.IMPORT_BUCKETS, settings.IMPORT_S3
    spoil(bucket, settings)
    answer = file_of(as_user(vera), left)
    assert (answer.status_code, answer.json()["detail"]) == (503, reason)
    assert as_user(vera).get(f"/api/v1/images/{left.pk}/preview/").status_code == 200
    settings.IMPORT_BUCKETS, settings.IMPORT_S3 = before
    put(bucket, FIRST, picture(0))
    assert body_of(file_of(as_user(vera), left)) == picture(0)


def test_the_hash_is_looked_at_beside_the_etag(left: Image, vera: User, as_user: AsUser, bucket: Any) -> None:
    changed(bucket, bucket)
    row = StoredObject.objects.get(key=image_key(left.project.team_id, SHA))
    row.place = {**(row.place or {}), "etag": of_bucket(bucket)[FIRST]}
    row.save()
    answer = file_of(as_user(vera), left)
    assert (answer.status_code, "has changed at its source" in answer.json()["detail"]) == (503, True)


def test_a_download_holds_the_bytes_of_the_bucket(snapshot: Snapshot, vera: User, as_user: AsUser) -> None:
    answer = as_user(vera).get(f"/api/v1/snapshots/{snapshot.pk}/download/voc/")
    with zipfile.ZipFile(io.BytesIO(body_of(answer))) as archive:
        pictures = {archive.read(name) for name in archive.namelist() if name.endswith(".jpg")}
    assert pictures == {picture(0), picture(1)}


@faults
def test_a_download_says_before_its_first_byte_what_it_can_not_read(
    snapshot: Snapshot, vera: User, as_user: AsUser, bucket: Any, settings: Settings, spoil: Any, reason: str
) -> None:
    spoil(bucket, settings)
    answer = as_user(vera).get(f"/api/v1/snapshots/{snapshot.pk}/download/voc/")
    assert answer.status_code == 503
    said = answer.json()["detail"]
    assert said.split(" s3://")[0] == reason.split(" s3://")[0]
    assert said.split("jpg")[-1] == reason.split("jpg")[-1]
    without = as_user(vera).get(f"/api/v1/snapshots/{snapshot.pk}/download/voc/?images=false")
    assert without.status_code == 200


@faults
def test_a_run_fetches_them_or_waits(
    left: Image, tmp_path: Path, bucket: Any, settings: Settings, spoil: Any, reason: str
) -> None:
    original = originals_of(left.project.team_id, [SHA])[SHA]
    spoil(bucket, settings)
    with pytest.raises(SourceAway) as told:
        image_cache.link_image(store(), original, tmp_path / "image")
    assert told.value.detail == reason
    assert told.value.status == 503
    assert not [path for path in settings.SCRATCH_DIR.rglob("*") if path.is_file() and path.name.startswith(SHA)]


def test_a_run_keeps_what_it_fetched(left: Image, tmp_path: Path, bucket: Any, settings: Settings) -> None:
    original = originals_of(left.project.team_id, [SHA])[SHA]
    for name in ("first", "second"):
        image_cache.link_image(store(), original, tmp_path / name)
        assert (tmp_path / name).read_bytes() == picture(0)
        gone(bucket, settings)


@pytest.mark.parametrize("way", ["image", "project", "canceled import"])
def test_deleting_leaves_the_bucket_alone(left: Image, bucket: Any, project: Project, alice: User, way: str) -> None:
    before = of_bucket(bucket)
    if way == "image":
        for image in Image.objects.all():
            uploads.remove_image(image=image)
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
    snapshot: Snapshot, left: Image, vera: User, as_user: AsUser
) -> None:
    for image in Image.objects.all():
        uploads.remove_image(image=image)
    collect(timedelta(0))
    assert not [key for key in stored_keys() if key.startswith("teams/")]
    answer = as_user(vera).get(f"/api/v1/snapshots/{snapshot.pk}/download/voc/")
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
    assert body_of(file_of(as_user(alice), Image.objects.get(project=another, sha256=SHA))) == picture(0)


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
    place = StoredObject.objects.get(key=image_key(project.team_id, SHA)).place
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
    assert body_of(file_of(as_user(bob), Image.objects.get(sha256=SHA))) == picture(0)
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


@pytest.mark.usefixtures("left")
@pytest.mark.parametrize("fast", [False, True])
def test_verify_looks_at_their_source(fast: bool, project: Project, bucket: Any, settings: Settings) -> None:
    key = image_key(project.team_id, SHA)
    assert list(verify(fast=fast)) == []
    changed(bucket, settings)
    assert list(verify(fast=fast)) == [Fault("damaged", key)]
    gone(bucket, settings)
    assert list(verify(fast=fast)) == [Fault("missing", key)]
    no_longer_allowed(bucket, settings)
    with pytest.raises(CommandError, match="may no longer read"):
        call_command("verify", fast=fast)


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


@pytest.fixture(params=["moto", pytest.param("ceph", marks=pytest.mark.full)])
def gateway(request: pytest.FixtureRequest, client_of: Any, settings: Settings) -> Iterator[Any]:
    """The owner's client of a bucket `scans`, in memory or behind a real gateway."""
    if request.param == "moto":
        yield client_of
        return
    try:
        with ceph() as url:
            make_bucket(url, ACCESS_KEY, SECRET_KEY, "scans")
            keys = {"aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": SECRET_KEY}
            settings.IMPORT_S3 = {**settings.IMPORT_S3, "endpoint_url": url, **keys}
            yield boto3.session.Session().client("s3", **settings.IMPORT_S3)
    except ServiceMissing as missing:
        pytest.skip(str(missing))


@pytest.mark.usefixtures("alice")
def test_an_object_sent_in_parts_is_known_by_its_etag(
    gateway: Any, project: Project, vera: User, as_user: AsUser
) -> None:
    """Which is no hash of its bytes then."""
    key, large = "sets/large/a.bmp", picture(3, (2200, 1600), "BMP")
    assert len(large) > 9 * 2**20
    gateway.upload_fileobj(io.BytesIO(large), "scans", key)
    put(gateway, "sets/large/a.xml", voc("a.bmp", ("raccoon", 1, 2, 30, 40), size=(2200, 1600)))
    assert "-" in of_bucket(gateway)[key]
    status, said = run("s3://scans/sets/large", leave_images=True)
    assert status == 0, said
    image = Image.objects.get(project=project)
    assert body_of(file_of(as_user(vera), image)) == large
    put(gateway, key, picture(3))
    answer = file_of(as_user(vera), image)
    assert (answer.status_code, "has changed at its source" in answer.json()["detail"]) == (503, True)


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
