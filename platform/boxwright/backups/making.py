"""`manage.py backup FILE`: a whole installation in one file, while people work."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from boxwright.backups import archive, databases
from boxwright.backups.left import left_text
from boxwright.storage import ObjectMissing, store


def backup(file: Path) -> str:
    """Write the file, or nothing. Returns what is in it, in one line."""
    with _appearing(file) as out:
        writer = archive.Writer(out)
        about = _add_database(writer)
        files = writer.count
        _add_objects(writer)
        writer.close({**about, "made_at": datetime.now(UTC).isoformat(), "objects": writer.count - files})
    rows = sum(about["rows"].values())
    return f"{file}: {rows:,} rows, {writer.count - files:,} objects, {file.stat().st_size:,} bytes{left_text()}"


def _add_database(writer: archive.Writer) -> databases.About:
    settings.SCRATCH_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.SCRATCH_DIR) as folder:
        about = databases.here().dump(Path(folder))
        for path in sorted(Path(folder).iterdir()):
            with path.open("rb") as stream:
                writer.add(archive.DATABASE + path.name, stream)
    return {"vendor": connection.vendor, "migrations": _migrations(), **about}


def _add_objects(writer: archive.Writer) -> None:
    """All that are there now. One that goes away meanwhile was not needed when the database was read."""
    objects = store()
    for key in objects.list(""):
        try:
            stream = objects.open(key)
        except ObjectMissing:
            continue
        with stream:
            writer.add(archive.OBJECTS + key, stream)


def _migrations() -> list[tuple[str, str]]:
    return sorted(MigrationRecorder(connection).applied_migrations())


@contextmanager
def _appearing(file: Path) -> Iterator[IO[bytes]]:
    """A file that is there when it is whole and on the disk, for nobody else to read. Raises FileExistsError."""
    part = file.with_name(file.name + ".part")
    if file.exists():
        raise FileExistsError(errno.EEXIST, "", str(file))
    with open(part, "xb", opener=_for_us_alone) as out:
        try:
            yield out
            out.flush()
            os.fsync(out.fileno())
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)


def _for_us_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
