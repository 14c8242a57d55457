"""One annotation of a COCO file: its box, and what stands beside it."""

from collections.abc import Iterator
from typing import Any

from annotations.dataset.attributes import CROWD, DEPICTION, DIFFICULT, INSIDE, OCCLUDED, TRUNCATED
from annotations.dataset.findings import Rule
from annotations.dataset.records import Box
from annotations.formats.coco.categories import Categories
from annotations.formats.json_stream import shown
from annotations.formats.layout import RawAnnotation
from annotations.formats.numbers import has_comma, number
from annotations.formats.tally import Tally

FLAGS = frozenset({CROWD, DEPICTION, DIFFICULT, INSIDE, OCCLUDED, TRUNCATED})
OWN = frozenset(
    {"id", "image_id", "category_id", "bbox", "area", "iscrowd", "ignore", "score", "segmentation", "attributes"}
)
SHAPE = (Rule.SHAPE, "annotations have a segmentation; their bbox is taken")
AROUND = (Rule.SHAPE, "annotations have a segmentation and no bbox; the box around it is taken")
COMMA = (Rule.DECIMAL_COMMA, "boxes have numbers with a decimal comma")
NUMBERS = frozenset({int, float})
CVAT_UPRIGHT = ("rotation", 0)
"""Stands at each box that is not rotated."""


def annotation_of(place: int, said: dict[str, Any], categories: Categories, tally: Tally) -> RawAnnotation:
    """`place`: its number in the file, by which findings name it."""
    where = f"annotations[{place}]"
    label = categories.label_of(said.get("category_id"))
    if label is None:
        named = shown(said.get("category_id"))
        return RawAnnotation("", problem=f"{where} names category {named}, which is not listed")
    try:
        box = _box(said, tally)
    except (ValueError, OverflowError):
        return RawAnnotation(label, problem=f"{where}, {label!r}, needs four numbers as its bbox: {_shown_box(said)}")
    return RawAnnotation(label, box, score=said.get("score"), attributes=_attributes(said, tally))


def _shown_box(said: dict[str, Any]) -> str:
    return shown(said.get("bbox")) if "bbox" in said else "it has none"


def _box(said: dict[str, Any], tally: Tally) -> Box:
    """Raises ValueError or OverflowError."""
    bbox, shape = said.get("bbox"), said.get("segmentation")
    if not bbox and (points := _points(shape)):
        tally.add(*AROUND)
        xs, ys = points[::2], points[1::2]
        return Box(min(xs), min(ys), max(xs), max(ys))
    if not isinstance(bbox, list) or len(bbox) != 4:
        raise ValueError("not four")
    x, y, width, height = map(float, bbox) if NUMBERS.issuperset(map(type, bbox)) else _numbers(bbox, tally)
    box = Box(x, y, x + width, y + height)
    if shape and not _is_box(shape, box):
        tally.add(*SHAPE)
    return box


def _numbers(bbox: list[Any], tally: Tally) -> Iterator[float]:
    if any(map(has_comma, bbox)):
        tally.add(*COMMA)
    return map(number, bbox)


def _points(shape: Any) -> list[float]:
    """x and y in turn of all polygons; empty where there are none. Raises ValueError or OverflowError."""
    if not isinstance(shape, list):
        return []
    parts = shape if all(isinstance(part, list) for part in shape) else [shape]
    found = [number(side) for part in parts for side in part]
    if len(found) % 2:
        raise ValueError("a point without its y")
    return found


def _is_box(shape: Any, box: Box) -> bool:
    """Whether the polygon is the box itself, as some tools write it."""
    try:
        points = _points(shape)
    except (ValueError, OverflowError):
        return False
    if not points:
        return isinstance(shape, list)
    corners = {(round(x, 2), round(y, 2)) for x, y in zip(points[::2], points[1::2], strict=True)}
    return corners == {(round(x, 2), round(y, 2)) for x in (box.x_min, box.x_max) for y in (box.y_min, box.y_max)}


def _attributes(said: dict[str, Any], tally: Tally) -> dict[str, Any]:
    """Those in `attributes`, as CVAT and Datumaro write them, and single values beside it, as FiftyOne does."""
    found: dict[str, Any] = {}
    if said.get("iscrowd"):
        found[CROWD] = True
    if said.get("ignore"):
        found[DIFFICULT] = True
    for name, value in _named(said, tally):
        if name in FLAGS and value in (0, 1):
            found |= {name: True} if value else {}
        elif isinstance(value, list | dict):
            if value:
                tally.field(name, "annotations")
        elif (name, value) != CVAT_UPRIGHT:
            found[name] = value
    return found


def _named(said: dict[str, Any], tally: Tally) -> Iterator[tuple[str, Any]]:
    for name in () if OWN.issuperset(said) else sorted(said.keys() - OWN):
        if said[name] is not None and name != "num_keypoints":
            yield name, said[name]
    inner = said.get("attributes")
    if isinstance(inner, dict):
        yield from inner.items()
    elif inner:
        tally.field("attributes", "annotations")
