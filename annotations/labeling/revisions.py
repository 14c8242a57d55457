"""Revisions: what each save of an image changed, as stored, and the state that they add up to."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from annotations.dataset.edits import SIDES, AnnotationContent, Change
from annotations.dataset.records import Box
from annotations.labeling.annotation_rows import AnnotationRow
from annotations.models import Annotation, Image, Revision


def content_of(annotation: Annotation | AnnotationRow) -> AnnotationContent:
    sides = [getattr(annotation, side) for side in SIDES]
    box = None if annotation.x_min is None else Box(*sides)
    return AnnotationContent(annotation.id, annotation.label_id, box, annotation.source, annotation.score)


def to_row(content: AnnotationContent, label_name: str) -> dict[str, Any]:
    """What an annotation says, as a revision keeps it. The label's name is there for the day when the label is not."""
    box = {side: getattr(content.box, side) for side in SIDES} if content.box else {}
    score = {} if content.score is None else {"score": content.score}
    row = {"id": str(content.id), "label": content.label, "label_name": label_name, "source": content.source}
    return {**row, **box, **score}


def from_row(row: Mapping[str, Any]) -> AnnotationContent:
    box = Box(*(row[side] for side in SIDES)) if "x_min" in row else None
    return AnnotationContent(uuid.UUID(row["id"]), row["label"], box, row["source"], row.get("score"))


def changes_since(image: Image, revision: int, author_id: int, labels: Mapping[int, int]) -> list[Change]:
    """What people did to `image` after `revision`, oldest first, seen by `author_id` and on the `labels` of today.

    A merge of labels is left out: whoever changes a box that it relabelled means the box as it is now.
    """
    rows = Revision.objects.filter(image=image, number__gt=revision, merged_label="").order_by("number")
    return [_change(row, author_id, labels) for row in rows]


def _change(row: Revision, author_id: int, labels: Mapping[int, int]) -> Change:
    contents = [from_row(item) for item in row.upserted]
    upserted = {content.id: replace(content, label=labels.get(content.label, content.label)) for content in contents}
    return Change(row.author_id == author_id, upserted, frozenset(uuid.UUID(id_) for id_ in row.deleted), row.queue)


def replay(revisions: Iterable[Revision]) -> dict[str, dict[str, Any]]:
    """The rows of the annotations that stand after `revisions`, given oldest first."""
    state: dict[str, dict[str, Any]] = {}
    for revision in revisions:
        state |= {row["id"]: row for row in revision.upserted}
        for id_ in revision.deleted:
            state.pop(id_, None)
    return state
