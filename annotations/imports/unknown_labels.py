"""Labels that the project has not, in an import that may not add them: it stops before anything lands."""

from collections.abc import Iterable
from dataclasses import dataclass

from annotations.dataset.findings import Finding, Rule
from annotations.imports.archives import ArchiveRefused
from annotations.models import Import, StagedLabel
from boxwright import limits
from boxwright.projects.label_names import label_key
from boxwright.projects.models import Label
from boxwright.projects.queries import may_make_labels

NAMED, NAME_CHARACTERS = 20, 30
"""Labels that the error names, and how much of each: it goes into each list and event."""


class UnknownLabels(ArchiveRefused):
    code = "unknown_labels"


@dataclass(slots=True)
class _Unknown:
    """A label as it was first met: its name, the file and the line; and how often."""

    name: str
    file: str
    line: int | None
    count: int = 0

    @property
    def finding(self) -> Finding:
        number = "1 annotation" if self.count == 1 else f"{self.count} annotations; this is the first"
        return Finding(Rule.UNKNOWN_LABEL, self.file, f"unknown label {_short(self.name)!r}: {number}", self.line)


def expect_known_labels(job: Import, staged: Iterable[StagedLabel]) -> None:
    """Asked where the import may not add labels. Raises UnknownLabels, which lists those that annotations carry."""
    keys = set(Label.objects.filter(project_id=job.project_id).values_list("key", flat=True))
    refuse_unknown(job, (row for row in staged if row.count and label_key(row.name) not in keys))


def refuse_unknown(job: Import, staged: Iterable[StagedLabel]) -> None:
    """Raises UnknownLabels unless there is none."""
    unknown: dict[str, _Unknown] = {}
    for row in staged:
        unknown.setdefault(label_key(row.name), _Unknown(row.name, row.file, row.line)).count += row.count
    if unknown:
        ordered = sorted(unknown.values(), key=lambda one: -one.count)
        raise UnknownLabels(_sentence(job, ordered), tuple(one.finding for one in ordered))


def _sentence(job: Import, unknown: list[_Unknown]) -> str:
    many = len(unknown)
    number = "1 label" if many == 1 else f"{'at least ' if many >= limits.FINDINGS_AN_IMPORT else ''}{many} labels"
    named = ", ".join(f"{_short(one.name)!r} ({one.count})" for one in unknown[:NAMED])
    more = f" and {many - NAMED} more" if many > NAMED else ""
    found = f"nothing was imported, for the archive has {number} that the project does not know: {named}{more}"
    return f"{found}. {_way_out(job)}"


def _way_out(job: Import) -> str:
    if may_make_labels(job.created_by, job.project):
        return "Import it again and allow it to add labels"
    return "Only managers add labels: ask a manager to import it"


def _short(name: str) -> str:
    return name if len(name) <= NAME_CHARACTERS else f"{name[: NAME_CHARACTERS - 1]}…"
