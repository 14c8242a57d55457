"""The project's images by their names, for archives that bring annotations and no pictures.

An index in the attempt's own folder, made when it is first asked: ten thousand look-ups cost a tenth of a second, and
a million images no memory.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from posixpath import basename
from types import TracebackType
from typing import Self

from annotations.formats.image_names import plain, stem, variants
from annotations.formats.layout import Size
from annotations.formats.reading import Known
from annotations.imaging import Probe, probe
from annotations.imports import image_sum
from annotations.imports.image_sum import ImageSum
from annotations.models import Image, Import
from annotations.originals import originals_of
from annotations.stored_images import image_limits
from boxwright.jobs import Beat
from boxwright.storage import registry

COLUMNS = ("sha256", "name", "content_type", "width", "height")
MADE = "CREATE TABLE image (called, stem, sha256, name, content_type, width, height)"
TOLD_APART = 100
"""Of more images with one name it is not said how many there are."""

Row = tuple[str, str, str, int, int]


class ProjectImages:
    def __init__(self, job: Import, beat: Beat) -> None:
        self.job, self.beat = job, beat
        self._index: sqlite3.Connection | None = None
        self.seen: ImageSum | None = None
        """All images as they were when the index was made."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._index is not None:
            self._index.close()

    def find(self, names: Sequence[str], declared: Size | None) -> Sequence[Known]:
        """By name, else by name whatever the suffix; small and large letters are the same. Raises Refused."""
        for path in (variant for name in names for variant in variants(name)):
            if rows := self._called("called", basename(path)) or self._called("stem", stem(path)):
                return [self._known(row, declared if len(rows) == 1 else None) for row in rows]
        return ()

    def _called(self, column: str, name: str) -> list[Row]:
        index = self._index = self._index or self._made()
        asked = f"SELECT {', '.join(COLUMNS)} FROM image WHERE {column} = ? LIMIT {TOLD_APART}"  # noqa: S608 - ours
        return index.execute(asked, [plain(name)]).fetchall()

    def _known(self, row: Row, declared: Size | None) -> Known:
        sha256, name, content_type, width, height = row
        found = Probe(content_type, width, height)
        is_turned = width != height and declared == (height, width)
        if is_turned or self.job.choices.get("boxes_on") == "stored":
            found = self._probed(sha256)
        return Known(sha256, name, found)

    def _probed(self, sha256: str) -> Probe:
        """By the original's header: no row tells how it is turned. Raises Refused."""
        self.beat.check()
        original = originals_of(self.job.project.team_id, [sha256])[sha256]
        with closing(replace(original, sha256="").open()) as file:  # only its beginning is read
            return probe(file, image_limits())

    def _made(self) -> sqlite3.Connection:
        index = sqlite3.connect(self.beat.folder / "images.sqlite3", isolation_level=None)
        for line in ("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", MADE, "BEGIN"):
            index.execute(line)
        seen = ImageSum(is_searched=True)
        for rows in registry.batches(self._rows(seen), 2000):
            self.beat.check()
            index.executemany("INSERT INTO image VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        for line in ("CREATE INDEX by_name ON image (called)", "CREATE INDEX by_stem ON image (stem)", "COMMIT"):
            index.execute(line)
        self.seen = seen
        return index

    def _rows(self, seen: ImageSum) -> Iterator[tuple[str | int, ...]]:
        images = Image.objects.filter(project=self.job.project_id).values_list(*image_sum.COLUMNS)
        for row in images.iterator():
            seen.add(row)
            _, sha256, name, *facts = row[: 1 + len(COLUMNS)]
            yield plain(name), plain(stem(name)), sha256, name, *facts
