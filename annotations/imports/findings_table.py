"""An import's findings as a table for spreadsheets, made while it is sent."""

import csv
from collections.abc import Iterator

from annotations.models import Import
from annotations.queries import findings_of

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


class _Line:
    """What a csv writer writes to: it answers the line."""

    def write(self, line: str) -> str:
        return line


def findings_table(job: Import) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield writer.writerow(("severity", "rule", "file", "line", "reason"))
    for finding in findings_of(job).order_by("severity", "number").iterator():
        line = "" if finding.line is None else finding.line
        texts = (finding.get_severity_display(), finding.rule, as_text(finding.file))
        yield writer.writerow((*texts, line, as_text(finding.reason)))


def as_text(value: str) -> str:
    """With an apostrophe before what a spreadsheet would reckon."""
    return f"'{value}" if value.startswith(FORMULA) else value
