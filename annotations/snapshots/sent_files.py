"""Size and CRC-32 of pictures' files as they go out: asked before a picture is read, learned when it was."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Lock

from django.db import OperationalError, close_old_connections, connection

from annotations.dataset.records import ImageRecord
from annotations.models import Image, SentFile
from annotations.originals import originals_of
from annotations.snapshots.writer_version import cleaner
from boxwright.projects.models import Project
from boxwright.storage import registry
from boxwright.storage.named import Named

log = logging.getLogger(__name__)

BATCH = 500
_database = Lock()
"""The threads that make zips take one connection between them, and give it back after each look."""

Known = tuple[int, int]
"""Size and CRC-32."""


class SentFiles:
    """Looks a batch of records ahead, and keeps no more in memory."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.cleaner = "" if project.share_location else cleaner()
        self._known: dict[str, Known] = {}
        self._as_they_came: set[str] = set()
        self._originals: dict[str, Named] = {}
        self._learned: dict[str, Known] = {}

    def ahead(self, records: Iterable[ImageRecord]) -> Iterator[ImageRecord]:
        for batch in registry.batches(records, BATCH):
            self._look_up([record.sha256 for record in batch])
            yield from batch
        self.keep()

    def of(self, record: ImageRecord) -> Known | None:
        return self._known.get(record.sha256) or self._learned.get(record.sha256)

    def size_of(self, record: ImageRecord) -> int | None:
        """Also where no CRC-32 is known; None where only a look into the file can tell."""
        if self.goes_as_it_came(record):
            return record.size
        known = self.of(record)
        return known[0] if known else None

    def goes_as_it_came(self, record: ImageRecord) -> bool:
        """The project shares places, or the file was looked into and tells none."""
        return not self.cleaner or record.sha256 in self._as_they_came

    def original(self, record: ImageRecord) -> Named:
        found = self._originals.get(record.sha256)
        if found is None:
            with _connected():
                found = originals_of(self.project.team_id, [record.sha256])[record.sha256]
        return found

    def learn(self, record: ImageRecord, known: Known) -> None:
        if self.of(record) is None:
            self._learned[record.sha256] = known
        if len(self._learned) >= BATCH:
            self.keep()

    def keep(self) -> None:
        """Write down what was learned. A database that is busy loses it: the next download learns it again."""
        rows = [
            SentFile(project=self.project, sha256=sha256, cleaner=self.cleaner, size=size, crc32=crc32)
            for sha256, (size, crc32) in self._learned.items()
        ]
        self._learned.clear()
        try:
            with _connected():
                SentFile.objects.bulk_create(rows, ignore_conflicts=True)
        except OperationalError:
            log.warning("the sizes of %d sent files were not kept: the database is busy", len(rows))

    def _look_up(self, hashes: list[str]) -> None:
        rows = SentFile.objects.filter(project=self.project, cleaner=self.cleaner, sha256__in=hashes)
        with _connected():
            self._originals = originals_of(self.project.team_id, hashes)
            self._known = {sha256: (size, crc) for sha256, size, crc in rows.values_list("sha256", "size", "crc32")}
            if self.cleaner:
                same = Image.objects.filter(project=self.project, sha256__in=hashes, has_location=False)
                self._as_they_came = set(same.values_list("sha256", flat=True))


@contextmanager
def _connected() -> Iterator[None]:
    with _database:
        try:
            yield
        finally:
            if not connection.in_atomic_block:  # then it is a caller's
                close_old_connections()
