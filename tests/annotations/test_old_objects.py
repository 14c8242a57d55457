"""An installation from before the registry: its rows are carried over, and nothing of it is lost."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from rest_framework.test import APIClient

from annotations import snapshots
from annotations.models import Import, Snapshot, SnapshotImage
from boxwright.jobs.attempt import attempt
from boxwright.operations import housekeeping
from boxwright.projects.models import Project
from boxwright.storage import store
from boxwright.storage.collector import collect
from boxwright.storage.models import StoredObject
from boxwright.storage.verify import verify
from boxwright.teams.models import User
from tests.annotations.pictures import picture, stored_keys, upload
from tests.training.conftest import MODEL
from training import object_keys
from training.models import Artifact, Run
from training.run_files import files_of

AsUser = Callable[[User], APIClient]


@pytest.fixture
def old(project: Project, alice: User, as_user: AsUser) -> Snapshot:
    """Rows and objects as 0.1 left them: a snapshot, a run, an artifact, an open import, one that never came."""
    upload(as_user(alice), project, a__jpg=picture(1), b__jpg=picture(2))
    made = snapshots.create_snapshot(project=project, author=alice)
    attempt(Snapshot, made.pk)
    made.refresh_from_db()
    folder = f"projects/{project.pk}"
    _move(made.manifest_key, f"{folder}/snapshots/1/manifest.jsonl")
    _move(made.about_key, f"{folder}/snapshots/1/snapshot.json")
    Snapshot.objects.update(manifest_key="", about_key="", about_sha256="", is_held=False)
    SnapshotImage.objects.all().delete()
    run = Run.objects.create(project=project, number=1, snapshot=made, model=MODEL, status="succeeded")
    for name in ("best.pt", "last.pt", "evaluation.json"):
        store().put(object_keys.old_run_file(run, name), b"{}")
    Artifact.objects.create(run=run, target="onnx", status="succeeded")
    store().put(f"{folder}/runs/1/artifacts/onnx-none.zip", b"zip")
    Import.objects.create(project=project, archive_key=f"{folder}/imports/1.zip")
    store().put(f"{folder}/imports/1.zip", b"zip")
    Import.objects.create(project=project, status="canceled")
    StoredObject.objects.all().delete()
    made.refresh_from_db()
    return made


def _move(key: str, to: str) -> None:
    with store().open(key) as file:
        store().put(to, file)
    store().delete(key)


def migrate() -> None:
    """The data migrations of this change, on today's tables."""
    editor: Any = SimpleNamespace(connection=connection)
    import_module("annotations.migrations.0002_held_images").fill_registry(apps, editor)
    import_module("training.migrations.0002_object_keys").name_objects(apps, editor)


def test_everything_an_old_installation_needs_is_known_after_the_upgrade(old: Snapshot) -> None:
    before = stored_keys()
    migrate()
    housekeeping.keep_house()
    assert not list(verify())
    call_command("collect", "--grace", "0", "--all")
    assert stored_keys() == before
    old.refresh_from_db()
    assert (old.is_held, old.pictures.count()) == (True, 2)
    assert len(list(snapshots.records_of(old))) == 2
    assert set(files_of(Run.objects.get())) == {"best.pt", "last.pt", "evaluation.json"}
    assert Import.objects.count() == 1


def test_nothing_is_collected_before_all_is_known(old: Snapshot) -> None:
    before = stored_keys()
    migrate()
    collect(timedelta(0))
    assert stored_keys() == before
