"""`manage.py restore FILE`: fill an empty place from a backup, or leave it as empty as it was."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Now

from boxwright.backups import archive, databases
from boxwright.backups.left import left_text
from boxwright.errors import Conflict
from boxwright.jobs import Status, job_models
from boxwright.storage import registry, store
from boxwright.teams.models import Invitation, PasswordReset, Token
from training.models import TryLink


def restore(file: Path) -> str:
    """Prove the file, fill the database and the store, wake the jobs. Returns what was in it, in one line.

    Raises archive.Damaged, or Conflict where the place is not empty or the backup is not for it.
    """
    _expect_empty()
    reader = archive.Reader(file)
    reader.prove()
    _expect_fitting(reader.about)
    settings.SCRATCH_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.SCRATCH_DIR) as folder, _all_or_nothing() as put:
        _lay(reader, Path(folder), put)
        with databases.here().filled(Path(folder), reader.about):
            call_command("migrate", verbosity=0, interactive=False)
            registry.adopt(put)  # also those that were written after the database was read
            _close_doors()
            _wake_jobs()
    rows = sum(reader.about["rows"].values())
    return f"{rows:,} rows and {reader.about['objects']:,} objects of {reader.about['made_at'][:16]} UTC{left_text()}"


def _expect_empty() -> None:
    user: type[models.Model] = get_user_model()
    table = user._meta.db_table
    if table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {connection.ops.quote_name(table)})")  # noqa: S608
            if cursor.fetchone()[0]:
                raise Conflict("There are people in this database already: a backup is restored into an empty place.")
    if (key := next(store().list(""), None)) is not None:
        raise Conflict(f"There are objects in this store already ({key}): a backup is restored into an empty place.")


def _expect_fitting(about: dict[str, Any]) -> None:
    if about["vendor"] != connection.vendor:
        raise Conflict(f"The backup is of {about['vendor']}; the database here is {connection.vendor}.")
    known = MigrationLoader(connection).disk_migrations or {}
    if newer := sorted({(app, name) for app, name in about["migrations"]} - set(known)):
        raise Conflict(f"The backup was made by a newer Boxwright: this one does not know {'.'.join(newer[0])}.")


def _lay(reader: archive.Reader, folder: Path, put: list[str]) -> None:
    """The database's files into `folder`, the objects into the store, their keys into `put`."""
    objects = store()
    for name, content in reader:
        if name.startswith(archive.DATABASE):
            with (folder / Path(name).name).open("wb") as out:
                while data := content.read(2**20):
                    out.write(data)
        else:
            key = name.removeprefix(archive.OBJECTS)
            put.append(key)
            objects.put(key, content)  # type: ignore[arg-type] # it only reads


@contextmanager
def _all_or_nothing() -> Iterator[list[str]]:
    put: list[str] = []
    try:
        yield put
    except BaseException:
        for key in put:
            store().delete(key)
        raise


def _close_doors() -> None:
    """Delete what lets somebody in: what was withdrawn after the backup was made must stay so."""
    import_module(settings.SESSION_ENGINE).SessionStore.get_model_class().objects.all().delete()
    Token.objects.all().delete()
    PasswordReset.objects.all().delete()
    Invitation.objects.filter(accepted_at=None).delete()
    TryLink.objects.all().delete()


def _wake_jobs() -> None:
    """What ran when the backup was made is nobody's now; the next pass of any reaper sends it."""
    due = Now() - timedelta(days=1)
    for model in job_models():
        running = model._default_manager.filter(status=Status.RUNNING)
        running.update(status=Status.QUEUED, lease=None, enqueued_at=due)
