"""One reader of event rows a process, and everybody in this process who watches a project."""

import asyncio
import json
import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import Error

from boxwright.events.channel import EVERY
from boxwright.events.models import Event
from boxwright.events.reader import Reader
from boxwright.events.wakeup import Wakeup

log = logging.getLogger(__name__)

QUEUE_LENGTH = 1000
RELAYED_BEHIND = 100
"""A client with so many events to come is not told what was relayed."""
AFTER_ERROR = 1.0
GATHER_A_WATCHER, LONGEST_GATHER = 0.0005, 0.25
TOLD_AT_ONCE, BETWEEN = 50, 0.01
"""A loop that tells hundreds in one go answers nobody meanwhile."""


@dataclass(frozen=True)
class Told:
    """One event as it goes to a client. `safe` is where a client that got it may resume.

    What was relayed has no row: its id is 0, and the client's place stays where it was.
    """

    safe: int
    id: int
    kind: str
    data: Any

    @cached_property
    def frame(self) -> bytes:
        """The event's bytes, made once for all watchers."""
        data = json.dumps(self.data, ensure_ascii=False, separators=(",", ":"))
        place = f"id: {self.safe}\n" if self.id else ""
        return f"{place}event: {self.kind}\ndata: {data}\n\n".encode()


@dataclass(eq=False)
class Watcher:
    """One open stream. `queue` ends with None when it fell too far behind: the client reconnects and refetches.

    One that `is_over` says nothing more, whatever its queue still holds.
    """

    project_id: int
    loop: asyncio.AbstractEventLoop
    queue: "asyncio.Queue[Told | None]" = field(default_factory=lambda: asyncio.Queue(QUEUE_LENGTH + 1))
    is_over: bool = False

    def tell(self, event: Told) -> None:
        if event.id == 0 and self.queue.qsize() >= RELAYED_BEHIND:
            return
        if self.queue.qsize() < QUEUE_LENGTH:
            self.queue.put_nowait(event)
        elif self.queue.qsize() == QUEUE_LENGTH:
            self.queue.put_nowait(None)

    def end(self) -> None:
        self.is_over = True
        if self.queue.empty():
            self.queue.put_nowait(None)


class Hub:
    """Watchers come and go; the reader's thread lives while there are any."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.watchers: dict[int, set[Watcher]] = {}
        self.reader = Reader()
        self.ready = threading.Event()
        self.thread: threading.Thread | None = None

    def join(self, watcher: Watcher) -> None:
        with self.lock:
            self.watchers.setdefault(watcher.project_id, set()).add(watcher)
            if self.thread is None:
                self.ready.clear()
                self.thread = threading.Thread(target=self._read_on, name="events", daemon=True)
                self.thread.start()

    def leave(self, watcher: Watcher) -> None:
        with self.lock:
            watchers = self.watchers.get(watcher.project_id, set())
            watchers.discard(watcher)
            if not watchers:
                self.watchers.pop(watcher.project_id, None)
        EVERY.set()

    def relay(self, project_id: int, kind: str, data: Any) -> None:
        """To whoever watches in this process now."""
        self._tell(project_id, [Told(0, 0, kind, data)])

    def safe_start(self, timeout: float = 10) -> int:
        """An id up to which every row can be read now. Waits for the reader's first look."""
        self.ready.wait(timeout)
        return self.reader.safe

    def _read_on(self) -> None:
        wakeup = Wakeup()
        try:
            while self._is_wanted():
                self._read_and_wait(wakeup)
        finally:
            wakeup.close()
            with self.lock:
                if self.thread is threading.current_thread():
                    self.thread = None

    def _is_wanted(self) -> bool:
        with self.lock:
            if not self.watchers:
                self.thread = None
            return bool(self.watchers)

    def _read_and_wait(self, wakeup: Wakeup) -> None:
        try:
            wakeup.open()
            if not self.ready.is_set():
                self.reader.begin()
                self.ready.set()
            self._hand_on(self.reader.read())
            for news in wakeup.wait():
                self.relay(*json.loads(news))
            self._gather()
        except Error as error:
            log.warning("events can't be read (%s); trying again", error)
            wakeup.close()
            time.sleep(AFTER_ERROR)

    def _hand_on(self, rows: Iterable[Event]) -> None:
        events: dict[int, list[Told]] = {}
        for row in rows:
            told = Told(min(row.pk, self.reader.safe), row.pk, row.kind, row.data)
            events.setdefault(row.project_id, []).append(told)
        for project_id, news in events.items():
            self._tell(project_id, news)

    def _tell(self, project_id: int, news: list[Told]) -> None:
        with self.lock:
            watchers = list(self.watchers.get(project_id, ()))
        for start in range(0, len(watchers), TOLD_AT_ONCE):
            time.sleep(BETWEEN if start else 0)
            for loop, here in _by_loop(watchers[start : start + TOLD_AT_ONCE]).items():
                call(loop, _tell_all, here, news)

    def _gather(self) -> None:
        """Wait before telling, longer where more people watch: the three events of a save then go out together."""
        with self.lock:
            count = sum(map(len, self.watchers.values()))
        time.sleep(min(LONGEST_GATHER, count * GATHER_A_WATCHER))


def _by_loop(watchers: Iterable[Watcher]) -> dict[asyncio.AbstractEventLoop, list[Watcher]]:
    loops: dict[asyncio.AbstractEventLoop, list[Watcher]] = {}
    for watcher in watchers:
        loops.setdefault(watcher.loop, []).append(watcher)
    return loops


def _tell_all(watchers: Iterable[Watcher], events: Iterable[Told]) -> None:
    for event in events:
        for watcher in watchers:
            watcher.tell(event)


def call(loop: asyncio.AbstractEventLoop, what: Callable[..., None], *words: Any) -> None:
    """From another thread than the one that the streams run in."""
    try:
        loop.call_soon_threadsafe(what, *words)
    except RuntimeError:
        log.debug("an event loop ended before its streams did")


hub = Hub()
