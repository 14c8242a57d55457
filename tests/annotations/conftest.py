import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.db import connection
from pytest_django import Settings
from rest_framework.test import APIClient

from annotations import bulk, snapshots
from annotations.management.commands import importdataset
from annotations.models import Image, Snapshot
from boxwright.jobs import Status
from boxwright.jobs.attempt import attempt
from boxwright.projects.models import Project
from boxwright.teams.models import User
from tests.annotations.buckets import FIRST_SHA256, SET, put_raccoons, run
from tests.annotations.images import picture, upload
from tests.services.bucket import CONFIG, make_bucket
from tests.services.moto import moto


@pytest.fixture
def image(project: Project, bob: User, as_user: Callable[[User], APIClient]) -> Image:
    """One unlabelled image of 64×48 pixels."""
    created = upload(as_user(bob), project, one__jpg=picture())["created"]
    return Image.objects.get(pk=created[0]["id"])


@pytest.fixture
def real_database(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """A database that threads share as processes do. SQLite's tests run in memory, where locks work otherwise."""
    if connection.vendor != "sqlite":
        yield
        return
    settings, in_memory = connection.settings_dict, connection.connection
    name, file = settings["NAME"], tmp_path / "threads.sqlite3"
    with contextlib.closing(sqlite3.connect(file)) as copy:
        in_memory.backup(copy)
    settings["NAME"], connection.connection = str(file), None
    yield
    connection.close()
    settings["NAME"], connection.connection = name, in_memory


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bulk changes are a worker's work from three images on, two at a time."""
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    monkeypatch.setattr(bulk, "PART", 2)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with moto() as url:
        make_bucket(url, "key", "secret", "scans")
        yield url


@pytest.fixture
def client_of(endpoint: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Of the buckets' owner."""
    # The command looks at the progress in a thread, which meets the tables that the test has locked.
    monkeypatch.setattr(importdataset, "LOOK_SECONDS", 600.0)
    settings.IMPORT_BUCKETS = ["s3://scans/sets", "s3://gone"]
    settings.IMPORT_S3 = {
        "endpoint_url": endpoint,
        "region_name": "us-east-1",
        "aws_access_key_id": "key",
        "aws_secret_access_key": "secret",
        "config": CONFIG,
    }
    client: Any = boto3.client("s3", **settings.IMPORT_S3)
    yield client
    for page in client.get_paginator("list_objects_v2").paginate(Bucket="scans"):
        for one in page.get("Contents", []):
            client.delete_object(Bucket="scans", Key=one["Key"])


@pytest.fixture
def bucket(client_of: Any) -> Any:
    put_raccoons(client_of)
    return client_of


@pytest.fixture
def left(bucket: Any, project: Project) -> Image:
    """Two images came in and stayed where they were; this is the first."""
    status, said = run(SET, leave_images=True)
    assert status == 0, said
    assert bucket
    return Image.objects.get(project=project, sha256=FIRST_SHA256)


@pytest.fixture
def left_snapshot(left: Image, project: Project, alice: User) -> Snapshot:
    made = snapshots.create_snapshot(project=project, author=alice)
    attempt(Snapshot, made.pk)
    made.refresh_from_db()
    assert made.status == Status.SUCCEEDED
    return made
