"""The heartbeat of an import or a snapshot while it works."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from boxwright.jobs import Job

log = logging.getLogger(__name__)


class Lost(Exception):
    """The job was canceled, taken over or given back: stop at once, write nothing more."""


class Pulse:
    """Call `check` often: it writes a heartbeat when one is due."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._beaten = time.monotonic()

    def check(self) -> None:
        if time.monotonic() - self._beaten >= settings.HEARTBEAT_SECONDS:
            self.write()

    def write(self, **changes: Any) -> None:
        """A heartbeat that also changes the row; inside a transaction, Lost rolls that back."""
        if not self.job.beat(**changes):
            raise Lost
        self._beaten = time.monotonic()


@contextmanager
def beating(job: Job) -> Iterator[None]:
    """Heartbeats from a thread of their own, for work that holds its connection in one long read."""
    done = threading.Event()
    thread = threading.Thread(target=_beat, args=(job, done), name=f"pulse-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _beat(job: Job, done: threading.Event) -> None:
    try:
        while not done.wait(settings.HEARTBEAT_SECONDS):
            try:
                job.beat()
            except DatabaseError as error:
                log.warning("a heartbeat failed: %s", error)
    finally:
        connection.close()
