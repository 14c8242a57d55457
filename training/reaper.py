"""A thread in each worker that sends again what was lost: jobs whose worker died, messages that a broker dropped."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.db import DatabaseError, close_old_connections, connections
from django.db.models.functions import Now

from boxwright.events.models import Event
from boxwright.jobs import RESEND_AFTER, Job, job_models, revive, stopping
from training import status
from training.models import Artifact, Run

log = logging.getLogger(__name__)

PASS_SECONDS = 3.0
PRUNE_SECONDS = 60.0
EVENTS_KEPT = timedelta(hours=1)

ANNOUNCE: dict[type[Job], Callable[[int], None]] = {Run: status.announce_run, Artifact: status.announce_artifact}


def start() -> None:
    """Begin passing over the jobs, and go on until this worker leaves."""
    threading.Thread(target=_loop, name="reaper", daemon=True).start()


def revive_all(resend_after: timedelta = RESEND_AFTER) -> int:
    """One pass over all kinds of jobs; returns how many were sent again."""
    sent = 0
    for model in job_models():
        changed = ANNOUNCE.get(model, lambda _pk: None)
        sent += revive(model, resend_after=resend_after, changed=changed)
    return sent


def prune_events() -> int:
    return Event.objects.filter(created_at__lt=Now() - EVENTS_KEPT).delete()[0]


def _loop() -> None:
    """The first pass sends everything that is queued: a fresh worker knows of no message from before."""
    _quietly(partial(revive_all, resend_after=timedelta(0)))
    pruned = time.monotonic()
    while not stopping.wait(PASS_SECONDS):
        _quietly(revive_all)
        if time.monotonic() - pruned > PRUNE_SECONDS:
            pruned = time.monotonic()
            _quietly(prune_events)
    connections.close_all()


def _quietly(work: Callable[[], int]) -> None:
    """A database that is away for a moment must not end the reaper."""
    try:
        close_old_connections()
        work()
    except DatabaseError as error:
        log.warning("the reaper's pass failed: %s", error)
