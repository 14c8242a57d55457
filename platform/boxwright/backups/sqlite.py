"""SQLite: a copy of the file by SQLite's own backup, which reads one moment and keeps no writer waiting."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

from boxwright.backups.archive import Damaged

FILE = "boxwright.sqlite3"


def dump(folder: Path) -> dict[str, Any]:
    """Write the database's files into `folder`; return what `filled` wants to know."""
    connection.ensure_connection()
    with closing(sqlite3.connect(folder / FILE)) as copy:
        connection.connection.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode=DELETE")
        return {"rows": _rows(copy)}


@contextmanager
def filled(folder: Path, about: dict[str, Any]) -> Iterator[None]:
    """Inside, the connection is that of the database in `folder`; it takes its place when the block ends well."""
    with closing(sqlite3.connect(folder / FILE)) as copy:
        if copy.execute("PRAGMA integrity_check").fetchall() != [("ok",)] or _rows(copy) != about["rows"]:
            raise Damaged("the database in it is damaged")
    place = Path(connection.settings_dict["NAME"])
    connection.close()
    connection.settings_dict["NAME"] = folder / FILE
    try:
        yield
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
        connection.settings_dict["NAME"] = place
    for leftover in ("-wal", "-shm"):
        place.with_name(place.name + leftover).unlink(missing_ok=True)
    aside = place.with_name(f"{place.name}.restored")
    shutil.copyfile(folder / FILE, aside)  # the folder may lie on another disk
    with aside.open("rb") as file:
        os.fsync(file.fileno())
    aside.replace(place)


def _rows(database: sqlite3.Connection) -> dict[str, int]:
    """How many there are in each table."""
    named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    names = [name for (name,) in database.execute(named)]
    return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608
