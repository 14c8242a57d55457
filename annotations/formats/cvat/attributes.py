"""Attributes as CVAT has them: texts, from which true, false and numbers are told by how they look."""

import math
from typing import Any

from annotations.formats.xml_texts import clean

FLAGS = {"true": True, "false": False}
MOST = 2**53


def as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return clean(value) if isinstance(value, str) else repr(value)


def typed(text: str) -> bool | float | str:
    """A number where it is written as Python writes it: "007" stays a text."""
    if text in FLAGS:
        return FLAGS[text]
    for kind in (int, float):
        try:
            value = kind(text)
        except ValueError:
            continue
        if math.isfinite(value) and abs(value) <= MOST and repr(value) == text:
            return value
    return text


def comes_back(value: Any) -> bool:
    again = typed(as_text(value))
    return again == value and type(again) is type(value)
