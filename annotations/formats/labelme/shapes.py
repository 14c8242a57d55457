"""A shape of LabelMe as a box, with what was noted of it."""

import math
from typing import Any

from annotations.dataset.attributes import DIFFICULT, FLAGS
from annotations.dataset.findings import Rule
from annotations.dataset.records import Box
from annotations.formats.json_stream import shown
from annotations.formats.layout import RawAnnotation
from annotations.formats.notes import Notes
from annotations.formats.outlines import Point, around, has_area

OUTLINES = frozenset({"polygon", "line", "linestrip", "point", "points", "multi_points"})
OWN_FIELDS = frozenset(
    {"label", "points", "shape_type", "flags", "attributes", "description", "group_id", "score", "difficult", "mask",
     "line_color", "fill_color"}
)  # fmt: skip


def annotation(shape: Any, place: str, notes: Notes) -> RawAnnotation:
    """`place`: where it stands in the file."""
    if not isinstance(shape, dict):
        return RawAnnotation("", problem=f"{place} is no shape: {shown(shape)}")
    label = shape.get("label")
    if not isinstance(label, str):
        return RawAnnotation("", problem=f"{place} has no label", rule=Rule.NO_LABEL)
    kind = shape.get("shape_type") or "polygon"
    try:
        box = _box(kind, _points(shape.get("points"), notes), label, notes)
    except (ValueError, TypeError):
        problem = f"{place}: a {shown(kind)} of {label[:60]!r} that can't be read: {shown(shape.get('points'))}"
        return RawAnnotation(label, problem=problem)
    return RawAnnotation(label, box, score=shape.get("score"), attributes=_attributes(shape, notes))


def _points(said: Any, notes: Notes) -> list[Point]:
    return [(notes.number(x), notes.number(y)) for x, y in said]


def _box(kind: Any, points: list[Point], label: str, notes: Notes) -> Box:
    """Raises ValueError: a shape that is not known, or has other points than its kind."""
    box = around(points)
    if kind == "circle":
        (x, y), edge = points
        radius = math.dist((x, y), edge)
        box = Box(x - radius, y - radius, x + radius, y + radius)
    elif kind == "mask":
        box = Box(box.x_min, box.y_min, box.x_max + 1, box.y_max + 1)  # its last pixels belong to it
    elif kind in {"rectangle", "rotation"}:
        if not _is_upright(points, box):
            notes.add(Rule.ROTATED, f"a {kind} of {label[:60]!r} is turned")
        return box
    elif kind not in OUTLINES:
        raise ValueError(kind)
    if has_area(box):
        notes.add(Rule.SHAPE, f"a {kind} of {label[:60]!r} becomes the box around it")
    return box


def _is_upright(points: list[Point], box: Box) -> bool:
    """Two corners that lie across, in any order, or four."""
    corners = {(x, y) for x in (box.x_min, box.x_max) for y in (box.y_min, box.y_max)}
    return len(points) == 2 or not has_area(box) or set(points) == corners


def _attributes(shape: dict[str, Any], notes: Notes) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in ("attributes", "flags"):
        said = shape.get(field)
        if isinstance(said, dict):
            found |= said
        elif said:
            notes.add(Rule.ATTRIBUTE, f"the {field} of a shape are not taken: {shown(said)}")
    if shape.get("difficult") is True:
        found[DIFFICULT] = True
    for field in ("description", "group_id"):
        if shape.get(field) not in (None, ""):
            found[field] = shape[field]
    for field in sorted(field for field, said in shape.items() if said and field not in OWN_FIELDS):
        notes.add(Rule.ATTRIBUTE, f"the field {field[:60]!r} of a shape is not taken")
    return {name: value for name, value in found.items() if not (value is False and name in FLAGS)}
