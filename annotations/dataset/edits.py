"""One save of one image's annotations: parsed strictly, and the law by which two people's saves merge.

Pure: an `AnnotationContent` is what a client wants an annotation to say; a `Change` is what a revision did since the
client looked.
"""

import math
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotations.dataset.attributes import MOST, fault_in
from annotations.dataset.records import Attributes, Box

SIDES = ("x_min", "y_min", "x_max", "y_max")
SOURCE = re.compile(r"[a-z][a-z0-9_-]{0,19}")


class EditError(ValueError):
    """A save that can't be taken. `errors` names fields: {"upsert[0].x_max": "640.5 is outside the image …"}."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{path}: {text}" for path, text in errors.items()))
        self.errors = dict(errors)


@dataclass(frozen=True, slots=True)
class AnnotationContent:
    """An annotation as a client wants it. `source` and `attributes` are None where the client leaves them to us."""

    id: uuid.UUID
    label: int
    box: Box | None = None
    source: str | None = None
    score: float | None = None
    attributes: Attributes | None = field(default=None, hash=False)


@dataclass(frozen=True, slots=True)
class Edit:
    upsert: tuple[AnnotationContent, ...] = ()
    delete: tuple[uuid.UUID, ...] = ()

    @property
    def touched(self) -> frozenset[uuid.UUID]:
        return frozenset(content.id for content in self.upsert) | frozenset(self.delete)


@dataclass(frozen=True, slots=True)
class Frame:
    """What an image allows: its size, whether its annotations are boxes, and its project's labels.

    `labels` says what each id stands for: itself, or the label that it was merged into.
    """

    width: int
    height: int
    boxes: bool
    labels: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Change:
    """What one later revision did: the state it gave each annotation, and whether it was the same person's."""

    mine: bool
    upserted: Mapping[uuid.UUID, AnnotationContent] = field(default_factory=dict)
    deleted: frozenset[uuid.UUID] = frozenset()
    queue: str = ""
    skip_reason: str = ""


def same(wanted: AnnotationContent, held: AnnotationContent | None) -> bool:
    """Is `held` already what is wanted? A client that leaves source or attributes out wants none changed."""
    if held is None or (wanted.label, wanted.box) != (held.label, held.box):
        return False
    if wanted.attributes is not None and wanted.attributes != (held.attributes or {}):
        return False
    return wanted.source is None or (wanted.source, wanted.score) == (held.source, held.score)


def merge(
    edit: Edit, current: Mapping[uuid.UUID, AnnotationContent], since: Sequence[Change]
) -> tuple[Edit, frozenset[uuid.UUID]]:
    """What is left to do of `edit`, and the ids on which it conflicts with `since`.

    `since` are the changes after the revision that the client saw. What already is as wanted, and what this person's
    own save did before (a resend), is left out. An id that somebody else changed otherwise conflicts (unless its fields
    can be merged: `field_merges`); over their own changes people may write, since a save whose answer got lost is
    followed by one from the same base.
    """
    changed = {id_ for change in since if not change.mine for id_ in (*change.upserted, *change.deleted)}
    upsert = [d for d in edit.upsert if not same(d, current.get(d.id)) and not _sent_before(d, since)]
    delete = [id_ for id_ in edit.delete if id_ in current and not _deleted_before(id_, since)]
    rest = Edit(tuple(upsert), tuple(delete))
    return rest, frozenset(rest.touched & changed)


def _sent_before(content: AnnotationContent, since: Iterable[Change]) -> bool:
    return any(change.mine and same(content, change.upserted.get(content.id)) for change in since)


def _deleted_before(id_: uuid.UUID, since: Iterable[Change]) -> bool:
    return any(change.mine and id_ in change.deleted for change in since)


def parse_edit(upsert: Any, delete: Any, frame: Frame) -> Edit:
    """The edit that a request's `upsert` and `delete` describe. Raises EditError with a path for each wrong field."""
    errors: dict[str, str] = {}
    contents = [_content(row, f"upsert[{i}]", frame, errors) for i, row in enumerate(_list(upsert, "upsert", errors))]
    gone = [_uuid(value, f"delete[{i}]", errors) for i, value in enumerate(_list(delete, "delete", errors))]
    edit = Edit(tuple(d for d in contents if d), tuple(dict.fromkeys(g for g in gone if g)))
    if not errors:
        _check_twice(edit, errors)
    if errors:
        raise EditError(errors)
    return edit


def _list(value: Any, path: str, errors: dict[str, str]) -> Sequence[Any]:
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        errors[path] = "expected a list"
        return []
    return value


def _check_twice(edit: Edit, errors: dict[str, str]) -> None:
    seen: set[uuid.UUID] = set()
    for i, content in enumerate(edit.upsert):
        if content.id in seen:
            errors[f"upsert[{i}].id"] = "named twice in one save"
        seen.add(content.id)
    for i, id_ in enumerate(edit.delete):
        if id_ in seen:
            errors[f"delete[{i}]"] = "both changed and deleted in one save"


def _content(row: Any, path: str, frame: Frame, errors: dict[str, str]) -> AnnotationContent | None:
    if not isinstance(row, Mapping):
        errors[path] = "expected an object"
        return None
    before = len(errors)
    id_ = _uuid(row.get("id"), f"{path}.id", errors)
    label = _label(row.get("label"), f"{path}.label", frame, errors)
    box = _box(row, path, frame, errors)
    source = _source(row.get("source"), f"{path}.source", errors)
    score = _score(row.get("score"), f"{path}.score", errors)
    attributes = _attributes(row.get("attributes"), f"{path}.attributes", errors)
    if len(errors) > before or id_ is None:
        return None
    return AnnotationContent(id_, label, box, source, score, attributes)


def _uuid(value: Any, path: str, errors: dict[str, str]) -> uuid.UUID | None:
    try:
        return value if isinstance(value, uuid.UUID) else uuid.UUID(value)
    except (ValueError, AttributeError, TypeError):
        errors[path] = "expected a UUID"
        return None


def _label(value: Any, path: str, frame: Frame, errors: dict[str, str]) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value in frame.labels:
        return frame.labels[value]
    errors[path] = f"{value!r:.40} is no label of this project"
    return 0


def _box(row: Mapping[str, Any], path: str, frame: Frame, errors: dict[str, str]) -> Box | None:
    given = [side for side in SIDES if row.get(side) is not None]
    if not frame.boxes:
        errors.update({f"{path}.{side}": "this project labels whole images, without boxes" for side in given})
        return None
    before = len(errors)
    sides = {side: _side(row.get(side), side, f"{path}.{side}", frame, errors) for side in SIDES}
    for low, high in (("x_min", "x_max"), ("y_min", "y_max")):
        if len(errors) == before and sides[low] >= sides[high]:
            errors[f"{path}.{high}"] = f"{sides[high]:g} must be greater than {low} ({sides[low]:g})"
    return Box(**sides) if len(errors) == before else None


def _side(value: Any, side: str, path: str, frame: Frame, errors: dict[str, str]) -> float:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or (isinstance(value, float) and math.isnan(value))
    ):
        errors[path] = "expected a number of pixels"
        return 0.0
    limit = frame.width if side.startswith("x") else frame.height
    if not 0 <= value <= limit:
        errors[path] = f"{value!r:.20} is outside the image ({frame.width}×{frame.height})"
        return 0.0
    return float(value)


def _source(value: Any, path: str, errors: dict[str, str]) -> str | None:
    if value is None or (isinstance(value, str) and SOURCE.fullmatch(value)):
        return value
    errors[path] = "expected a short lower-case word such as human"
    return None


def _score(value: Any, path: str, errors: dict[str, str]) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        errors[path] = "expected a number from 0 to 1"
        return None
    return float(value)


def _attributes(value: Any, path: str, errors: dict[str, str]) -> Attributes | None:
    if value is None:
        return None
    if not isinstance(value, Mapping) or len(value) > MOST:
        errors[path] = f"expected an object of at most {MOST} names and values"
        return None
    faults = {name: fault for name, held in value.items() if (fault := fault_in(name, held))}
    errors.update({f"{path}.{str(name)[:40]}": fault for name, fault in faults.items()})
    return dict(value)
