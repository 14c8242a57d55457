"""A thread in each worker for what can wait: what old snapshots hold is recorded, what failed
ones held and nobody needs is collected."""

import logging
import threading

from django.db import DatabaseError, close_old_connections, connections

from annotations.snapshots.holds import let_go_of_failed, record_old_snapshots
from boxwright.errors import Unavailable
from boxwright.jobs import stopping
from boxwright.storage.collector import collect

log = logging.getLogger(__name__)

PASS_SECONDS = 60.0
PAUSE_SECONDS = 0.2
"""Between two batches: people who save come first."""


def start() -> None:
    """Begin, and go on until this worker leaves."""
    threading.Thread(target=_loop, name="housekeeping", daemon=True).start()


def keep_house() -> None:
    """One pass. A database or a bucket that is away for a moment must not end the thread."""
    try:
        record_old_snapshots()
        let_go_of_failed()
        while collect() and not stopping.wait(PAUSE_SECONDS):
            pass
    except (DatabaseError, Unavailable) as error:
        log.warning("housekeeping stopped for now: %s", error)


def _loop() -> None:
    while True:
        close_old_connections()
        keep_house()
        if stopping.wait(PASS_SECONDS):
            break
    connections.close_all()
