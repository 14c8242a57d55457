"""What the queue does for projects."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready

from boxwright.errors import Unavailable
from boxwright.jobs import enqueue, worklist
from boxwright.projects import removal
from boxwright.projects.models import Project
from boxwright.projects.projects import REMOVE


@shared_task(name=REMOVE, autoretry_for=(Unavailable,), retry_backoff=True, max_retries=10)
def remove_project(_project_id: int) -> None:
    """One removal at a time, so that a large one keeps no job waiting; the deleted projects are the queue."""
    worklist.work_through(REMOVE, _next_deleted, removal.remove)


def _next_deleted(tried: worklist.Tried) -> tuple[int, Any] | None:
    deleted = Project.objects.exclude(deleted_at=None).exclude(pk__in=tried).order_by("deleted_at")
    return deleted.values_list("pk", "deleted_at").first()


@worker_ready.connect
def go_on_removing(**_signal: Any) -> None:
    """No broker is trusted: a worker that starts takes up what was left half deleted."""
    for pk in Project.objects.exclude(deleted_at=None).values_list("pk", flat=True):
        enqueue(REMOVE, pk)
