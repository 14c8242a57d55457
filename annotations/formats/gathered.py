"""Rows in any order, put together by their image, in a file of their own: a million cost no memory."""

import marshal
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from annotations.formats.listing import Listing

BATCH = 2_000
SCHEMA = """
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA cache_size = -20000;
    CREATE TABLE image (place INTEGER PRIMARY KEY, key BLOB UNIQUE, said BLOB);
    CREATE TABLE row (place INTEGER PRIMARY KEY, key BLOB, said BLOB);
"""


class Gathered:
    """Images by their key, and rows that name it. What is said of them is plain: lists, texts, numbers."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database
        self.rows: list[tuple[bytes, bytes]] = []

    def add_image(self, key: Any, said: Any) -> bool:
        """False where there is one of this key: the first counts."""
        told = "INSERT OR IGNORE INTO image (key, said) VALUES (?, ?)"
        return self.database.execute(told, (_packed(key), _packed(said))).rowcount == 1

    def add(self, key: Any, said: Any) -> None:
        self.rows.append((_packed(key), _packed(said)))
        if len(self.rows) >= BATCH:
            self._write()

    def images(self, most: int = sys.maxsize) -> Iterator[tuple[Any, list[Any]]]:
        """What was said of each image, in their order, with its rows in theirs: one more than `most` at the most."""
        self._index()
        found = self.database.execute(
            "SELECT image.place, image.said, row.said FROM image LEFT JOIN row ON row.key = image.key "
            "ORDER BY image.place, row.place"
        )
        last, image, rows = None, None, list[Any]()
        for place, said, row in found:
            if place != last:
                if last is not None:
                    yield image, rows
                last, image, rows = place, _unpacked(said), []
            if row is not None and len(rows) <= most:
                rows.append(_unpacked(row))
        if last is not None:
            yield image, rows

    def strays(self) -> Iterator[tuple[Any, int, Any]]:
        """Keys that rows name and no image has: key, number of rows, the first of them."""
        self._index()
        found = self.database.execute(
            "SELECT key, count(*), min(place), said FROM row WHERE key NOT IN (SELECT key FROM image) "
            "GROUP BY key ORDER BY min(place)"
        )
        for key, count, _, said in found:
            yield _unpacked(key), count, _unpacked(said)

    def _write(self) -> None:
        self.database.executemany("INSERT INTO row (key, said) VALUES (?, ?)", self.rows)
        self.rows.clear()

    def _index(self) -> None:
        self._write()
        self.database.execute("CREATE INDEX IF NOT EXISTS row_by_image ON row (key, place)")


@contextmanager
def gathered(listing: Listing) -> Iterator[Gathered]:
    """Beside the listing's files, where it has room; gone when it is closed."""
    with listing.scratch_file("rows.sqlite3") as path, closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.executescript(SCHEMA)
        database.execute("BEGIN")
        yield Gathered(database)


def _packed(value: Any) -> bytes:
    """In a fifth of the time that JSON takes. Equal bytes for equal keys: version 2 has no references."""
    return marshal.dumps(value, 2)


def _unpacked(data: bytes) -> Any:
    return marshal.loads(data)  # noqa: S302 - we wrote it
