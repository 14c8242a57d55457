"""Working through what a reader found: batches of pictures, each written in one transaction with its progress.

The progress counts what was consumed, in an order that is the same each time; whoever takes over after a worker's
death skips that much. Ids are made from what an annotation says, so importing the same twice adds nothing.
"""

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from posixpath import basename

from django.db import IntegrityError, transaction

from annotations import counters
from annotations.counters import LabelGone
from annotations.dataset.findings import Finding, Rule
from annotations.formats import Format
from annotations.formats.errors import FormatError
from annotations.formats.layout import Header, ReadLimits, mismatch
from annotations.formats.listing import Listing
from annotations.formats.reading import Found, Reading, read
from annotations.imaging import Refused
from annotations.imports.archives import ArchiveRefused
from annotations.imports.batches import Arrival, Arrivals
from annotations.imports.project_labels import labels_of, labels_with
from annotations.imports.report import Report
from annotations.imports.unknown_labels import expect_known_labels
from annotations.models import Import
from annotations.stored_images import image_limits, known_images, sha256_of, store_image
from boxwright import limits
from boxwright.jobs import PROGRESS, Beat

BATCH = 32
BATCH_SECONDS = 1.0
TRIES = 20


class Importing:
    """One run over one unpacked archive."""

    def __init__(self, job: Import, beat: Beat, listing: Listing, chosen: Format) -> None:
        self.job, self.beat, self.listing, self.format = job, beat, listing, chosen
        self.report = Report.of(job)
        self.first_seen: dict[str, str] = {}
        """sha256 → the file of this archive that brought it"""

    def run(self, found: tuple[Finding, ...]) -> None:
        with _refused_where_unreadable():
            reading = self._read()
            if self.report.total:
                self._skip(reading.records)
            else:
                self._begin(found, reading.header)
            arrivals = Arrivals(self.job)
            for batch in _batches(self._arrivals(reading.records)):
                self._commit(batch, arrivals)
        self._finish()

    def _read(self) -> Reading:
        """Raises ArchiveRefused where the annotations are of another kind than the project's."""
        reading = read(self.format.layout, self.listing, _read_limits())
        if fault := mismatch(self.format.title, reading.header.task, self.job.project.task):
            raise ArchiveRefused(fault)
        return reading

    def _begin(self, found: tuple[Finding, ...], header: Header) -> None:
        expect_known_labels(self.job, self._watched)
        self._add_labels(header.labels)
        self.report.begin(len(self.listing.images), found)
        with transaction.atomic():
            self._write_report(self.report)

    def _watched(self) -> Iterator[Found]:
        """The records once more, with heartbeats."""
        for found in self._read().records:
            self.beat.check()
            yield found

    def _add_labels(self, names: tuple[str, ...]) -> None:
        """All that the files list, in their order; where there is no room for all, only as annotations bring them."""
        known = labels_of(self.job)
        new = [name for name in names if known.get(name) is None]
        if new and len(known.by_key) + len(new) <= limits.LABELS_A_PROJECT:
            labels_with(self.job, new)

    def _skip(self, items: Iterator[Found]) -> None:
        """Go on where another worker died; only remember which pictures the archive brought before."""
        for found in itertools.islice(items, self.report.consumed):
            if found.image is not None:
                with self.listing.path(found.image).open("rb") as file:
                    self.first_seen.setdefault(sha256_of(file), found.source)
            self.beat.check()

    def _arrivals(self, items: Iterator[Found]) -> Iterator[Arrival]:
        for found in items:
            self.beat.check()
            yield self._arrival(found)

    def _arrival(self, found: Found) -> Arrival:
        """Check and store the picture; its row is written with its batch."""
        if found.image is None:
            return Arrival(found)
        name = found.image
        with self.listing.path(name).open("rb") as file:
            sha = sha256_of(file)
            if sha in self.first_seen:
                return Arrival(found, sha256=sha, twin_of=self.first_seen[sha])
            if known_images(self.job.project, [sha]):
                self.first_seen[sha] = name
                return Arrival(found, sha256=sha, is_known=True)
            try:
                stored = store_image(self.job.project.team_id, basename(name), sha, file)
            except Refused as refusal:
                return Arrival(found, refused=Finding(Rule.IMAGE_REFUSED, name, refusal.reason))
        self.first_seen[sha] = name
        return Arrival(found, sha256=sha, stored=stored)

    def _commit(self, batch: list[Arrival], arrivals: Arrivals) -> None:
        """One transaction: rows, counters, findings and progress go together or not at all."""
        for attempt in range(TRIES):
            labels, report = arrivals.make_labels(batch), self.report.copy()
            try:
                with transaction.atomic():
                    arrivals.write(batch, labels, report)
                    self._write_report(report)
                    counters.publish_counts(self.job.project_id)
            except (LabelGone, IntegrityError):
                if attempt == TRIES - 1:
                    raise
                continue
            self.report = report
            return

    def _write_report(self, report: Report) -> None:
        """Inside a transaction. Raises Lost before findings are written beside another worker's."""
        self.beat.write(**report.columns, **PROGRESS)
        report.keep_findings(self.job)

    def _finish(self) -> None:
        self.report.end()
        with transaction.atomic():
            self.beat.finish(**self.report.columns)
            self.report.keep_findings(self.job)


@contextmanager
def _refused_where_unreadable() -> Iterator[None]:
    try:
        yield
    except FormatError as error:
        raise ArchiveRefused(error.reason, (Finding(Rule.UNREADABLE, error.file, error.reason, error.line),)) from error


def _read_limits() -> ReadLimits:
    return ReadLimits(image_limits(), limits.ANNOTATION_FILE_BYTES, limits.BOXES_AN_IMAGE)


def _batches(arrivals: Iterator[Arrival]) -> Iterator[list[Arrival]]:
    """By number, or by time where pictures are large: progress is seen, and little is lost with a worker."""
    batch: list[Arrival] = []
    began = time.monotonic()
    for arrival in arrivals:
        batch.append(arrival)
        if len(batch) >= BATCH or time.monotonic() - began > BATCH_SECONDS:
            yield batch
            batch, began = [], time.monotonic()
    if batch:
        yield batch
