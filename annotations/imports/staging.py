"""The first stage of an import: all that its reader finds becomes rows that wait; nothing of the project changes.

The progress counts what was consumed, in an order that is the same each time; whoever takes over after a worker's
death skips that much, and the rows tell which pictures were there.
"""

import itertools
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from posixpath import basename

from django.db import transaction

from annotations.dataset.findings import Finding, Rule
from annotations.formats import Format
from annotations.formats.errors import FormatError
from annotations.formats.layout import Header, ReadLimits, mismatch
from annotations.formats.listing import Listing
from annotations.formats.reading import Found, Reading, read
from annotations.imports.archives import ArchiveRefused
from annotations.imports.image_sum import ImageSum
from annotations.imports.options import choices_of
from annotations.imports.places import kept_places
from annotations.imports.project_images import ProjectImages
from annotations.imports.report import Report
from annotations.imports.staged_labels import StagedLabels
from annotations.imports.staged_rows import Pictures, StagedRow, delete_staged, staged_row, write_staged
from annotations.models import Import
from annotations.originals import left_among
from annotations.stored_images import AT_ONCE, New, image_limits, sha256_of, store_images
from boxwright import limits
from boxwright.jobs import PROGRESS, Beat
from boxwright.storage.places import Place
from boxwright.storage.registry import batches

BATCH = 256
BATCH_SECONDS = 1.0


class Staging:
    """One run over one unpacked archive."""

    def __init__(self, job: Import, beat: Beat, listing: Listing, chosen: Format) -> None:
        self.job, self.beat, self.listing, self.format = job, beat, listing, chosen
        self.report = Report.of(job)
        self.places = kept_places(beat.folder)
        self.seen: ImageSum | None = None
        """The project's images before anything of them was read; None where that is not known."""

    def run(self, found: tuple[Finding, ...]) -> Report:
        with _refused_where_unreadable(), ProjectImages(self.job, self.beat) as elsewhere:
            goes_on = self.report.has_begun
            before = self._images() if self.listing.images and not goes_on else None
            reading = self._read(elsewhere)
            if goes_on:
                self.labels = StagedLabels(self.job)
                self._skip(reading.records)
            else:
                self._begin(found, reading.header)
            self.report.set_out()
            for batch in _batches(self._watched(reading.records)):
                self._stage(batch)
            self.seen = None if goes_on else before or elsewhere.seen
            if self.seen and elsewhere.seen:
                self.seen.is_searched = True
        return self.report

    def _images(self) -> ImageSum:
        return ImageSum.of(self.job.project_id, self.beat.check)

    def _read(self, elsewhere: ProjectImages) -> Reading:
        """Raises ArchiveRefused where the annotations are of another kind than the project's."""
        reading = read(self.format.layout, self.listing, _read_limits(self.job), elsewhere)
        if fault := mismatch(self.format.title, reading.header.task, self.job.project.task):
            raise ArchiveRefused(fault)
        return reading

    def _begin(self, found: tuple[Finding, ...], header: Header) -> None:
        """Afresh: what was read before, in another format, is gone."""
        delete_staged(self.job)
        self.labels = StagedLabels(self.job)
        self.labels.add_listed(header.labels)
        self.report.begin(len(self.listing.images), found)
        with transaction.atomic():
            self._write_report(read_as=dict(header.read_as))
            self.labels.write()

    def _skip(self, records: Iterator[Found]) -> None:
        """Go on where another worker died."""
        for _ in itertools.islice(records, self.report.consumed):
            self.beat.check()

    def _watched(self, records: Iterator[Found]) -> Iterator[Found]:
        for found in records:
            self.beat.check()
            yield found

    def _stage(self, batch: list[Found]) -> None:
        """One transaction: rows, findings and progress go together or not at all."""
        pictures = Pictures.of(self.job, [self._sha256(found) for found in batch])
        self._store(batch, pictures)
        rows = [
            row
            for found, sha256 in zip(batch, pictures.hashes, strict=True)
            if (row := self._row(found, sha256, pictures))
        ]
        with transaction.atomic():
            self._write_report()
            self.labels.write()
            write_staged(self.job, rows)

    def _sha256(self, found: Found) -> str:
        """Empty where the record brings no picture."""
        self.beat.check()
        if found.image is None:
            return found.known
        with self.listing.path(found.image).open("rb") as file:
            return sha256_of(file)

    def _store(self, batch: list[Found], pictures: Pictures) -> None:
        """Those that are new, several at once. Opened here: a listing takes out what lies in other files one by one.

        And known ones that were left in a bucket, where these come from another place: it holds from now on.
        """
        brought = {sha256: found for found, sha256 in zip(batch, pictures.hashes, strict=True) if found.image}
        left = left_among(self.job.project.team_id, brought.keys() & pictures.known.keys())
        moved = {sha256 for sha256, place in left.items() if self._place(brought[sha256]) != place}
        new = [(sha256, found) for sha256, found in brought.items() if pictures.is_new(sha256) or sha256 in moved]
        for some in batches(new, AT_ONCE):
            self.beat.check()
            with ExitStack() as files:
                sent = [self._new(found, sha256, files) for sha256, found in some]
                pictures.new.update(store_images(self.job.project.team_id, sent))

    def _new(self, found: Found, sha256: str, files: ExitStack) -> New:
        name = found.image or ""
        file = files.enter_context(self.listing.path(name).open("rb"))
        return New(found.name or basename(name), file, sha256, self._place(found))

    def _place(self, found: Found) -> Place | None:
        """Where its picture is left; None where it is copied."""
        name = found.image or ""
        return None if name in self.listing.inside else self.places.get(name)

    def _row(self, found: Found, sha256: str, pictures: Pictures) -> StagedRow | None:
        """Check and store the picture, if there is one that counts; note what happened."""
        self.beat.check()
        ordinal, report = self.report.consumed, self.report
        report.consumed += 1
        if not sha256:
            report.note(*found.findings)
            return None
        report.done += 1
        report.counts["files"] += 1
        if first := pictures.staged.get(sha256):
            self._note_twin(found, first)
            return None
        facts = pictures.facts_of(sha256)
        if isinstance(facts, str):
            rule = Rule.IMAGE_REFUSED if found.image else Rule.IMAGE_GONE
            report.note(Finding(rule, found.image or found.source, facts))
            return None
        report.note(*found.findings)
        report.unspoken += not found.annotated
        pictures.staged[sha256] = found.image or found.source
        annotations, strange = self.labels.taken(found, report)
        report.counts["annotations_left_out"] += found.left_out + strange
        return staged_row(ordinal, found, sha256, facts, annotations, strange)

    def _note_twin(self, found: Found, first: str) -> None:
        self.report.note(*found.findings)
        self.report.counts["images_duplicate"] += 1
        count = len(found.annotations)
        self.report.counts["annotations_left_out"] += count + found.left_out
        left = f"; its {count} annotations were left out" if count else ""
        self.report.note(Finding(Rule.SAME_PICTURE, found.source, f"the same picture as {first}{left}"))

    def _write_report(self, **changes: object) -> None:
        """Inside a transaction. Raises Lost before anything is written beside another worker's."""
        self.beat.write(**self.report.columns, **changes, **PROGRESS)
        self.report.keep_findings(self.job)


@contextmanager
def _refused_where_unreadable() -> Iterator[None]:
    try:
        yield
    except FormatError as error:
        raise ArchiveRefused(error.reason, (Finding(Rule.UNREADABLE, error.file, error.reason, error.line),)) from error


def _read_limits(job: Import) -> ReadLimits:
    per_image = limits.BOXES_AN_IMAGE
    return ReadLimits(image_limits(), limits.ANNOTATION_FILE_BYTES, per_image, choices=choices_of(job.choices))


def _batches(records: Iterator[Found]) -> Iterator[list[Found]]:
    """By number, or by time where reading is slow: progress is seen, and little is lost with a worker."""
    batch: list[Found] = []
    began = time.monotonic()
    for found in records:
        batch.append(found)
        if len(batch) >= BATCH or time.monotonic() - began > BATCH_SECONDS:
            yield batch
            batch, began = [], time.monotonic()
    if batch:
        yield batch
