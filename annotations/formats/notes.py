"""What a layout changed in one image, or in one file: alike things once, with their count."""

from typing import Any

from annotations.dataset.findings import Finding, Rule
from annotations.formats.numbers import has_comma, number


class Notes:
    """`about`: what heads each reason: an image, or where it stands in the file."""

    def __init__(self, file: str, about: str = "") -> None:
        self.file, self.about = file, about
        self.found: dict[tuple[Rule, str], list[int | None]] = {}

    def add(self, rule: Rule, what: str, line: int | None = None) -> None:
        """`line` is told of the first."""
        self.found.setdefault((rule, what), []).append(line)

    def number(self, said: Any, line: int | None = None) -> float:
        """Notes a decimal comma. Raises ValueError."""
        if has_comma(said):
            self.add(Rule.DECIMAL_COMMA, "numbers have a decimal comma", line)
        return number(said)

    def findings(self) -> tuple[Finding, ...]:
        return tuple(
            Finding(rule, self.file, self._reason(what, len(lines)), lines[0])
            for (rule, what), lines in self.found.items()
        )

    def _reason(self, what: str, count: int) -> str:
        head = f"{self.about}: " if self.about else ""
        return f"{head}{what}" if count == 1 else f"{head}{what} ({count} times)"
