"""What one line of the metadata says of its image."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from annotations.dataset.attributes import CROWD, DEPICTION, DIFFICULT, INSIDE, OCCLUDED, POSE, TRUNCATED
from annotations.dataset.findings import Finding, Rule
from annotations.dataset.records import NO_ATTRIBUTES, Attributes, Box
from annotations.formats.json_stream import shown
from annotations.formats.layout import RawAnnotation, Size
from annotations.formats.numbers import has_comma, number

FILE_NAME = "file_name"
BOXES = ("bbox", "bboxes", "boxes", "box")
LABELS = ("categories", "category", "label", "labels", "class", "classes", "name", "names")
SCORES = ("score", "scores")
FLAGS = (DIFFICULT, TRUNCATED, OCCLUDED, CROWD, DEPICTION, INSIDE)
READ = frozenset({*BOXES, *LABELS, *SCORES, *FLAGS, POSE, "iscrowd", "is_crowd", "id", "area"})
"""`id` and `area` follow from the rest."""
FRAME = frozenset({FILE_NAME, "image", "image_id", "width", "height", "label", "objects", "split"})


@dataclass(frozen=True, slots=True)
class Row:
    said: Mapping[str, Any]
    line: int


@dataclass(frozen=True, slots=True)
class Said:
    """`is_silent`: neither of objects nor of a label; `is_numbered`: labels are numbers."""

    names: tuple[str, ...] = ()
    annotations: tuple[RawAnnotation, ...] = ()
    size: Size | None = None
    findings: tuple[Finding, ...] = ()
    problem: str = ""
    is_silent: bool = False
    is_numbered: bool = False


def said_of(row: Row, source: str) -> Said:
    name = row.said.get(FILE_NAME)
    if not isinstance(name, str) or not name.strip():
        return Said(problem=f"expected a text in {FILE_NAME}; found {shown(name)}")
    names = (name[:1000],)
    if "objects" not in row.said and "label" not in row.said:
        return Said(names, is_silent=True)
    if row.said.get("objects") is None:
        return _labelled(names, row)
    try:
        objects = list(_objects(row.said["objects"]))
    except ValueError as error:
        return Said(names, problem=str(error))
    annotations = tuple(_annotation(said, place, row.line) for place, said in enumerate(objects))
    numbered = any(not isinstance(_first(said, LABELS), str | None) for said in objects)
    return Said(names, annotations, _size(row.said), tuple(_remarks(objects, source, row.line)), is_numbered=numbered)


def _remarks(objects: list[Mapping[str, Any]], source: str, line: int) -> Iterator[Finding]:
    """Once a line."""
    unknown = sorted({str(key)[:40] for said in objects for key in said if key not in READ})
    if unknown:
        yield Finding(Rule.ATTRIBUTE, source, f"objects have {', '.join(unknown[:5])}: left out", line)
    boxes = [box for said in objects if isinstance(box := _first(said, BOXES), list)]
    if commas := [box for box in boxes if any(map(has_comma, box))]:
        yield Finding(Rule.DECIMAL_COMMA, source, f"{len(commas)} boxes with a decimal comma; read as points", line)


def _labelled(names: tuple[str, ...], row: Row) -> Said:
    """Of the whole image; without a label there is nothing on it."""
    label, score = row.said.get("label"), row.said.get("score")
    if label is None or label == "":
        return Said(names)
    if isinstance(label, bool | list | dict):
        return Said(names, problem=f"expected a text or a number in label; found {shown(label)}")
    one = RawAnnotation(_named(label), line=row.line, score=score)
    return Said(names, (one,), is_numbered=not isinstance(label, str))


def _objects(said: Any) -> Iterator[Mapping[str, Any]]:
    """Raises ValueError."""
    if isinstance(said, list):
        if wrong := next((one for one in said if not isinstance(one, dict)), None):
            raise ValueError(f"expected objects in objects; found {shown(wrong)}")
        yield from (one for one in said if isinstance(one, dict))
        return
    if not isinstance(said, dict):
        raise ValueError(f"expected lists in objects; found {shown(said)}")  # noqa: TRY004 - one kind of error
    columns = {key: column for key, column in said.items() if isinstance(column, list)}
    boxes = next((columns[key] for key in BOXES if key in columns), None)
    if boxes is None and any(columns.values()):
        raise ValueError(f"expected bbox in objects; found {shown(sorted(map(str, said)))}")
    count = len(boxes or ())
    for key, column in said.items():
        if key in READ and len(columns.get(key, ())) != count:
            raise ValueError(f"expected {count} of {key}, as there are boxes; found {shown(column)}")
    whole = {key: column for key, column in columns.items() if len(column) == count}
    for place in range(count):
        yield {key: column[place] for key, column in whole.items()}


def _annotation(said: Mapping[str, Any], place: int, line: int) -> RawAnnotation:
    label, box = _first(said, LABELS), _first(said, BOXES)
    if label is None or isinstance(label, bool | list | dict):
        return RawAnnotation(
            "", line=line, problem=f"objects[{place}]: an annotation without a label", rule=Rule.NO_LABEL
        )
    if not isinstance(box, list) or len(box) != 4:
        reason = f"objects[{place}]: expected x, y, width and height in bbox; found {shown(box)}"
        return RawAnnotation("", line=line, problem=reason)
    try:
        x, y, width, height = map(number, box)
    except (ValueError, OverflowError):
        return RawAnnotation("", line=line, problem=f"objects[{place}]: expected numbers in bbox; found {shown(box)}")
    corners = Box(x, y, x + width, y + height)
    return RawAnnotation(_named(label), corners, line, score=_first(said, SCORES), attributes=_attributes(said))


def _first(said: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    return next((said[key] for key in keys if said.get(key) is not None), None)


def _named(label: Any) -> str:
    return label if isinstance(label, str) else f"class {label}"


def _attributes(said: Mapping[str, Any]) -> Attributes:
    found: dict[str, bool | float | str] = {name: True for name in FLAGS if _is_set(said.get(name))}
    if any(_is_set(said.get(key)) for key in ("iscrowd", "is_crowd")):
        found[CROWD] = True
    if isinstance(pose := said.get(POSE), str) and pose:
        found[POSE] = pose
    return found or NO_ATTRIBUTES


def _is_set(said: Any) -> bool:
    return said is True or (isinstance(said, int) and said == 1)


def _size(said: Mapping[str, Any]) -> Size | None:
    width, height = said.get("width"), said.get("height")
    is_whole = all(
        isinstance(side, int) and not isinstance(side, bool) and 0 <= side < 10**9 for side in (width, height)
    )
    return (int(str(width)), int(str(height))) if is_whole else None
