"""One <image> of CVAT's XML: its shapes as boxes, its tags as labels of the whole."""

from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from annotations.dataset.attributes import FLAGS, OCCLUDED
from annotations.dataset.findings import Rule
from annotations.dataset.records import Attributes, Box
from annotations.formats.cvat.attributes import typed
from annotations.formats.layout import Entry, Parsed, RawAnnotation, Size, Unreadable
from annotations.formats.notes import Notes
from annotations.formats.outlines import Point, around, around_ellipse, around_turned, has_area
from annotations.formats.splits import split_named
from annotations.formats.xml_texts import line_of

NUMBERS = ("z_order", "group_id")
"""Attributes of the XML that are kept where they are not 0."""

SIDES = ("xtl", "ytl", "xbr", "ybr")
NO_SUBSETS = frozenset({"", "default"})

Values = Callable[..., list[float]]


def entry(node: "etree._Element", file: str, of_file: str = "") -> Parsed:
    """`of_file`: the subset of images that name none."""
    name, line = (node.get("name") or "").strip(), line_of(node)
    if not name:
        return Unreadable(file, "an <image> without a name", line)
    notes = Notes(file, name)
    subset = (node.get("subset") or of_file).strip()
    split = split_named(subset)
    if split is None and subset.casefold() not in NO_SUBSETS:
        notes.add(Rule.ONE_SPLIT, f"the subset {subset[:60]!r} is none of train, val and test", line)
    annotations = tuple(_annotation(shape, notes) for shape in node if isinstance(shape.tag, str))
    names = (name, f"images/{subset}/{name}", f"{subset}/{name}") if subset else (name, f"images/{name}")
    return Entry(file, names, annotations, _size(node), split=split, findings=notes.findings())


def _size(node: "etree._Element") -> Size | None:
    try:
        width, height = int(node.get("width") or 0), int(node.get("height") or 0)
    except ValueError:
        return 0, 0
    return (width, height) if width > 0 and height > 0 else (0, 0)


def _annotation(node: "etree._Element", notes: Notes) -> RawAnnotation:
    label, line = node.get("label") or "", line_of(node)
    if node.tag == "tag":
        return RawAnnotation(label, None, line, attributes=_attributes(node, notes))
    to_box = SHAPES.get(str(node.tag))
    if to_box is None:
        return RawAnnotation(label, line=line, problem=f"<{str(node.tag)[:60]}> is no shape that is known")
    try:
        box = to_box(node, notes)
    except (ValueError, OverflowError):
        return RawAnnotation(label, line=line, problem=f"the <{node.tag}> of {label[:60]!r} needs numbers")
    if node.tag != "box" and has_area(box):
        notes.add(Rule.SHAPE, f"a {node.tag} of {label[:60]!r} becomes the box around it", line)
    return RawAnnotation(label, box, line, attributes=_attributes(node, notes))


def _values(node: "etree._Element", names: tuple[str, ...], notes: Notes) -> list[float]:
    return [notes.number(node.get(name) or "", line_of(node)) for name in names]


def _box(node: "etree._Element", notes: Notes) -> Box:
    return _turned(node, Box(*_values(node, SIDES, notes)), notes)


def _turned(node: "etree._Element", box: Box, notes: Notes) -> Box:
    angle = notes.number(node.get("rotation") or 0, line_of(node))
    if not angle:
        return box
    notes.add(Rule.ROTATED, f"a box of {(node.get('label') or '')[:60]!r} is turned by {angle:g}°", line_of(node))
    return around_turned(box, angle)


def _points(node: "etree._Element", notes: Notes) -> Iterator[Point]:
    for pair in (node.get("points") or "").split(";"):
        x, y = pair.split(",")
        yield notes.number(x), notes.number(y)


def _outline(node: "etree._Element", notes: Notes) -> Box:
    return around(_points(node, notes))


def _mask(node: "etree._Element", notes: Notes) -> Box:
    left, top, width, height = _values(node, ("left", "top", "width", "height"), notes)
    return Box(left, top, left + width, top + height)


def _ellipse(node: "etree._Element", notes: Notes) -> Box:
    x, y, rx, ry = _values(node, ("cx", "cy", "rx", "ry"), notes)
    return around_ellipse(x, y, rx, ry, notes.number(node.get("rotation") or 0))


def _cuboid(node: "etree._Element", notes: Notes) -> Box:
    corners = [f"{side}{face}" for side in ("tl", "bl", "tr", "br") for face in (1, 2)]
    xs = _values(node, tuple(f"x{corner}" for corner in corners), notes)
    ys = _values(node, tuple(f"y{corner}" for corner in corners), notes)
    return around(zip(xs, ys, strict=True))


def _skeleton(node: "etree._Element", notes: Notes) -> Box:
    return around(point for child in node.findall("points") for point in _points(child, notes))


SHAPES: dict[str, Callable[["etree._Element", Notes], Box]] = {
    "box": _box,
    "polygon": _outline,
    "polyline": _outline,
    "points": _outline,
    "mask": _mask,
    "ellipse": _ellipse,
    "cuboid": _cuboid,
    "skeleton": _skeleton,
}


def _attributes(node: "etree._Element", notes: Notes) -> Attributes:
    found: dict[str, Any] = {OCCLUDED: True} if node.get("occluded") == "1" else {}
    for name in NUMBERS:
        value = typed(node.get(name) or "0")
        found |= {name: value} if value else {}
    for child in node.findall("attribute"):
        name, value = child.get("name") or "", typed(child.text or "")
        if name in found:
            notes.add(Rule.CONTRADICTION, f"the attribute {name[:60]!r} is there twice", line_of(child))
        elif not (value is False and name in FLAGS):
            found[name] = value
    return found
