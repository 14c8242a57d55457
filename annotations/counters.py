"""Counters kept by delta, in the transaction that changes what they count; `annotations.recount` looks after them.

The order is the same everywhere (images by id, labels by id, project), so that two saves can't wait for each other.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Now

from boxwright.errors import Conflict
from boxwright.events.kinds import announce
from boxwright.projects.models import COUNTED, QUEUES, Label, Project, counts_of
from boxwright.statements import Change, Rows, Update, returning


class LabelGone(Conflict):
    """A label was deleted or merged since the caller read it: roll back, read the labels again."""


@dataclass(slots=True)
class Tally:
    """Deltas that wait for the end of a transaction: images by queue, annotations by label id, bytes."""

    queues: Counter[str] = field(default_factory=Counter)
    labels: Counter[int] = field(default_factory=Counter)
    size: int = 0

    def move(self, project_id: int) -> dict[str, int] | None:
        return move(project_id, queues=self.queues, labels=self.labels, size=self.size)


def move(
    project_id: int,
    *,
    queues: Mapping[str, int] | None = None,
    labels: Mapping[int, int] | None = None,
    size: int = 0,
) -> dict[str, int] | None:
    """Add the deltas: images by queue, annotations by label id, bytes. Answers the project's counts, None where it has
    the same as before.

    Raises LabelGone. Who counts on a label holds its row until the transaction ends, and nobody deletes it.
    """
    by_label = {pk: n for pk, n in sorted((labels or {}).items()) if n}
    by_queue = [(queues or {}).get(queue, 0) for queue in QUEUES]
    for pk, n in by_label.items():
        if not _add_to_label(pk, n):
            raise LabelGone("A label was deleted or merged meanwhile; try again.")
    deltas = (*by_queue, sum(by_label.values()), size)
    if not any(deltas):
        return None
    return counts_of(*_add_to_project(project_id, *deltas)[0])


def move_to_trash(project_id: int, *, images: int, size: int) -> None:
    """Add the deltas of what lies in the Trash, inside the transaction that locks the project last."""
    more = {"trashed_count": F("trashed_count") + images, "trashed_byte_count": F("trashed_byte_count") + size}
    Project.objects.filter(pk=project_id).update(**more)


@Update
def _add_to_label(pk: int, more: int) -> Change:
    return Label.objects.filter(pk=pk), {"annotation_count": F("annotation_count") + more}


@returning(*COUNTED)
def _add_to_project(pk: int, *deltas: int) -> Change:
    columns = [*(f"{queue}_count" for queue in QUEUES), "annotation_count", "byte_count"]
    changes: dict[str, Any] = {column: F(column) + n for column, n in zip(columns, deltas, strict=True)}
    return Project.objects.filter(pk=pk), changes | {"updated_at": Now()}


def publish_counts(project_id: int) -> None:
    """Tell who watches the project what it counts now; inside the transaction that changed it."""
    announce(project_id, "counts", counts_now(project_id))


def counts_now(project_id: int) -> dict[str, int]:
    (project,) = _counted(project_id)
    return project.counts


@Rows
def _counted(pk: int) -> QuerySet[Project, Project]:
    return Project.objects.filter(pk=pk)
