"""What an import says of itself: counts, findings, progress. As it stands in the row, so that another may go on."""

import copy
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from annotations.dataset.findings import Finding
from annotations.models import Import

KEPT = 500
COUNTS = ("files", "images_created", "images_duplicate", "annotations_created", "annotations_existing")


@dataclass(slots=True)
class Report:
    """`total` images are in the archive, `done` of them are handled; `consumed` counts all that the reader gave."""

    counts: Counter[str] = field(default_factory=Counter)
    findings: list[dict[str, Any]] = field(default_factory=list)
    finding_count: int = 0
    total: int = 0
    done: int = 0
    consumed: int = 0
    unspoken: int = 0

    @classmethod
    def of(cls, job: Import) -> Self:
        numbers = {name: job.progress.get(name, 0) for name in ("total", "done", "consumed", "unspoken")}
        return cls(Counter(job.counts), list(job.findings), job.finding_count, **numbers)

    def copy(self) -> "Report":
        return copy.deepcopy(self)

    def begin(self, total: int, findings: Iterable[Finding]) -> None:
        self.total = total
        self.note(*findings)

    def note(self, *findings: Finding) -> None:
        self.finding_count += len(findings)
        self.findings += [finding.to_json() for finding in findings[: max(0, KEPT - len(self.findings))]]

    def end(self) -> None:
        if self.unspoken:
            images = "1 image has" if self.unspoken == 1 else f"{self.unspoken} images have"
            self.note(Finding("info", "", f"{images} no annotation file and came in unlabelled"))
        self.total = self.done = max(self.total, self.done)

    @property
    def columns(self) -> dict[str, Any]:
        """As the row of the import keeps it."""
        progress = {"done": self.done, "total": self.total, "consumed": self.consumed, "unspoken": self.unspoken}
        return {
            "counts": {name: self.counts[name] for name in COUNTS},
            "findings": self.findings,
            "finding_count": self.finding_count,
            "progress": progress,
        }
