"""Ends the streams of whoever may no longer watch: one look for all of them every two seconds, not one a stream."""

import logging
import threading
import time
from collections.abc import Callable, Collection, Hashable
from typing import Generic, TypeVar

from django.db import Error, connection

from boxwright.events.hub import Watcher, call

log = logging.getLogger(__name__)

SECONDS = 2.0
"""Between two looks. Whoever was sent away hears nothing more after this and one look."""

Pass = TypeVar("Pass", bound=Hashable)


class Guard(Generic[Pass]):
    """`still_good` answers which passes hold now. A thread asks it while there are streams."""

    def __init__(self, still_good: Callable[[Collection[Pass]], Collection[Pass]]) -> None:
        self.still_good = still_good
        self.lock = threading.Lock()
        self.watchers: dict[Watcher, Pass] = {}
        self.thread: threading.Thread | None = None

    def watch(self, watcher: Watcher, shown: Pass) -> None:
        with self.lock:
            self.watchers[watcher] = shown
            if self.thread is None:
                self.thread = threading.Thread(target=self._look_on, name="guard", daemon=True)
                self.thread.start()

    def forget(self, watcher: Watcher) -> None:
        with self.lock:
            self.watchers.pop(watcher, None)

    def look(self) -> None:
        """End the streams whose pass holds no more."""
        with self.lock:
            watchers = dict(self.watchers)
        good = self.still_good(set(watchers.values()))
        for watcher, shown in watchers.items():
            if shown not in good:
                call(watcher.loop, watcher.end)

    def _look_on(self) -> None:
        while self._is_wanted():
            time.sleep(SECONDS)
            try:
                self.look()
            except Error as error:
                log.warning("who may still watch can't be read (%s); trying again", error)
            finally:
                connection.close()

    def _is_wanted(self) -> bool:
        with self.lock:
            if not self.watchers:
                self.thread = None
            return bool(self.watchers)
