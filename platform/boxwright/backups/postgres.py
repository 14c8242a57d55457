"""PostgreSQL: each table by COPY, in one transaction that sees one moment. No client program is needed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from boxwright.backups.archive import Damaged

COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position
"""
COUNTERS = """
SELECT table_name, column_name, pg_get_serial_sequence(quote_ident(table_name), column_name)
FROM information_schema.columns
WHERE table_schema = 'public' AND pg_get_serial_sequence(quote_ident(table_name), column_name) IS NOT NULL
"""


def dump(folder: Path) -> dict[str, Any]:
    """Write the database's files into `folder`; return what `filled` wants to know."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        columns = {table: _columns(table) for table in _tables()}
        rows = {table: _copy_out(folder / table, table, names) for table, names in columns.items()}
        return {"rows": rows, "columns": columns, "counters": _counters()}


@contextmanager
def filled(folder: Path, about: dict[str, Any]) -> Iterator[None]:
    """Inside, the database holds what `folder` has; it is emptied again when the block fails."""
    _drop_all()
    try:
        _migrate_to({(app, name) for app, name in about["migrations"]})
        _fill(folder, about)
        yield
    except BaseException:
        _drop_all()
        raise


def _migrate_to(state: set[tuple[str, str]]) -> None:
    """The tables as they were: of each app, up to those migrations that no other one of the app followed."""
    executor = MigrationExecutor(connection)
    parents = {
        parent.key for key in state for parent in executor.loader.graph.node_map[key].parents if parent.key[0] == key[0]
    }
    executor.migrate(sorted(state - parents))


def _fill(folder: Path, about: dict[str, Any]) -> None:
    """In one transaction: that a row refers to another one is looked at when it commits."""
    tables: dict[str, list[str]] = about["columns"]
    if set(tables) != set(_tables()):
        raise Damaged("it has other tables than its migrations make")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(map(_quoted, tables))}")
        rows = {table: _copy_in(folder / table, table, names) for table, names in tables.items()}
        for table, column, value, is_called in about["counters"]:
            place = [_quoted(table), column, value, is_called]
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s, %s)", place)
        if rows != about["rows"]:
            raise Damaged("the database in it is damaged")


def _copy_out(file: Path, table: str, columns: list[str]) -> int:
    with connection.cursor() as cursor, file.open("wb") as out:
        with cursor.copy(f"COPY {_quoted(table)} ({', '.join(map(_quoted, columns))}) TO STDOUT") as copied:
            for data in copied:
                out.write(data)
        rows: int = cursor.rowcount
        return rows


def _copy_in(file: Path, table: str, columns: list[str]) -> int:
    with connection.cursor() as cursor, file.open("rb") as source:
        with cursor.copy(f"COPY {_quoted(table)} ({', '.join(map(_quoted, columns))}) FROM STDIN") as copied:
            while data := source.read(2**20):
                copied.write(data)
        rows: int = cursor.rowcount
        return rows


def _tables() -> list[str]:
    return sorted(connection.introspection.table_names())


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [table])
        return [name for (name,) in cursor.fetchall()]


def _counters() -> list[list[Any]]:
    """Of each column that counts by itself: table, column, where it stands. An id is never given twice."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTERS)
        found = []
        for table, column, sequence in cursor.fetchall():
            cursor.execute(f"SELECT last_value, is_called FROM {sequence}")  # noqa: S608 (quoted by PostgreSQL)
            found.append([table, column, *cursor.fetchone()])
        return found


def _drop_all() -> None:
    if tables := _tables():
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {', '.join(map(_quoted, tables))} CASCADE")


def _quoted(name: str) -> str:
    quoted: str = connection.ops.quote_name(name)
    return quoted
