"""A thread in each worker that sends again what was lost: jobs whose worker died, messages that a broker dropped,
jobs whose next try is due."""

import logging
import threading
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections
from django.db.models import QuerySet
from django.db.models.functions import Now

from boxwright.jobs.job import RESEND_AFTER, Job, due, job_models
from boxwright.jobs.sending import stopping
from boxwright.jobs.status import Status

log = logging.getLogger(__name__)

PASS_SECONDS = 3.0
AT_ONCE = 100


def start() -> None:
    """Begin passing over the jobs, and go on until this worker leaves."""
    threading.Thread(target=_loop, name="reaper", daemon=True).start()


def revive_all(resend_after: timedelta = RESEND_AFTER) -> int:
    """One pass over all kinds of jobs; returns how many were sent again."""
    return sum(revive(model, resend_after) for model in job_models())


def revive(model: type[Job], resend_after: timedelta = RESEND_AFTER) -> int:
    """Re-queue jobs whose worker died, send again those whose message was lost; returns how many were sent."""
    silence = timedelta(seconds=settings.LOST_AFTER_SECONDS)
    rows = model._default_manager
    lost = rows.filter(status=Status.RUNNING, heartbeat_at__lt=Now() - silence)
    waiting = due(rows.filter(status=Status.QUEUED, enqueued_at__lte=Now() - resend_after))
    sent = sum(job.leave_dead_worker(silence) for job in _some(lost))
    return sent + sum(job.send_again(resend_after) for job in _some(waiting))


def _some(rows: QuerySet[Job]) -> Iterator[Job]:
    return iter(rows.order_by("pk")[:AT_ONCE])


def _loop() -> None:
    """The first pass sends everything that is queued: a fresh worker knows of no message from before."""
    resend_after = timedelta(0)
    while not stopping.is_set():
        try:
            close_old_connections()
            revive_all(resend_after)
            resend_after = RESEND_AFTER
        except DatabaseError as error:  # away for a moment: that must not end the reaper
            log.warning("the reaper's pass failed: %s", error)
        stopping.wait(PASS_SECONDS)
    connections.close_all()
