"""A job while we work on it: beats in time, and learns quickly that it is no longer ours."""

import time
from concurrent.futures import Future, wait
from typing import Any

from django.conf import settings

from boxwright.jobs import Job, stopping

LOOK_SECONDS = 0.3
"""A cancel is seen within this time, at the cost of one small read."""


class Lost(Exception):
    """The job was canceled or taken over, or this worker is asked to leave."""


class Hold:
    """Call `check` often: it writes a heartbeat, or looks, only when that is due."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._beaten = self._looked = time.monotonic()

    def check(self) -> None:
        """Raises Lost when the work must end now."""
        now = time.monotonic()
        if stopping.is_set():
            raise Lost
        if now - self._beaten >= settings.HEARTBEAT_SECONDS:
            self.write()
        elif now - self._looked >= LOOK_SECONDS:
            self._looked = now
            if not self.job.is_mine():
                raise Lost

    def write(self, **changes: Any) -> None:
        """A heartbeat that also changes the row. Raises Lost."""
        if stopping.is_set() or not self.job.beat(**changes):
            raise Lost
        self._beaten = self._looked = time.monotonic()

    def wait_for(self, futures: list[Future[Any]]) -> None:
        """Wait for work in threads without losing the job; raises what failed there first, or Lost."""
        pending = set(futures)
        while pending:
            done, pending = wait(pending, timeout=LOOK_SECONDS / 2)
            for future in done:
                future.result()
            self.check()
