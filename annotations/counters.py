"""Counters kept by delta, in the transaction that changes what they count; `annotations.recount` looks after them.

The order is the same everywhere (images by id, labels by id, project), so that two saves can't wait for each other.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import F
from django.utils import timezone

from boxwright.errors import Conflict
from boxwright.events.kinds import announce
from boxwright.projects.models import Label, Project


class LabelGone(Conflict):
    """A label was deleted or merged since the caller read it: roll back, read the labels again."""


@dataclass(slots=True)
class Tally:
    """Deltas that wait for the end of a transaction: images by queue, annotations by label id, bytes."""

    queues: Counter[str] = field(default_factory=Counter)
    labels: Counter[int] = field(default_factory=Counter)
    size: int = 0

    def move(self, project_id: int) -> bool:
        return move(project_id, queues=self.queues, labels=self.labels, size=self.size)


def move(
    project_id: int,
    *,
    queues: Mapping[str, int] | None = None,
    labels: Mapping[int, int] | None = None,
    size: int = 0,
) -> bool:
    """Add the deltas: images by queue, annotations by label id, bytes. False when there was nothing to add.

    Raises LabelGone. Who counts on a label holds its row until the transaction ends, and nobody deletes it.
    """
    by_label = {pk: n for pk, n in sorted((labels or {}).items()) if n}
    by_queue = {f"{queue}_count": n for queue, n in (queues or {}).items() if n}
    for pk, n in by_label.items():
        if not Label.objects.filter(pk=pk).update(annotation_count=F("annotation_count") + n):
            raise LabelGone("A label was deleted or merged meanwhile; try again.")
    deltas = {**by_queue, "annotation_count": sum(by_label.values()), "byte_count": size}
    if not any(deltas.values()):
        return bool(by_label)
    changes = {column: F(column) + n for column, n in deltas.items() if n}
    Project.objects.filter(pk=project_id).update(**changes, updated_at=timezone.now())
    return True


def publish_counts(project_id: int) -> None:
    """Tell who watches the project what it counts now; inside the transaction that changed it."""
    announce(project_id, "counts", Project.objects.get(pk=project_id).counts)
