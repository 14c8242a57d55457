"""The results of one annotation of Label Studio: regions with their labels, and choices about the whole image.

Results of one id are of one region: its shape, its label, and what was said of it.
"""

from collections.abc import Iterator
from itertools import count
from typing import Any

from annotations.dataset.findings import Rule
from annotations.dataset.records import Box
from annotations.formats.json_stream import shown
from annotations.formats.layout import RawAnnotation, Size
from annotations.formats.notes import Notes
from annotations.formats.outlines import around, around_ellipse, around_turned, has_area

Result = dict[str, Any]
SAID = ("choices", "text", "number", "rating", "taxonomy")


def size_in(results: list[Result]) -> Size | None:
    """That of the image on which the regions were drawn."""
    for one in results:
        size = one.get("original_width"), one.get("original_height")
        if all(type(side) is int and 0 < side < 2**31 for side in size):
            return size  # type: ignore[return-value]
    return None


def annotations_in(results: list[Any], size: Size | None, notes: Notes) -> Iterator[RawAnnotation]:
    """Boxes are in shares of the image."""
    regions: dict[Any, list[Result]] = {}
    numbers = count()
    for one in results:
        if not isinstance(one, dict) or not isinstance(one.get("value"), dict):
            yield from _without_value(one, notes)
            continue
        key = one.get("id")
        regions.setdefault(key if isinstance(key, str) and key else next(numbers), []).append(one)
    for region in regions.values():
        yield from _region(region, size, notes)


def _without_value(one: Any, notes: Notes) -> Iterator[RawAnnotation]:
    if isinstance(one, dict) and one.get("type") == "relation":
        notes.add(Rule.ATTRIBUTE, "a relation between regions is not taken")
    else:
        yield RawAnnotation("", problem=f"a result without a value: {shown(one)}")


def _region(region: list[Result], size: Size | None, notes: Notes) -> Iterator[RawAnnotation]:
    shape = next((one for one in region if kind_of(one["value"])), None)
    if shape is None:
        yield from _of_the_whole(region, notes)
        return
    label = _label(region, notes)
    kind = kind_of(shape["value"])
    if kind not in BOXES:
        problem = f"a {kind} of {label[:60]!r} has no box"
        yield RawAnnotation(label, problem=problem)
        return
    try:
        box = BOXES[kind](shape["value"], size or (1, 1), notes)
    except (ValueError, TypeError):
        problem = f"a {kind} of {label[:60]!r} needs numbers: {shown(shape['value'])}"
        yield RawAnnotation(label, problem=problem)
        return
    if shape.get("image_rotation"):
        notes.add(Rule.SIZE_DIFFERS, "the image was turned in Label Studio; its boxes are taken as they stand")
    if kind != "rectangle" and has_area(box):
        notes.add(Rule.SHAPE, f"a {kind} of {label[:60]!r} becomes the box around it")
    yield RawAnnotation(label, box, score=_score(region), attributes=_attributes(region, notes))


def kind_of(value: Result) -> str:
    """By what the value has; "" where it is no shape."""
    if "points" in value or "vertices" in value:
        return "polygon"
    if "radiusX" in value:
        return "ellipse"
    if "rle" in value:
        return "brush"
    if "x" in value and "y" in value:
        return "rectangle" if "height" in value else "key point"
    return "video region" if "sequence" in value else ""


def _rectangle(value: Result, size: Size, notes: Notes) -> Box:
    x, y, width, height = (notes.number(value.get(name)) / 100 for name in ("x", "y", "width", "height"))
    box = Box(x, y, x + width, y + height)
    angle = notes.number(value.get("rotation") or 0)
    if not angle:
        return box
    notes.add(Rule.ROTATED, f"a rectangle is turned by {angle:g}°")
    return _shares(around_turned(_pixels(box, size), angle, (x * size[0], y * size[1])), size)


def _ellipse(value: Result, size: Size, notes: Notes) -> Box:
    x, y, rx, ry = (notes.number(value.get(name)) / 100 for name in ("x", "y", "radiusX", "radiusY"))
    angle = notes.number(value.get("rotation") or 0)
    return _shares(around_ellipse(x * size[0], y * size[1], rx * size[0], ry * size[1], angle), size)


def _polygon(value: Result, _: Size, notes: Notes) -> Box:
    points = value.get("points") or [(one.get("x"), one.get("y")) for one in value.get("vertices") or []]
    return around((notes.number(x) / 100, notes.number(y) / 100) for x, y in points)


def _pixels(box: Box, size: Size) -> Box:
    return Box(box.x_min * size[0], box.y_min * size[1], box.x_max * size[0], box.y_max * size[1])


def _shares(box: Box, size: Size) -> Box:
    return Box(box.x_min / size[0], box.y_min / size[1], box.x_max / size[0], box.y_max / size[1])


BOXES = {"rectangle": _rectangle, "ellipse": _ellipse, "polygon": _polygon}


def _label(region: list[Result], notes: Notes) -> str:
    labels = [label for one in region for label in _labels(one["value"])]
    if len(set(labels)) > 1:
        notes.add(Rule.CONTRADICTION, f"a region has the labels {shown(labels)}; the first counts")
    return labels[0] if labels else ""


def _labels(value: Result) -> list[str]:
    found = [said for name, said in value.items() if name.endswith("labels")]
    return [label for said in found if isinstance(said, list) for label in said if isinstance(label, str)]


def _of_the_whole(region: list[Result], notes: Notes) -> Iterator[RawAnnotation]:
    for one in region:
        choices = one["value"].get("choices")
        if not isinstance(choices, list):
            notes.add(Rule.ATTRIBUTE, f"the field {shown(one.get('from_name'))} of the image is not taken")
            continue
        for choice in choices:
            label = choice if isinstance(choice, str) else ""
            yield RawAnnotation(label, score=_score(region), attributes=_attributes([{**one, "value": {}}], notes))


def _score(region: list[Result]) -> Any:
    return next((one["score"] for one in region if one.get("score") is not None), None)


def _attributes(region: list[Result], notes: Notes) -> dict[str, Any]:
    """What other controls said of the region, by their names, and its notes ("meta")."""
    found: dict[str, Any] = {}
    for one in region:
        said = {str(one.get("from_name") or name): one["value"][name] for name in SAID if name in one["value"]}
        meta = one.get("meta")
        for name, value in (said | (meta if isinstance(meta, dict) else {})).items():
            plain = _plain(value)
            if plain is None:
                notes.add(Rule.ATTRIBUTE, f"the field {name[:60]!r} of a region is not taken: {shown(value)}")
            else:
                found.setdefault(name, plain)
    return found


def _plain(value: Any) -> bool | float | str | None:
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return value if isinstance(value, bool | int | float | str) else None
