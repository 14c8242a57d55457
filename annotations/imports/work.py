"""Working through what a reader found: batches of pictures, each written in one transaction with its progress.

The progress counts what was consumed, in an order that is the same each time; whoever takes over after a worker's
death skips that much. Ids are made from what an annotation says, so importing the same twice adds nothing.
"""

import itertools
import time
from collections.abc import Iterator
from pathlib import Path

from django.db import IntegrityError, transaction

from annotations import counters
from annotations.counters import LabelGone
from annotations.dataset.findings import Finding
from annotations.formats import Format, Found, ReadLimits
from annotations.formats.format import pictures_in
from annotations.imaging import Refused
from annotations.imports.batches import Arrival, Arrivals
from annotations.imports.report import Report
from annotations.models import Import
from annotations.stored_images import known_images, picture_limits, put_picture, sha256_of
from boxwright import limits
from boxwright.jobs import Beat

BATCH = 32
BATCH_SECONDS = 1.0
TRIES = 20


class Importing:
    """One run over one unpacked archive."""

    def __init__(self, job: Import, beat: Beat, tree: Path, layout: Format) -> None:
        self.job, self.beat, self.tree, self.layout = job, beat, tree, layout
        self.report = Report.of(job)
        self.first_seen: dict[str, str] = {}
        """sha256 → the file of this archive that brought it"""

    def run(self, found: tuple[Finding, ...]) -> None:
        if self.layout.read is None:
            raise ValueError(f"{self.layout.name} is not read")
        items = self.layout.read(self.tree, _read_limits())
        if self.report.total:
            self._skip(items)
        else:
            self.report.begin(len(pictures_in(self.tree)), found)
            with transaction.atomic():
                self._write_report(self.report)
        arrivals = Arrivals(self.job)
        for batch in _batches(self._arrivals(items)):
            self._commit(batch, arrivals)
        self._finish()

    def _skip(self, items: Iterator[Found]) -> None:
        """Go on where another worker died; only remember which pictures the archive brought before."""
        for found in itertools.islice(items, self.report.consumed):
            if found.image is not None:
                with found.image.open("rb") as file:
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
        name = found.image.relative_to(self.tree).as_posix()
        with found.image.open("rb") as file:
            sha = sha256_of(file)
            if sha in self.first_seen:
                return Arrival(found, sha256=sha, twin_of=self.first_seen[sha])
            if known_images(self.job.project, [sha]):
                self.first_seen[sha] = name
                return Arrival(found, sha256=sha, is_known=True)
            try:
                stored = put_picture(self.job.project.team_id, found.image.name, sha, file)
            except Refused as refusal:
                return Arrival(found, refused=Finding("error", name, refusal.reason))
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
        self.beat.write(**report.columns, attempt=1)  # only attempts without progress count
        report.keep_findings(self.job)

    def _finish(self) -> None:
        self.report.end()
        with transaction.atomic():
            self.beat.finish(**self.report.columns)
            self.report.keep_findings(self.job)


def _read_limits() -> ReadLimits:
    return ReadLimits(picture_limits(), limits.ANNOTATION_FILE_BYTES, limits.BOXES_AN_IMAGE)


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
