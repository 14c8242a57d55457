"""The index by which images are found by a part of their name; the database itself keeps it, by triggers on SQLite.

It is made after each migration that finds none. Where the database has no trigrams, or lets us make none, a search
reads the names of all images, and finds the same.
"""

# ruff: noqa: S608 - statements are made of our own names; what strangers sent goes in as values

import logging
from typing import Any

from django.db import DatabaseError, OperationalError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from annotations.models import Image

log = logging.getLogger(__name__)

IMAGE, INDEX = Image._meta.db_table, "image_names"
LEAST = 3
"""Characters that trigrams can find."""
MANY = 2_000
"""So many names, of all projects: a list meets the first ones sooner than the index has named them all."""

PUT = f"INSERT INTO {INDEX} (rowid, name) VALUES (new.id, new.name);"
TAKE = f"INSERT INTO {INDEX} ({INDEX}, rowid, name) VALUES ('delete', old.id, old.name);"
TOKENS = "tokenize='trigram'"
ON_SQLITE = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {INDEX} USING fts5(name, content='{IMAGE}', content_rowid='id', {TOKENS})",
    f"CREATE TRIGGER IF NOT EXISTS {INDEX}_put AFTER INSERT ON {IMAGE} BEGIN {PUT} END",
    f"CREATE TRIGGER IF NOT EXISTS {INDEX}_change AFTER UPDATE OF name ON {IMAGE} BEGIN {TAKE} {PUT} END",
    f"CREATE TRIGGER IF NOT EXISTS {INDEX}_take AFTER DELETE ON {IMAGE} BEGIN {TAKE} END",
    f"INSERT INTO {INDEX} ({INDEX}) VALUES ('rebuild')",
)
ON_POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    f"CREATE INDEX IF NOT EXISTS {INDEX} ON {IMAGE} USING gin (UPPER(name) gin_trgm_ops)",  # as `icontains` asks
)
IS_MADE = {
    "sqlite": f"SELECT 1 FROM sqlite_master WHERE name = '{INDEX}_take'",
    "postgresql": f"SELECT 1 FROM pg_indexes WHERE indexname = '{INDEX}' AND schemaname = current_schema()",
}


def make(*, using: str, **_signal: Any) -> None:
    """After `migrate`. A table that a migration wrote anew has lost its triggers: the index is made anew, too."""
    here = connections[using]
    with here.cursor() as cursor:
        cursor.execute(IS_MADE[here.vendor])
        if cursor.fetchone():
            return
    try:
        _make(here)
    except DatabaseError as error:
        log.warning("Names are searched without an index: %s", str(error).strip())


def _make(here: BaseDatabaseWrapper) -> None:
    with transaction.atomic(using=here.alias), here.cursor() as cursor:
        for statement in ON_SQLITE if here.vendor == "sqlite" else ON_POSTGRESQL:
            cursor.execute(statement)


def named(rows: QuerySet[Image], text: str) -> QuerySet[Image]:
    """Those whose name holds the text, in whatever case. PostgreSQL sees by itself when its index helps."""
    found = rows.filter(name__icontains=text)
    if connection.vendor != "sqlite" or len(text) < LEAST:
        return found
    phrase = '"' + text.replace('"', '""') + '"'
    if _are_many(phrase):
        return found
    fit = RawSQL(f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH %s", [phrase])  # noqa: S611 - the text is a value
    return found.filter(pk__in=fit)


def _are_many(phrase: str) -> bool:
    first = f"SELECT COUNT(*) FROM (SELECT 1 FROM {INDEX} WHERE {INDEX} MATCH %s LIMIT {MANY})"
    try:
        with connection.cursor() as cursor:
            cursor.execute(first, [phrase])
            return bool(cursor.fetchone()[0] >= MANY)
    except OperationalError:  # there is no index
        return True
