"""A region of VIA as a box, its label and its other attributes."""

import math
from collections.abc import Callable
from typing import Any

from annotations.dataset.attributes import FLAGS
from annotations.dataset.findings import Rule
from annotations.dataset.records import Box
from annotations.formats.json_stream import shown
from annotations.formats.layout import RawAnnotation
from annotations.formats.notes import Notes
from annotations.formats.outlines import around, around_ellipse, has_area
from annotations.formats.via.fields import texts_in

Shape = dict[str, Any]
NO_NUMBERS = ("NaN", "Infinity", "-Infinity")
"""Texts, as JSON is read here."""


def annotation(region: Any, place: str, label_field: str, notes: Notes) -> RawAnnotation:
    """`place`: where it stands in the file. A region of a table names its `line`, and its `problem`."""
    if not isinstance(region, dict):
        return RawAnnotation("", problem=f"{place} is no region: {shown(region)}")
    line, problem = region.get("line"), region.get("problem")
    if isinstance(line, int) and isinstance(problem, str):
        return RawAnnotation("", line=line, problem=problem)
    shape, said = region.get("shape_attributes"), region.get("region_attributes")
    said = said if isinstance(said, dict) else {}
    label = label_in(said, label_field, notes)
    kind = shape.get("name") if isinstance(shape, dict) else None
    to_box = BOXES.get(kind) if isinstance(kind, str) else None
    line = line if type(line) is int else None
    if to_box is None or not isinstance(shape, dict):
        return RawAnnotation(label, line=line, problem=f"{place}: a shape that is not known: {shown(shape)}")
    try:
        box = to_box(shape, notes)
    except (ValueError, TypeError):
        return RawAnnotation(label, line=line, problem=f"{place}: a {kind} that needs numbers: {shown(shape)}")
    if kind != "rect" and has_area(box):
        notes.add(Rule.SHAPE, f"a {kind} of {label[:60]!r} becomes the box around it", line)
    return RawAnnotation(label, box, line, score=score_in(said), attributes=_attributes(said, label_field))


def label_in(said: dict[str, Any], field: str, notes: Notes) -> str:
    labels = texts_in(said.get(field))
    if len(labels) > 1:
        notes.add(Rule.CONTRADICTION, f"the labels {shown(labels)} are set at once; the first counts")
    return labels[0] if labels else ""


def score_in(said: dict[str, Any]) -> float | str | None:
    """Other texts are an attribute that is called so."""
    score: Any = said.get("score")
    return score if type(score) in {int, float} or score in NO_NUMBERS else None


def _attributes(said: dict[str, Any], label_field: str) -> dict[str, Any]:
    found = {name: value for name, value in said.items() if name != label_field}
    if score_in(said) is not None:
        del found["score"]
    found = {name: ", ".join(texts_in(one)) if isinstance(one, dict) else one for name, one in found.items()}
    return {name: value for name, value in found.items() if not (value is False and name in FLAGS)}


def _numbers(shape: Shape, names: tuple[str, ...], notes: Notes) -> list[float]:
    return [notes.number(shape.get(name)) for name in names]


def _rectangle(shape: Shape, notes: Notes) -> Box:
    x, y, width, height = _numbers(shape, ("x", "y", "width", "height"), notes)
    return Box(x, y, x + width, y + height)


def _circle(shape: Shape, notes: Notes) -> Box:
    x, y, radius = _numbers(shape, ("cx", "cy", "r"), notes)
    return Box(x - radius, y - radius, x + radius, y + radius)


def _ellipse(shape: Shape, notes: Notes) -> Box:
    x, y, rx, ry = _numbers(shape, ("cx", "cy", "rx", "ry"), notes)
    return around_ellipse(x, y, rx, ry, math.degrees(notes.number(shape.get("theta") or 0)))


def _outline(shape: Shape, notes: Notes) -> Box:
    xs, ys = ([notes.number(one) for one in shape[name]] for name in ("all_points_x", "all_points_y") if name in shape)
    return around(zip(xs, ys, strict=True))


def _point(shape: Shape, notes: Notes) -> Box:
    x, y = _numbers(shape, ("cx", "cy"), notes)
    return Box(x, y, x, y)


BOXES: dict[str, Callable[[Shape, Notes], Box]] = {
    "rect": _rectangle,
    "circle": _circle,
    "ellipse": _ellipse,
    "polygon": _outline,
    "polyline": _outline,
    "point": _point,
}
