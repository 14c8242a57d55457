"""The row that survives its worker. Every change of it is conditional, and is announced in the same transaction.

A kind of job is a model that names its work and its serializer. Each time in the row is the database's: a worker's
clock is never held against another one's.
"""

import uuid
from collections.abc import Collection
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.apps import apps
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from boxwright import events
from boxwright.jobs.sending import enqueue, stopping
from boxwright.jobs.status import ENDED, OPEN, Status, sources_of

if TYPE_CHECKING:
    from boxwright.jobs.beat import Beat

TASK = "boxwright.jobs.work"
RESEND_AFTER = timedelta(seconds=60)
MAX_DEATHS = 3
"""A job whose worker died so often without any progress has failed."""
PATIENCE = timedelta(days=1)
"""How long a job waits for what is away."""
FIRST_RETRY_SECONDS, LONGEST_RETRY_SECONDS = 5, 300
AFRESH: dict[str, Any] = {
    "attempt": 0,
    "faults": 0,
    "retries": 0,
    "retry_at": None,
    "waiting_for": "",
    "waiting_since": None,
}
"""The columns of a job that nobody has tried yet."""
PROGRESS: dict[str, Any] = {"attempt": 1, "retries": 0, "waiting_since": None}
"""For a beat after which the next attempt begins further on: dead workers and waiting from before no longer count."""


class Job(models.Model):
    """What imports, snapshots, runs and artifacts have in common."""

    WORK: ClassVar[str]
    """Dotted path of `work(job, beat)`. It may run twice without harm."""
    SERIALIZER: ClassVar[str]
    """Dotted path of the serializer that answers and events share."""
    EVENT: ClassVar[str]
    """The kind of the events that tell of it."""
    QUEUE: ClassVar[str] = "default"
    PROJECT: ClassVar[str] = "project"
    """The path from the job to its project: its events go there, and teams take turns."""
    PARTY: ClassVar[str] = ""
    """The field by which a team's jobs take turns: those with one value are one party, those with none another."""
    AFTER: ClassVar[str] = ""
    """The field that names another job: until that one has ended, no worker takes this one."""
    AT_END: ClassVar[dict[str, Any]] = {}
    """Columns that mean something only while the job runs, with their values afterwards."""

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED, db_index=True)
    error_code = models.CharField(max_length=40, blank=True, default="")
    error = models.TextField(blank=True, default="")
    attempt = models.PositiveSmallIntegerField(default=0, help_text="claims since the last progress")
    faults = models.PositiveSmallIntegerField(default=0, help_text="attempts that ended by a fault of ours")
    waiting_for = models.CharField(max_length=300, blank=True, default="", help_text="what is away, in one sentence")
    waiting_since = models.DateTimeField(null=True)
    retries = models.PositiveSmallIntegerField(default=0, help_text="tries since it waits")
    retry_at = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True, editable=False)
    enqueued_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True, db_index=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @classmethod
    def kind(cls) -> str:
        """`training.run`: how messages name the model."""
        return cls._meta.label_lower

    @classmethod
    def team_path(cls) -> str:
        return f"{cls.PROJECT}__team_id"

    def work(self, beat: "Beat") -> None:
        import_string(self.WORK)(self, beat)

    @property
    def title(self) -> str:
        """How people know it in its project: "run 3"."""
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def waits_for(self) -> str:
        """What a queued job waits for, in one sentence; empty where that is only a worker."""
        if self.status == Status.QUEUED and self.AFTER:
            first: Job = getattr(self, self.AFTER)
            if first.status in OPEN:
                return f"{first.title[:1].upper()}{first.title[1:]} is not ready yet."
        return self.waiting_for

    @property
    def its_project(self) -> Any:
        project: Any = self
        for step in self.PROJECT.split("__"):
            project = getattr(project, step)
        return project

    def announce(self) -> None:
        """Tell whoever watches the project how the job stands now."""
        events.publish(self.its_project.pk, self.EVENT, dict(import_string(self.SERIALIZER)(self).data))

    @transaction.atomic
    def send(self) -> None:
        """Announce a job that was just queued, and send its message after commit."""
        self._enqueue()
        self.announce()

    # by the worker ----------------------------------------------------------------------------------------------------

    @classmethod
    @transaction.atomic
    def claim(cls, pk: int) -> Self | None:
        """Start the job if it is still queued; the lease on the row returned proves that it is ours."""
        began = {"lease": uuid.uuid4(), "started_at": Now(), "heartbeat_at": Now(), "waiting_for": "", "retry_at": None}
        rows = ready(cls._default_manager.filter(pk=pk, status=Status.QUEUED))
        if not rows.update(status=Status.RUNNING, attempt=models.F("attempt") + 1, **began):
            return None
        job = cls._default_manager.get(pk=pk)
        job.announce()
        return job

    def beat(self, **changes: Any) -> bool:
        """Say that the work goes on, and write `changes`.

        False: it was canceled or taken over, or this worker is leaving and has given it back; stop at once.
        """
        if stopping.is_set():
            self.release()
            return False
        return self._write(self._mine(), {"heartbeat_at": Now(), **changes}, announced=bool(changes))

    def is_mine(self) -> bool:
        """Whether the work may go on: a read, which costs less than a beat and may be asked more often."""
        return not stopping.is_set() and self._mine().exists()

    def finish(self, status: Status, **changes: Any) -> bool:
        """End the job with `status`. False: it is no longer ours, and nothing was written."""
        return self._write(self._mine(), {**self._ended(status), **changes})

    def fail(self, code: str, detail: str, **changes: Any) -> bool:
        return self.finish(Status.FAILED, error_code=code, error=detail, **changes)

    def release(self) -> bool:
        """Give the job back; the next pass of any reaper sends it again. This attempt does not count."""
        return self._give_back(attempt=models.F("attempt") - 1)

    def wait_for(self, what: str) -> bool:
        """Give the job back until `what` may be there again. False: it has waited for a day, or is no longer ours."""
        if self.waiting_since and self._mine().filter(waiting_since__lt=Now() - PATIENCE).exists():
            return False
        pause = min(FIRST_RETRY_SECONDS * 2**self.retries, LONGEST_RETRY_SECONDS)
        return self._give_back(
            attempt=models.F("attempt") - 1,
            waiting_for=what[:300],
            waiting_since=self.waiting_since or Now(),
            retries=models.F("retries") + 1 if self.retries < 20 else self.retries,
            retry_at=Now() + timedelta(seconds=pause),
        )

    def try_once_more(self) -> bool:
        """After a fault of ours. False: this was the second one, or the job is no longer ours."""
        if self.faults:
            return False
        return self._give_back(attempt=models.F("attempt") - 1, faults=1)

    def lay_aside(self, **changes: Any) -> bool:
        """Wait for a person: no worker takes it, and nothing sends it, until `queue_again`. False: no longer ours."""
        return self._write(self._mine(), {**self.AT_END, "status": Status.WAITING, "lease": None, **changes})

    def _give_back(self, **changes: Any) -> bool:
        due = Now() - RESEND_AFTER
        back = {**self.AT_END, "status": Status.QUEUED, "lease": None, "enqueued_at": due}
        return self._write(self._mine(), {**back, **changes})

    # by the reaper ----------------------------------------------------------------------------------------------------

    def leave_dead_worker(self, silence: timedelta) -> bool:
        """Queue the job again if its worker has been silent so long; fail it when workers died on it too often."""
        lost = type(self)._default_manager.filter(pk=self.pk, status=Status.RUNNING, heartbeat_at__lt=Now() - silence)
        if self.attempt >= MAX_DEATHS:
            error = f"The worker died {self.attempt} times on this."
            self._write(lost, {**self._ended(Status.FAILED), "error_code": "worker_lost", "error": error})
            return False
        queued = {**self.AT_END, "status": Status.QUEUED, "lease": None, "enqueued_at": Now()}
        return self._write(lost, queued) and self._enqueue()

    def send_again(self, silence: timedelta) -> bool:
        """Send the message of a job that has been queued for so long: it may be lost. Of many reapers one sends."""
        rows = due(type(self)._default_manager.filter(pk=self.pk, status=Status.QUEUED))
        silent = rows.filter(enqueued_at__lte=Now() - silence)
        return self._write(silent, {"enqueued_at": Now()}, announced=False) and self._enqueue()

    def _enqueue(self) -> bool:
        enqueue(TASK, self.kind(), self.pk, queue=self.QUEUE)
        return True

    # by everybody else ------------------------------------------------------------------------------------------------

    def cancel(self, among: Collection[Status] = OPEN, **changes: Any) -> bool:
        """At once; whoever works on it learns it from the row. False: it has ended already, or is not `among` these."""
        return self._move(Status.CANCELED, among, **changes)

    @transaction.atomic
    def queue_again(self, among: Collection[Status], **changes: Any) -> bool:
        """Have a job that has ended tried anew, or one that was laid aside go on, if it is `among` these."""
        queued = self._move(Status.QUEUED, among, **{**AFRESH, "started_at": None, **changes})
        return queued and self._enqueue()

    @transaction.atomic
    def _move(self, target: Status, among: Collection[Status], **changes: Any) -> bool:
        """Where the table of transitions allows it and the status is `among` these."""
        rows = type(self)._default_manager.filter(pk=self.pk)
        allowed = rows.filter(status__in=[source for source in sources_of(target) if source in among])
        if target == Status.QUEUED:
            queued = {"status": target, "lease": None, "enqueued_at": Now(), "finished_at": None}
            changes = {**self.AT_END, **queued, "error": "", "error_code": "", **changes}
        else:
            changes = {**self._ended(target), **changes}
        if not self._write(allowed, changes, announced=False):
            return False
        self.refresh_from_db()  # its worker may have written since it was read
        self.announce()
        return True

    # rows -------------------------------------------------------------------------------------------------------------

    def _mine(self) -> models.QuerySet[Self]:
        return type(self)._default_manager.filter(pk=self.pk, status=Status.RUNNING, lease=self.lease)

    def _ended(self, status: Status) -> dict[str, Any]:
        ended = {"status": status, "finished_at": Now(), "lease": None, "waiting_for": ""}
        return {**self.AT_END, **ended}

    @transaction.atomic
    def _write(self, rows: models.QuerySet[Self], changes: dict[str, Any], *, announced: bool = True) -> bool:
        """Change the row if it is among `rows`, have this object say what the row says, and announce it."""
        if not rows.update(**changes):
            return False
        for name, value in changes.items():
            setattr(self, name, value)
        if reckoned := [name for name, value in changes.items() if isinstance(value, models.Expression | models.F)]:
            self.refresh_from_db(fields=reckoned)
        if announced:
            self.announce()
        if changes.get("status") in ENDED:
            transaction.on_commit(self._send_followers)
        return True

    def _send_followers(self) -> None:
        """Those that waited for this one to end. After commit: one that was queued meanwhile has seen the end."""
        for model in job_models():
            if model.AFTER and model._meta.get_field(model.AFTER).related_model is type(self):
                for job in model._default_manager.filter(status=Status.QUEUED, **{model.AFTER: self.pk}):
                    job.send()


def ready(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Without those that come after a job that is still open. Adds no join: an UPDATE looks at its row again."""
    field = rows.model.AFTER
    if not field:
        return rows
    first = rows.model._meta.get_field(field).related_model
    return rows.exclude(**{f"{field}__in": first._default_manager.filter(status__in=OPEN).values("pk")})


def due(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Those that are ready, without those whose next try is still to come."""
    return ready(rows).filter(models.Q(retry_at=None) | models.Q(retry_at__lte=Now()))


def job_models() -> list[type[Job]]:
    return [model for model in apps.get_models() if issubclass(model, Job)]


def job_model(kind: str) -> type[Job]:
    """Raises KeyError."""
    return {model.kind(): model for model in job_models()}[kind]
