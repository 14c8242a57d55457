"""A job while we work on it: its folder, its heartbeat, and how the work learns that the job is no longer ours."""

import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from boxwright.jobs.faults import Lost
from boxwright.jobs.job import Job
from boxwright.jobs.sending import stopping
from boxwright.jobs.status import Status

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.3
"""A cancel is seen within this time, at the cost of one small read."""


class Beat:
    """Call `check` often: it writes a heartbeat, or looks whether the job is still ours, only when that is due."""

    def __init__(self, job: Job, folder: Path) -> None:
        """`folder`: for this attempt alone; it is gone afterwards."""
        self.job, self.folder = job, folder
        self._beaten = self._looked = time.monotonic()
        self._beats_in_background = False
        self._lost = threading.Event()

    def check(self) -> None:
        """Raises Lost when the work must end now."""
        now = time.monotonic()
        if stopping.is_set() or self._lost.is_set():
            raise Lost
        if self._beats_in_background:
            return
        if now - self._beaten >= settings.HEARTBEAT_SECONDS:
            self.write()
        elif now - self._looked >= LOOK_SECONDS:
            self._looked = now
            if not self.job.is_mine():
                raise Lost

    def write(self, **changes: Any) -> None:
        """A heartbeat that also changes the row, and tells of it. Raises Lost, which rolls back a transaction."""
        if stopping.is_set() or not self.job.beat(**changes):
            raise Lost
        self._beaten = self._looked = time.monotonic()

    def finish(self, **changes: Any) -> None:
        """The job has succeeded; in the transaction of what belongs to that. Raises Lost."""
        if not self.job.finish(Status.SUCCEEDED, **changes):
            raise Lost

    def lay_aside(self, **changes: Any) -> None:
        """The job waits for a person, who decides how it goes on. Raises Lost."""
        if not self.job.lay_aside(**changes):
            raise Lost

    def wait_for(self, futures: list[Future[Any]]) -> None:
        """Wait for work in threads without losing the job; raises what failed there first, or Lost."""
        pending = set(futures)
        while pending:
            done, pending = wait(pending, timeout=LOOK_SECONDS / 2)
            for future in done:
                future.result()
            self.check()

    @contextmanager
    def in_background(self) -> Iterator[None]:
        """Heartbeats from a thread of their own, for work that holds its connection in one long read.

        Inside, `check` asks the database nothing: it tells what the last heartbeat found.
        """
        done = threading.Event()
        thread = threading.Thread(target=self._beat_until, args=(done,), name=f"beat-{self.job.pk}", daemon=True)
        self._beats_in_background = True
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
            self._beats_in_background = False

    def _beat_until(self, done: threading.Event) -> None:
        try:
            while not done.wait(settings.HEARTBEAT_SECONDS):
                try:
                    if not self.job.beat():
                        self._lost.set()
                except DatabaseError as error:
                    log.warning("a heartbeat failed: %s", error)
        finally:
            connection.close()
