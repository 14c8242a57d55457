"""Counters kept by delta, in the transaction that changes what they count. Nothing is ever counted again.

The order is the same everywhere (image, labels by id, project), so that two saves can't wait for each other.
"""

from collections import Counter
from collections.abc import Mapping

from django.db.models import F
from django.utils import timezone

from boxwright import events
from boxwright.projects.models import Label, Project


def move(
    project_id: int,
    *,
    queues: Mapping[str, int] | None = None,
    labels: Mapping[int, int] | None = None,
) -> bool:
    """Add the deltas: images by queue, annotations by label id. False when there was nothing to add."""
    by_label = {pk: n for pk, n in sorted((labels or {}).items()) if n}
    by_queue = {f"{queue}_count": n for queue, n in (queues or {}).items() if n}
    for pk, n in by_label.items():
        Label.objects.filter(pk=pk).update(annotation_count=F("annotation_count") + n)
    deltas = {**by_queue, "annotation_count": sum(by_label.values())}
    if not by_queue and not deltas["annotation_count"]:
        return bool(by_label)
    changes = {column: F(column) + n for column, n in deltas.items() if n}
    Project.objects.filter(pk=project_id).update(**changes, updated_at=timezone.now())
    return True


def queue_move(before: str, after: str) -> dict[str, int]:
    return {} if before == after else {before: -1, after: 1}


def label_moves(before: Counter[int], after: Counter[int]) -> dict[int, int]:
    return {label: after[label] - before[label] for label in before.keys() | after.keys()}


def publish_counts(project_id: int) -> None:
    """Tell who watches the project what it counts now; inside the transaction that changed it."""
    events.publish(project_id, "counts", Project.objects.get(pk=project_id).counts)
