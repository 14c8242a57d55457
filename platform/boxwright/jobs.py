"""Long work: one function that enqueues it, and the row that survives it.

A task is enqueued after commit, by id, and may run twice without harm. No broker is trusted to keep it: the
row holds a status, a lease and a heartbeat; every change of it is conditional; `revive` sends again what was lost.
Each time in the row is the database's: a worker's clock is never held against another one's.
"""

import logging
import threading
import uuid
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar, Self

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Now

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
RESEND_AFTER = timedelta(seconds=60)

stopping = threading.Event()
"""Set when this worker process is asked to leave: each job's next beat gives it back to the queue."""


class Status(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.QUEUED: frozenset({Status.RUNNING, Status.CANCELED, Status.FAILED}),
    Status.RUNNING: frozenset({Status.SUCCEEDED, Status.FAILED, Status.CANCELED, Status.QUEUED}),
    Status.SUCCEEDED: frozenset(),
    Status.FAILED: frozenset({Status.QUEUED}),
    Status.CANCELED: frozenset({Status.QUEUED}),
}
OPEN = (Status.QUEUED, Status.RUNNING)
MENDABLE = (Status.FAILED, Status.CANCELED)
"""What a person may have tried again."""


def sources_of(target: Status) -> list[Status]:
    """The statuses from which `target` may be reached."""
    return [source for source, targets in TRANSITIONS.items() if target in targets]


def enqueue(task_name: str, *ids: int, queue: str = "default") -> None:
    """Send a task after commit. A broker that is away loses nothing: `revive` sends again."""
    transaction.on_commit(partial(_send, task_name, ids, queue))


def _send(task_name: str, ids: tuple[int, ...], queue: str) -> None:
    from kombu.exceptions import OperationalError

    from boxwright.celery import app

    if getattr(settings, "JOBS_INLINE", False):
        app.loader.import_default_modules()
        app.tasks[task_name].apply(args=ids, throw=True)
        return
    try:
        app.send_task(task_name, args=ids, queue=queue, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("%s%r was not sent (%s); it stays queued and is sent again", task_name, ids, error)


class Job(models.Model):
    """What imports, snapshots, runs and artifacts have in common."""

    TASK: ClassVar[str]
    QUEUE: ClassVar[str] = "default"
    TEAM: ClassVar[str] = "project__team_id"
    """The path from the job to its team: teams take turns."""

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED, db_index=True)
    error_code = models.CharField(max_length=40, blank=True, default="")
    error = models.TextField(blank=True, default="")
    attempt = models.PositiveSmallIntegerField(default=0)
    lease = models.UUIDField(null=True, editable=False)
    enqueued_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def send(self) -> None:
        enqueue(self.TASK, self.pk, queue=self.QUEUE)

    @classmethod
    def claim(cls, pk: int) -> Self | None:
        """Start the job if it is still queued; the lease on the row returned proves that it is ours."""
        began = {"lease": uuid.uuid4(), "started_at": Now(), "heartbeat_at": Now(), "attempt": models.F("attempt") + 1}
        claimed = cls._default_manager.filter(pk=pk, status=Status.QUEUED).update(status=Status.RUNNING, **began)
        return cls._default_manager.get(pk=pk) if claimed else None

    def beat(self, **changes: Any) -> bool:
        """Say that the work goes on, and write `changes`.

        False: it was canceled or taken over, or this worker is leaving and has given it back; stop at once.
        """
        if stopping.is_set():
            self.release()
            return False
        alive = self._mine().update(heartbeat_at=Now(), **changes) == 1
        if alive:
            self._set(changes)
        return alive

    def is_mine(self) -> bool:
        """Whether the work may go on: a read, which costs less than a beat and may be asked more often."""
        return not stopping.is_set() and self._mine().exists()

    def release(self) -> bool:
        """Give the job back; the next pass of any reaper sends it again. This attempt does not count."""
        due = Now() - RESEND_AFTER
        attempt = models.F("attempt") - 1
        return self._mine().update(status=Status.QUEUED, lease=None, attempt=attempt, enqueued_at=due) == 1

    def finish(self, status: Status, **changes: Any) -> bool:
        """End the job with `status`. False: it is no longer ours, and nothing was written."""
        changes |= {"status": status, "finished_at": Now(), "lease": None}
        done = self._mine().update(**changes) == 1
        if done:
            self._set(changes)
        return done

    def fail(self, code: str, detail: str, **changes: Any) -> bool:
        return self.finish(Status.FAILED, error_code=code, error=detail, **changes)

    def move(self, target: Status, *, among: Collection[Status] = tuple(Status), **changes: Any) -> bool:
        """Change the status from outside the worker, where the table of transitions allows it and it is `among`."""
        sources = [source for source in sources_of(target) if source in among]
        rows = type(self)._default_manager.filter(pk=self.pk, status__in=sources)
        if target == Status.QUEUED:
            changes |= {"enqueued_at": Now(), "finished_at": None, "error": "", "error_code": ""}
        elif target not in OPEN:
            changes.setdefault("finished_at", Now())
        moved = rows.update(status=target, lease=None, **changes) == 1
        if moved:
            self._set({"status": target, **changes})
        return moved

    def _mine(self) -> models.QuerySet[Self]:
        return type(self)._default_manager.filter(pk=self.pk, status=Status.RUNNING, lease=self.lease)

    def _set(self, changes: dict[str, Any]) -> None:
        """Have this object say what its row says; only the database knows the time that it wrote."""
        for name, value in changes.items():
            setattr(self, name, value)
        if reckoned := [name for name, value in changes.items() if isinstance(value, models.Expression | models.F)]:
            self.refresh_from_db(fields=reckoned)


def job_models() -> list[type[Job]]:
    return [model for model in apps.get_models() if issubclass(model, Job)]


def revive(
    model: type[Job],
    resend_after: timedelta = RESEND_AFTER,
    changed: Callable[[int], None] = lambda _pk: None,
) -> int:
    """Re-queue jobs whose worker died, send again those whose message was lost; return how many.

    `changed` hears the id of each job whose status changed by that.
    """
    rows = model._default_manager
    lost_before = Now() - timedelta(seconds=settings.LOST_AFTER_SECONDS)
    lost = rows.filter(status=Status.RUNNING, heartbeat_at__lt=lost_before)
    revived = 0
    for pk, attempt in lost.values_list("pk", "attempt")[:100]:
        row = lost.filter(pk=pk)
        if attempt >= MAX_ATTEMPTS:
            moved = _give_up(row)
        else:
            moved = _requeue(model, row, pk)
            revived += moved
        if moved:
            changed(pk)
    silent = rows.filter(status=Status.QUEUED, enqueued_at__lte=Now() - resend_after)
    for pk in silent.values_list("pk", flat=True)[:100]:
        revived += _requeue(model, silent.filter(pk=pk), pk)
    return revived


def _give_up(row: models.QuerySet[Any]) -> int:
    spent = {"status": Status.FAILED, "error_code": "worker_lost", "finished_at": Now(), "lease": None}
    return row.update(**spent, error=f"The worker died {MAX_ATTEMPTS} times on this.")


def _requeue(model: type[Job], row: models.QuerySet[Any], pk: int) -> int:
    """Conditional, so that of many reapers one sends."""
    if not row.update(status=Status.QUEUED, lease=None, enqueued_at=Now()):
        return 0
    enqueue(model.TASK, pk, queue=model.QUEUE)
    return 1
