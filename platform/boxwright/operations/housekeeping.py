"""A thread in each worker for what can wait: chores of the apps, old events, objects that nobody needs."""

import logging
import threading
from collections.abc import Callable, Iterator
from importlib import import_module

from django.apps import apps
from django.db import DatabaseError, close_old_connections, connections
from django.utils.module_loading import module_has_submodule

from boxwright import events
from boxwright.errors import Unavailable
from boxwright.jobs import stopping
from boxwright.storage.collector import collect

log = logging.getLogger(__name__)

PASS_SECONDS = 60.0
PAUSE_SECONDS = 0.2
"""Between two batches: people who save come first."""
CHORES = (events.prune,)


def start() -> None:
    """Begin, and go on until this worker leaves."""
    threading.Thread(target=_loop, name="housekeeping", daemon=True).start()


def keep_house() -> None:
    """One pass. A database or a bucket that is away for a moment must not end the thread."""
    try:
        for chore in _chores():
            chore()
        while collect() and not stopping.wait(PAUSE_SECONDS):
            pass
    except (DatabaseError, Unavailable) as error:
        log.warning("housekeeping stopped for now: %s", error)


def _chores() -> Iterator[Callable[[], object]]:
    """Of each app that has a module `housekeeping`, this one too."""
    for config in apps.get_app_configs():
        if config.module is not None and module_has_submodule(config.module, "housekeeping"):
            yield from import_module(f"{config.name}.housekeeping").CHORES


def _loop() -> None:
    while True:
        close_old_connections()
        keep_house()
        if stopping.wait(PASS_SECONDS):
            break
    connections.close_all()
