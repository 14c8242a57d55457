"""Other bytes than those that were left in a bucket are never taken for them, and what is wrong is told."""

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings
from rest_framework.test import APIClient

from annotations.models import Image, Snapshot
from annotations.object_keys import image_key
from annotations.originals import originals_of
from boxwright.jobs import Status
from boxwright.jobs.attempt import attempt
from boxwright.projects.models import Project
from boxwright.storage import store
from boxwright.storage.errors import SourceAway
from boxwright.storage.models import StoredObject
from boxwright.storage.verify import Fault, verify
from boxwright.teams.models import User
from tests.annotations.archives import voc
from tests.annotations.buckets import (
    FIRST,
    FIRST_SHA256,
    away,
    changed,
    file_of,
    gone,
    no_longer_allowed,
    of_bucket,
    put,
    run,
)
from tests.annotations.images import body_of, picture
from tests.annotations.test_bucket_imports import refusing, served
from tests.services.bucket import make_bucket
from tests.services.ceph import ACCESS_KEY, SECRET_KEY, ceph
from tests.services.processes import ServiceMissing
from tests.training.conftest import MODEL
from training.engine.catalog import complete_config
from training.models import Run
from training.work import image_cache

AsUser = Callable[[User], APIClient]

FAULTS = [
    (changed, f"s3://scans/{FIRST} has changed at its source: its bytes are not those that were imported."),
    (gone, f"s3://scans/{FIRST} is gone from its source."),
    (no_longer_allowed, f"This server may no longer read s3://scans/{FIRST}."),
    (away, f"The bucket of s3://scans/{FIRST} does not answer."),
]
faults = pytest.mark.parametrize(("spoil", "reason"), FAULTS, ids=[spoil.__name__ for spoil, _ in FAULTS])


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
    row = StoredObject.objects.get(key=image_key(left.project.team_id, FIRST_SHA256))
    row.place = {**(row.place or {}), "etag": of_bucket(bucket)[FIRST]}
    row.save()
    answer = file_of(as_user(vera), left)
    assert (answer.status_code, "has changed at its source" in answer.json()["detail"]) == (503, True)


def test_a_download_holds_the_bytes_of_the_bucket(left_snapshot: Snapshot, vera: User, as_user: AsUser) -> None:
    answer = as_user(vera).get(f"/api/v1/snapshots/{left_snapshot.pk}/download/voc/")
    with zipfile.ZipFile(io.BytesIO(body_of(answer))) as archive:
        pictures = {archive.read(name) for name in archive.namelist() if name.endswith(".jpg")}
    assert pictures == {picture(0), picture(1)}


@faults
def test_a_download_says_before_its_first_byte_what_it_can_not_read(
    left_snapshot: Snapshot, vera: User, as_user: AsUser, bucket: Any, settings: Settings, spoil: Any, reason: str
) -> None:
    spoil(bucket, settings)
    answer = as_user(vera).get(f"/api/v1/snapshots/{left_snapshot.pk}/download/voc/")
    assert answer.status_code == 503
    said = answer.json()["detail"]
    assert said.split(" s3://")[0] == reason.split(" s3://")[0]
    assert said.split("jpg")[-1] == reason.split("jpg")[-1]
    without = as_user(vera).get(f"/api/v1/snapshots/{left_snapshot.pk}/download/voc/?images=false")
    assert without.status_code == 200


@faults
def test_a_run_fetches_them_or_waits(
    left: Image, tmp_path: Path, bucket: Any, settings: Settings, spoil: Any, reason: str
) -> None:
    original = originals_of(left.project.team_id, [FIRST_SHA256])[FIRST_SHA256]
    spoil(bucket, settings)
    with pytest.raises(SourceAway) as told:
        image_cache.link_image(store(), original, tmp_path / "image")
    assert told.value.detail == reason
    assert told.value.status == 503
    assert not [
        path for path in settings.SCRATCH_DIR.rglob("*") if path.is_file() and path.name.startswith(FIRST_SHA256)
    ]


def test_a_run_keeps_what_it_fetched(left: Image, tmp_path: Path, bucket: Any, settings: Settings) -> None:
    original = originals_of(left.project.team_id, [FIRST_SHA256])[FIRST_SHA256]
    for name in ("first", "second"):
        image_cache.link_image(store(), original, tmp_path / name)
        assert (tmp_path / name).read_bytes() == picture(0)
        gone(bucket, settings)


def test_a_run_waits_for_a_source_and_says_for_what(left_snapshot: Snapshot, bucket: Any, project: Project) -> None:
    """It may be put back: nothing has failed."""
    for key in of_bucket(bucket):
        bucket.delete_object(Bucket="scans", Key=key)
    config = complete_config({"model": MODEL}).to_dict()
    job = Run.objects.create(project=project, snapshot=left_snapshot, number=1, model=MODEL, config=config)
    attempt(Run, job.pk)
    job.refresh_from_db()
    assert job.status == Status.QUEUED
    assert job.waiting_for.endswith("/a.jpg is gone from its source.")


def test_a_bucket_that_denies_is_told(left: Image, vera: User, as_user: AsUser, settings: Settings) -> None:
    with served(refusing(403)) as url:
        settings.IMPORT_S3 = {**settings.IMPORT_S3, "endpoint_url": url}
        answer = file_of(as_user(vera), left)
    reason = f"s3://scans/{FIRST} can't be read: This server has no right to read {FIRST}."
    assert (answer.status_code, answer.json()["detail"]) == (503, reason)


@pytest.mark.usefixtures("left")
@pytest.mark.parametrize("fast", [False, True])
def test_verify_looks_at_their_source(fast: bool, project: Project, bucket: Any, settings: Settings) -> None:
    key = image_key(project.team_id, FIRST_SHA256)
    assert list(verify(fast=fast)) == []
    changed(bucket, settings)
    assert list(verify(fast=fast)) == [Fault("damaged", key)]
    gone(bucket, settings)
    assert list(verify(fast=fast)) == [Fault("missing", key)]
    no_longer_allowed(bucket, settings)
    with pytest.raises(CommandError, match="may no longer read"):
        call_command("verify", fast=fast)


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
