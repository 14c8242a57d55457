"""The labels' names that an import meets, numbered: staged annotations name the number."""

from collections.abc import Iterable
from typing import Any

from annotations.dataset.findings import Finding, Rule
from annotations.dataset.records import AnnotationRecord
from annotations.file_names import one_line
from annotations.formats.placing import LONGEST_LABEL
from annotations.formats.reading import Found
from annotations.imports.label_rules import may_add_labels
from annotations.imports.report import Report
from annotations.imports.unknown_labels import expect_known_labels
from annotations.models import Import, StagedLabel
from boxwright import limits


class StagedLabels:
    """Whoever goes on after a worker's death begins with the rows."""

    def __init__(self, job: Import) -> None:
        self.job = job
        rows = StagedLabel.objects.filter(job=job).order_by("number")
        self.by_name: dict[str, StagedLabel] = {row.name: row for row in rows}
        self.changed: dict[str, StagedLabel] = {}

    def add_listed(self, names: Iterable[str]) -> None:
        """Those that the files list, before any annotation names them."""
        for name in names:
            self._row(name.strip()[:LONGEST_LABEL])

    def taken(self, found: Found, report: Report) -> tuple[list[Any], int]:
        """The record's annotations as a row keeps them, and how many have a label too many.

        Raises UnknownLabels where these could not be made anyway.
        """
        kept: list[Any] = []
        for annotation, line in zip(found.annotations, found.lines, strict=True):
            row = self._row(annotation.label, found.source, line)
            if row is None:
                self._refuse(annotation, found, line, report)
                continue
            row.count += 1
            self.changed[row.name] = row
            box = annotation.box
            sides = [box.x_min, box.y_min, box.x_max, box.y_max] if box else None
            kept.append([row.number, sides, annotation.score, dict(annotation.attributes) or None, line])
        return kept, len(found.annotations) - len(kept)

    def write(self) -> None:
        """Inside the transaction of the annotations that name them."""
        rows, self.changed = list(self.changed.values()), {}
        known = [row for row in rows if row.pk]
        StagedLabel.objects.bulk_update(known, ["count", "file", "line"], batch_size=200)
        StagedLabel.objects.bulk_create([row for row in rows if not row.pk], batch_size=200)

    def _row(self, name: str, file: str = "", line: int | None = None) -> StagedLabel | None:
        name = name.replace("\0", "\N{REPLACEMENT CHARACTER}")  # PostgreSQL keeps no null character in a text
        row = self.by_name.get(name)
        if row is None and len(self.by_name) < limits.FINDINGS_AN_IMPORT:
            row = self.by_name[name] = StagedLabel(job=self.job, number=len(self.by_name), name=name)
            self.changed[name] = row
        if row is not None and file and not row.count:
            row.file, row.line = one_line(file, limits.FINDING_CHARACTERS), line
        return row

    def _refuse(self, annotation: AnnotationRecord, found: Found, line: int | None, report: Report) -> None:
        if not self.job.review and not may_add_labels(self.job):
            expect_known_labels(self.job, self.by_name.values())
        name = annotation.label[: limits.LABEL_NAME_LENGTH]
        many = f"label {name!r} is one more than the {limits.FINDINGS_AN_IMPORT} that an import counts; left out"
        report.note(Finding(Rule.UNKNOWN_LABEL, found.source, many, line))
