"""What an import says of itself: counts, findings, progress. As it stands in the row, so that another may go on."""

import math
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from annotations.dataset.findings import RULES, Finding, Rule
from annotations.file_names import one_line
from annotations.models import Import, ImportFinding
from boxwright import limits

COUNTS = (
    *("files", "images_created", "images_duplicate", "images_changed"),
    *("annotations_created", "annotations_existing", "annotations_left_out"),
)
SEVERITIES = {known.label: known for known in ImportFinding.Severity}


@dataclass(frozen=True, slots=True)
class Pace:
    """Since `began` (of a monotonic clock), when `done` were done already."""

    began: float
    done: int

    def seconds_left(self, done: int, total: int) -> int | None:
        """None until something is done, and where nobody knows the end."""
        if done <= self.done or total < done:
            return None
        return math.ceil((time.monotonic() - self.began) / (done - self.done) * (total - done))


@dataclass(slots=True)
class Report:
    """`total` images are in the archive, `done` of them are handled; `consumed` counts all that the reader gave.

    `unwritten` are the findings since the last write of the row; those beyond the limit are only counted.
    """

    counts: Counter[str] = field(default_factory=Counter)
    unwritten: list[ImportFinding] = field(default_factory=list)
    finding_count: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    total: int = 0
    done: int = 0
    consumed: int = 0
    unspoken: int = 0
    has_begun: bool = False
    pace: "Pace | None" = None

    @classmethod
    def of(cls, job: Import) -> Self:
        numbers = {name: job.progress.get(name, 0) for name in ("total", "done", "consumed", "unspoken")}
        begun = "total" in job.progress
        return cls(
            Counter(job.counts), has_begun=begun, finding_count=job.finding_count, rules=Counter(job.rules), **numbers
        )

    def set_out(self) -> None:
        """From here on the time that is left is reckoned by the pace."""
        self.pace = Pace(time.monotonic(), self.done)

    def begin(self, total: int, findings: Iterable[Finding]) -> None:
        self.total = total
        self.note(*findings)

    def note(self, *findings: Finding) -> None:
        for finding in findings:
            if self.finding_count < limits.FINDINGS_AN_IMPORT:
                self.unwritten.append(_row(finding, self.finding_count))
            self.finding_count += 1
            self.rules[finding.rule.key] += 1

    def end_reading(self) -> None:
        if self.unspoken:
            images = "1 image has" if self.unspoken == 1 else f"{self.unspoken} images have"
            self.note(Finding(Rule.UNLABELLED, "", f"{images} no annotation file and came in unlabelled"))
            self.unspoken = 0
        self.total = self.done = max(self.total, self.done)

    def end(self) -> None:
        self.total = self.done = self.counts["files"]

    def keep_findings(self, job: Import) -> None:
        """Write what is new; in the transaction that writes `columns`, after it, where the row is known to be ours."""
        rows, self.unwritten = self.unwritten, []
        for row in rows:
            row.job = job
        ImportFinding.objects.bulk_create(rows, batch_size=500)

    @property
    def progress(self) -> dict[str, int | None]:
        numbers = {"done": self.done, "total": self.total, "consumed": self.consumed, "unspoken": self.unspoken}
        return {**numbers, "seconds_left": self.pace.seconds_left(self.done, self.total) if self.pace else None}

    @property
    def columns(self) -> dict[str, Any]:
        """As the row of the import keeps it."""
        return {
            "counts": {name: self.counts[name] for name in COUNTS},
            "finding_count": self.finding_count,
            "rules": dict(self.rules),
            "progress": self.progress,
        }


def counted_rules(job: Import) -> list[dict[str, Any]]:
    """How often each rule was followed, what is worst first."""
    rows = [(RULES[key], count) for key, count in job.rules.items()]
    ordered = sorted(rows, key=lambda row: (SEVERITIES[row[0].severity], -row[1], row[0].key))
    return [
        {"rule": rule.key, "severity": rule.severity, "title": rule.title, "count": count} for rule, count in ordered
    ]


def _row(finding: Finding, number: int) -> ImportFinding:
    most = limits.FINDING_CHARACTERS
    return ImportFinding(
        number=number,
        severity=SEVERITIES[finding.severity],
        rule=finding.rule.key,
        file=one_line(finding.file, most),
        line=finding.line,
        reason=one_line(finding.reason, most),
    )
