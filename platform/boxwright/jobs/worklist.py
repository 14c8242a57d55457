"""What a worker does next: the rows are the queue, and teams take turns.

A message only says that there is something to do. A worker process does one job of a kind at a time, the kinds side by
side: a snapshot never waits behind imports. A message that finds its kind busy is dropped, as whoever is busy with it
takes what is queued afterwards. The next job is of the team that has the fewest running, then of the one that was
served least recently, as far as the latest jobs tell: two hundred jobs of one team delay another's by one. Within the
team the parties of its jobs take turns by the same rule (`Job.PARTY`), and within a party the first comes first.
"""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet

from boxwright.jobs.job import Job, due
from boxwright.jobs.sending import stopping
from boxwright.jobs.status import Status

log = logging.getLogger(__name__)

LONG_AGO = datetime.min.replace(tzinfo=UTC)
LATEST = 256
"""Jobs that are looked at for who was served last: the cost stays the same, however many there have been."""
Work = Callable[[int], None]


Tried = dict[int, Any]
"""What this worker had in hand since it began, with the `enqueued_at` of then, or whatever a new call would change."""
Next = Callable[[Tried], tuple[int, Any] | None]

_busy: dict[str, threading.Lock] = {}
_making = threading.Lock()


def work_through_jobs(model: type[Job], work: Work) -> None:
    """Do what is queued of this kind of job, unless this process is at it already."""
    work_through(model.kind(), partial(next_job, model), work)


def work_through(kind: str, following: Next, work: Work) -> None:
    """Do what `following` names; a job that goes wrong does not keep the others waiting."""
    lock = _lock(kind)
    tried: Tried = {}
    failures: list[Exception] = []
    while _following(following, tried) is not None and lock.acquire(blocking=False):
        try:
            while (found := _following(following, tried)) is not None:
                pk, queued_at = found
                tried[pk] = queued_at
                _do(work, pk, failures)
        finally:
            lock.release()
        # Once more: a message may have found the lock taken just before it was free.
    if failures:
        raise failures[0]


def next_job(model: type[Job], tried: Tried) -> tuple[int, datetime] | None:
    """The first job of the party whose turn it is: each once, and again when somebody queued it anew meanwhile."""
    rows = due(model._default_manager.filter(status=Status.QUEUED)).order_by()
    queued = rows.exclude(pk__in=tried.keys() - _queued_anew(rows, tried))
    among = model._default_manager.order_by()
    for path in filter(None, (model.team_path(), model.PARTY)):
        waiting: dict[Any, datetime] = dict(queued.values_list(path).annotate(Min("enqueued_at")))
        if not waiting:
            return None
        turn = _whose_turn(among, path, waiting) if len(waiting) > 1 else next(iter(waiting))
        queued, among = queued.filter(**{path: turn}), among.filter(**{path: turn})
    return queued.order_by("enqueued_at", "pk").values_list("pk", "enqueued_at").first()


def _queued_anew(rows: QuerySet[Any], tried: Tried) -> set[int]:
    """What a worker gave back is not: that is queued as if it had been a while ago."""
    since = rows.filter(pk__in=tried).filter(Q(started_at=None) | Q(enqueued_at__gt=F("started_at")))
    return {pk for pk, at in since.values_list("pk", "enqueued_at") if at != tried[pk]} if tried else set()


def _whose_turn(rows: QuerySet[Any], path: str, waiting: dict[Any, datetime]) -> Any:
    """Of those who wait, by `path`, as `rows` tell who runs and who was served."""
    running = dict(rows.filter(status=Status.RUNNING).values_list(path).annotate(Count("pk")))
    latest = rows.exclude(started_at=None).order_by("-started_at").values_list(path, "started_at")[:LATEST]
    served = dict(reversed(list(latest)))
    return min(waiting, key=lambda one: (running.get(one, 0), served.get(one, LONG_AGO), waiting[one]))


def _following(following: Next, tried: Tried) -> tuple[int, Any] | None:
    return None if stopping.is_set() else following(tried)


def _do(work: Work, pk: int, failures: list[Exception]) -> None:
    try:
        work(pk)
    except Exception as error:
        log.exception("job %s failed", pk)
        failures.append(error)


def _lock(kind: str) -> threading.Lock:
    with _making:
        return _busy.setdefault(kind, threading.Lock())
