"""Looking back: what the revisions of an image changed, and the state that they add up to."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from annotations.dataset.edits import Change
from annotations.labeling.annotation_rows import from_row
from annotations.models import Image, Revision


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
