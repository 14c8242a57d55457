"""Numbers as other tools write them."""

import re
from typing import Any

COMMA = re.compile(r"\s*[+-]?\d+,\d+\s*")


def number(said: Any) -> float:
    """From a number or a text, also one with a decimal comma; inf and nan are numbers here. Raises ValueError."""
    if isinstance(said, str):
        return float(said.replace(",", ".") if COMMA.fullmatch(said) else said)
    if isinstance(said, bool) or not isinstance(said, int | float):
        raise ValueError(f"{said!r} is no number")  # noqa: TRY004 - a reader asks for one kind of error
    try:
        return float(said)
    except OverflowError as error:
        raise ValueError("a number of more than 300 digits") from error


def has_comma(said: Any) -> bool:
    """Whether the text is a number with a decimal comma."""
    return isinstance(said, str) and COMMA.fullmatch(said) is not None


def shortest(value: float) -> int | float:
    """The number that JSON and CSV show shortest, and that reads as the same float."""
    return int(value) if value == int(value) else value
