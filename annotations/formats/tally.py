"""What is told once a file, with its count."""

from collections import Counter
from collections.abc import Iterator

from annotations.dataset.findings import Finding, Rule

MOST = 200
"""Kinds that a file has; those beyond are counted as one."""
OTHERS = (Rule.ATTRIBUTE, "more fields are not kept")


class Tally:
    def __init__(self) -> None:
        self.counts = Counter[tuple[Rule, str]]()

    def add(self, rule: Rule, text: str) -> None:
        """`text` follows the count."""
        kind = (rule, text)
        self.counts[kind if kind in self.counts or len(self.counts) < MOST else OTHERS] += 1

    def field(self, name: str, of: str) -> None:
        self.add(Rule.ATTRIBUTE, f"{of} have the field {name[:60]!r}, which is not kept")

    def findings(self, file: str) -> Iterator[Finding]:
        for (rule, text), count in self.counts.items():
            yield Finding(rule, file, f"{count} {text}")
