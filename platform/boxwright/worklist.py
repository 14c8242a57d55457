"""What a worker does next: the rows are the queue, and teams take turns.

A message only says that there is something to do. A worker process does one job of a kind at a time, the kinds side by
side: a snapshot never waits behind imports. A message that finds its kind busy is dropped, as whoever is busy with it
takes what is queued afterwards. The next job is of the team that has the fewest running, then of the one that was
served least recently: two hundred jobs of one team delay another's by one.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.db.models import Count, F, Max, Min, Q

from boxwright.jobs import Job, Status, stopping

log = logging.getLogger(__name__)

LONG_AGO = datetime.min.replace(tzinfo=UTC)
Work = Callable[[int], None]


@dataclass(slots=True)
class Tried:
    """What this worker had in hand since it began; `wrong`: the part that ended with an error of ours."""

    all: set[int] = field(default_factory=set)
    wrong: set[int] = field(default_factory=set)


Next = Callable[[Tried], int | None]

_busy: dict[str, threading.Lock] = {}
_making = threading.Lock()


def work_through_jobs(model: type[Job], work: Work) -> None:
    """Do what is queued of this kind of job, unless this process is at it already."""
    work_through(model.TASK, partial(next_job, model), work)


def work_through(kind: str, following: Next, work: Work) -> None:
    """Do what `following` names; a job that goes wrong does not keep the others waiting."""
    lock = _lock(kind)
    tried = Tried()
    failures: list[Exception] = []
    while _following(following, tried) is not None and lock.acquire(blocking=False):
        try:
            while (pk := _following(following, tried)) is not None:
                tried.all.add(pk)
                try:
                    work(pk)
                except Exception as error:
                    log.exception("job %s failed", pk)
                    tried.wrong.add(pk)
                    failures.append(error)
        finally:
            lock.release()
        # Once more: a message may have found the lock taken just before it was free.
    if failures:
        raise failures[0]


def next_job(model: type[Job], tried: Tried) -> int | None:
    """The first job of the team whose turn it is: each once, and again when somebody queued it anew meanwhile."""
    rows = model._default_manager.filter(status=Status.QUEUED).order_by()
    is_anew = Q(started_at=None) | Q(enqueued_at__gt=F("started_at"))
    queued = rows.exclude(pk__in=tried.wrong).filter(is_anew | ~Q(pk__in=tried.all))
    waiting: dict[Any, datetime] = dict(queued.values_list(model.TEAM).annotate(Min("enqueued_at")))
    if not waiting:
        return None
    team = _whose_turn(model, waiting) if len(waiting) > 1 else next(iter(waiting))
    return queued.filter(**{model.TEAM: team}).order_by("enqueued_at", "pk").values_list("pk", flat=True).first()


def _whose_turn(model: type[Job], waiting: dict[Any, datetime]) -> Any:
    rows = model._default_manager.filter(**{f"{model.TEAM}__in": list(waiting)}).order_by()
    running = dict(rows.filter(status=Status.RUNNING).values_list(model.TEAM).annotate(Count("pk")))
    served = dict(rows.exclude(started_at=None).values_list(model.TEAM).annotate(Max("started_at")))
    return min(waiting, key=lambda team: (running.get(team, 0), served.get(team, LONG_AGO), waiting[team]))


def _following(following: Next, tried: Tried) -> int | None:
    return None if stopping.is_set() else following(tried)


def _lock(kind: str) -> threading.Lock:
    with _making:
        return _busy.setdefault(kind, threading.Lock())
