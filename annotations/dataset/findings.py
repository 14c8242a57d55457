"""What an import or an audit noticed."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`file` as its archive names it. error: something was left out; warning: changed on its way in; info: to know."""

    severity: Severity
    file: str
    reason: str
    line: int | None = None
