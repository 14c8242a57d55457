"""Two people's changes to one annotation, merged by field: its label, its box, each attribute by its name. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from annotations.dataset.edits import AnnotationContent, Change, Edit, same

ATTRIBUTE = "attribute "


class FieldConflict(Exception):
    """Both changed one field differently, or one changed what the other deleted."""


def merge_fields(
    edit: Edit,
    conflicts: Collection[UUID],
    base: Mapping[UUID, AnnotationContent],
    current: Mapping[UUID, AnnotationContent],
    since: Sequence[Change],
) -> tuple[Edit, frozenset[UUID]]:
    """What is left to do of an `edit` that `edits.merge` left `conflicts` in; and these, unless all of them merge.

    `base` is what the client saw of them. All or none: a client that is refused some goes on from the newest revision,
    and would write over the others.
    """
    if any(id_ in edit.delete or id_ not in base or id_ not in current for id_ in conflicts):
        return edit, frozenset(conflicts)
    both = [content for content in edit.upsert if content.id in conflicts]
    try:
        fields = {one.id: merged(one, base[one.id], current[one.id], since) for one in both}
    except FieldConflict:
        return edit, frozenset(conflicts)
    upsert = [fields.get(content.id, content) for content in edit.upsert]
    return replace(edit, upsert=tuple(c for c in upsert if not same(c, current.get(c.id)))), frozenset()


def merged(
    wanted: AnnotationContent, base: AnnotationContent, current: AnnotationContent, since: Sequence[Change]
) -> AnnotationContent:
    """`current` with what this person changed since `base`. Raises FieldConflict."""
    if wanted.attributes is None:
        wanted = replace(wanted, attributes=current.attributes)
    mine, theirs = _changed(base, since)
    was, now, asked = _fields(base), _fields(current), _fields(wanted)
    fields = {
        name: _one(was.get(name), now.get(name), asked.get(name), mine.get(name, []), is_theirs=name in theirs)
        for name in {**was, **now, **asked}
    }
    said = current
    if wanted.source is not None and (wanted.source, wanted.score) != (base.source, base.score):
        said = wanted
    attributes = {
        name.removeprefix(ATTRIBUTE): value
        for name, value in fields.items()
        if name.startswith(ATTRIBUTE) and value is not None
    }
    box = fields["box"]
    return AnnotationContent(wanted.id, fields["label"], box, said.source, said.score, attributes)


def _one(was: Any, now: Any, asked: Any, mine: Sequence[Any], *, is_theirs: bool) -> Any:
    """`mine`: the values that this person gave the field since. A value asked for before was sent twice."""
    if asked == now or asked in mine:
        return now
    if not is_theirs:
        return asked
    if asked == was and not mine:
        return now
    raise FieldConflict


def _changed(base: AnnotationContent, since: Sequence[Change]) -> tuple[dict[str, list[Any]], set[str]]:
    """The fields that this person's changes gave other values, with these, and those that others' changes did."""
    mine: dict[str, list[Any]] = {}
    theirs: set[str] = set()
    before = _fields(base)
    for change in since:
        if base.id in change.deleted:
            raise FieldConflict
        if base.id not in change.upserted:
            continue
        after = _fields(change.upserted[base.id])
        names = {name for name in {**before, **after} if before.get(name) != after.get(name)}
        if change.mine:
            for name in names:
                mine.setdefault(name, []).append(after.get(name))
        else:
            theirs |= names
        before = after
    return mine, theirs


def _fields(content: AnnotationContent) -> dict[str, Any]:
    """No attribute has the value None."""
    attributes = {f"{ATTRIBUTE}{name}": value for name, value in (content.attributes or {}).items()}
    return {"label": content.label, "box": content.box, **attributes}
