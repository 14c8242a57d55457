"""An annotation file says how large its image is; the image knows better. Boxes move from the one to the other."""

from collections.abc import Callable
from typing import Literal, Protocol

from annotations.dataset.boxes import oriented, scaled
from annotations.dataset.findings import Severity
from annotations.dataset.records import Box
from annotations.formats.layout import Size
from annotations.imaging import Probe

SAME_SHAPE = 0.01
"""Aspect ratios that differ by less than this are of the same picture at another size."""

Placing = Callable[[Box], Box]
"""How a box moves from where it was drawn onto the EXIF-oriented picture."""


class Note(Protocol):
    def __call__(self, severity: Severity, reason: str) -> None: ...


def bring_onto(declared: Size | None, unit: Literal["pixels", "shares"], picture: Probe, note: Note) -> Placing:
    """From an image of the size `declared` (width, height) onto the EXIF-oriented picture; notes what it assumed."""
    if unit == "shares":
        return lambda box: scaled(box, picture.width, picture.height)
    if declared is None:
        return lambda box: box
    real, (width, height) = (picture.width, picture.height), declared
    if not width or not height:
        note("info", f"says the image is {width}×{height}; its real size {real[0]}×{real[1]} is used")
        return lambda box: box
    if declared == real:
        return lambda box: box
    if declared == picture.stored_size:
        note("info", "boxes were drawn on the image before its EXIF rotation; they are turned with it")
        return lambda box: oriented(box, width, height, picture.orientation)
    said = f"says the image is {width}×{height}, but it is {real[0]}×{real[1]}"
    if abs(width / height - real[0] / real[1]) < SAME_SHAPE * real[0] / real[1]:
        note("warning", f"{said}; its boxes are scaled")
        return lambda box: scaled(box, real[0] / width, real[1] / height)
    note("warning", f"{said}; its boxes are taken as they stand")
    return lambda box: box
