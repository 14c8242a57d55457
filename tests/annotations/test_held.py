"""The one race that two statements of one process can't show: a hold against the collector, on two connections."""

import hashlib
import threading
from collections.abc import Collection
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from annotations import snapshots, uploads
from annotations.models import Image, Snapshot
from annotations.object_keys import image_key
from boxwright.jobs import Status
from boxwright.jobs.attempt import attempt
from boxwright.projects.models import Project
from boxwright.storage import collector, needs, store
from boxwright.storage.models import StoredObject
from boxwright.teams.models import Team, User
from tests.annotations.images import picture


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer: nothing comes between")
def test_a_hold_that_comes_while_the_collector_decides_is_kept(
    real_database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looked before the hold was there, and marks what it will take after the snapshot has looked at the marks."""
    author = User.objects.create_user("alice@example.org", name="Alice")
    project = Project.objects.create(team=Team.objects.create(slug="t", name="T"), slug="p", name="P", task="detection")
    uploads.add_images(project=project, author=author, files=[SimpleUploadedFile("a.jpg", picture())])
    original = image_key(project.team_id, hashlib.sha256(picture()).hexdigest())
    StoredObject.objects.exclude(key=original).update(touched_at=None)

    def build_and_delete() -> None:
        attempt(Snapshot, snapshots.create_snapshot(project=project, author=author).pk)
        Image.objects.all().delete()
        connection.close()

    looks = []

    def late(keys: Collection[str]) -> set[str]:
        looks.append(keys)
        if len(looks) > 1:
            return needs.needed(keys)
        thread = threading.Thread(target=build_and_delete)
        thread.start()
        thread.join()
        return set()

    monkeypatch.setattr(collector, "needed", late)
    collector.collect(timedelta(0))
    assert (Snapshot.objects.get().status, len(looks)) == (Status.SUCCEEDED, 2)
    assert store().exists(original)
