"""Looking back: what the revisions of an image changed, and the state that they add up to."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from annotations.dataset.edits import AnnotationContent, Change
from annotations.labeling.annotation_rows import from_row
from annotations.models import Image, Revision
from boxwright.errors import NotFound
from boxwright.teams.models import User

REVISIONS_AT_ONCE = 100  # that are held while a state is made of them


def changes_since(image: Image, revision: int, author_id: int, labels: Mapping[int, int]) -> list[Change]:
    """What people did to `image` after `revision`, oldest first, seen by `author_id` and on the `labels` of today.

    A merge of labels is left out: whoever changes a box that it relabelled means the box as it is now.
    """
    rows = Revision.objects.filter(image=image, number__gt=revision, merged_label="").order_by("number")
    return [_change(row, author_id, labels) for row in rows]


def contents_at(
    image: Image, revision: int, ids: Collection[uuid.UUID], labels: Mapping[int, int]
) -> dict[uuid.UUID, AnnotationContent]:
    """What these annotations said at `revision`, on the labels of today; those that were not there are missing."""
    found: dict[uuid.UUID, AnnotationContent] = {}
    wanted = {str(id_) for id_ in ids}
    for row in Revision.objects.filter(image=image, number__lte=revision).order_by("-number").iterator(chunk_size=10):
        if not wanted:
            break
        for item in row.upserted:
            if item["id"] in wanted:
                content = _on_today(from_row(item), labels)
                found[content.id] = content
        wanted -= {item["id"] for item in row.upserted} | set(row.deleted)
    return found


def changers(image: Image, revision: int, author_id: int, ids: Collection[uuid.UUID]) -> list[User]:
    """The others who changed or deleted these after `revision`, each once, the last one first."""
    wanted = {str(id_) for id_ in ids}
    rows = Revision.objects.filter(image=image, number__gt=revision).exclude(author=author_id).exclude(author=None)
    found = [
        row.author
        for row in rows.select_related("author").order_by("-number")
        if wanted & ({item["id"] for item in row.upserted} | set(row.deleted))
    ]
    return [one for one in dict.fromkeys(found) if one]


def _on_today(content: AnnotationContent, labels: Mapping[int, int]) -> AnnotationContent:
    return replace(content, label=labels.get(content.label, content.label))


def _change(row: Revision, author_id: int, labels: Mapping[int, int]) -> Change:
    contents = [_on_today(from_row(item), labels) for item in row.upserted]
    upserted = {content.id: content for content in contents}
    deleted = frozenset(uuid.UUID(id_) for id_ in row.deleted)
    return Change(row.author_id == author_id, upserted, deleted, row.queue, row.skip_reason)


@dataclass(frozen=True, slots=True)
class PastState:
    """What stood after a revision: rows as revisions keep them, in the order of drawing."""

    revision: Revision
    annotations: list[dict[str, Any]]


def state_at(*, image: Image, number: int) -> PastState:
    """Reads all revisions up to that one, a few at a time. Raises NotFound."""
    revision = Revision.objects.filter(image=image, number=number).first()
    if revision is None:
        raise NotFound("There is no such revision.")
    history = Revision.objects.filter(image=image, number__lte=number).order_by("number")
    rows = replay(history.only("upserted", "deleted").iterator(REVISIONS_AT_ONCE))
    return PastState(revision, [rows[id_] for id_ in sorted(rows)])


def replay(revisions: Iterable[Revision]) -> dict[str, dict[str, Any]]:
    """The rows of the annotations that stand after `revisions`, given oldest first."""
    state: dict[str, dict[str, Any]] = {}
    for revision in revisions:
        state |= {row["id"]: row for row in revision.upserted}
        for id_ in revision.deleted:
            state.pop(id_, None)
    return state
