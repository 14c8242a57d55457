"""An annotation file says how large its image is; the image knows better. Boxes move from the one to the other."""

from collections.abc import Callable
from typing import Literal, Protocol

from annotations.dataset.boxes import oriented, scaled
from annotations.dataset.findings import Rule
from annotations.dataset.records import Box
from annotations.formats.layout import Choices, Size
from annotations.imaging import Probe

SAME_SHAPE = 0.01
"""Aspect ratios that differ by less than this are of the same picture at another size."""

Placing = Callable[[Box], Box]
"""How a box moves from where it was drawn onto the EXIF-oriented picture."""


class Note(Protocol):
    def __call__(self, rule: Rule, reason: str) -> None: ...


def bring_onto(
    declared: Size | None, unit: Literal["pixels", "shares"], picture: Probe, choices: Choices, note: Note
) -> Placing:
    """From an image of the size `declared` (width, height) onto the EXIF-oriented picture; notes what it assumed."""
    if declared and not all(declared):
        real = f"{picture.width}×{picture.height}"
        note(Rule.SIZE_MISSING, f"says the image is {declared[0]}×{declared[1]}; its real size {real} is used")
        declared = None
    if _on_stored(declared, picture, choices):
        note(Rule.TURNED, f"boxes were drawn on the image before its EXIF rotation{_why(choices)}; turned with it")
        return _from_stored(declared, unit, picture)
    if picture.orientation != 1:
        note(Rule.TURNED, f"the image has an EXIF rotation; its boxes are taken as drawn on it as shown{_why(choices)}")
    if unit == "shares":
        return lambda box: scaled(box, picture.width, picture.height)
    if declared is None or declared == (picture.width, picture.height):
        return lambda box: box
    return _resized(declared, picture, note)


def _on_stored(declared: Size | None, picture: Probe, choices: Choices) -> bool:
    if choices.boxes_on != "auto" or picture.orientation == 1:
        return choices.boxes_on == "stored" and picture.orientation != 1
    return declared == picture.stored_size != (picture.width, picture.height)


def _why(choices: Choices) -> str:
    return "" if choices.boxes_on == "auto" else ", as chosen"


def _from_stored(declared: Size | None, unit: Literal["pixels", "shares"], picture: Probe) -> Placing:
    width, height = picture.stored_size
    across, down = (1.0, 1.0)
    if unit == "shares":
        across, down = width, height
    elif declared:
        across, down = width / declared[0], height / declared[1]
    return lambda box: oriented(scaled(box, across, down), width, height, picture.orientation)


def _resized(declared: Size, picture: Probe, note: Note) -> Placing:
    (width, height), real = declared, (picture.width, picture.height)
    said = f"says the image is {width}×{height}, but it is {real[0]}×{real[1]}"
    if abs(width / height - real[0] / real[1]) < SAME_SHAPE * real[0] / real[1]:
        note(Rule.SCALED, f"{said}; its boxes are scaled")
        return lambda box: scaled(box, real[0] / width, real[1] / height)
    note(Rule.SIZE_DIFFERS, f"{said}; its boxes are taken as they stand")
    return lambda box: box
