"""Many queries, one state: a read that writers neither wait for nor disturb, and writers that take turns."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from django.db import connection, transaction


class Turn:
    """A lock that goes to whoever waited longest; its holder may take it again inside.

    Python's own goes to whoever is running: work in many parts would keep it from everybody until its end.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._holder: int | None = None
        self._depth = 0

    @property
    def is_awaited(self) -> bool:
        return bool(self._waiting)

    def __enter__(self) -> None:
        me, called = threading.get_ident(), threading.Event()
        with self._guard:
            if self._holder in {None, me}:
                self._holder, self._depth = me, self._depth + 1
                return
            self._waiting.append(called)
        called.wait()
        self._holder, self._depth = me, 1

    def __exit__(self, *_error: object) -> None:
        with self._guard:
            self._depth -= 1
            if self._depth == 0 and self._waiting:
                self._holder = PASSED_ON
                self._waiting.popleft().set()
            elif self._depth == 0:
                self._holder = None


PASSED_ON = -1
"""The holder of a turn between the one who leaves it and the one who was called."""
_turn = Turn()


@contextmanager
def write_in_turn() -> Iterator[None]:
    """`transaction.atomic` for what many people do at once.

    SQLite has one writer, and whoever waits for it sleeps and looks again, ever longer. Within this process they
    queue for the turn instead: the next one goes on as soon as it may.
    """
    with _turn if connection.vendor == "sqlite" else nullcontext(), transaction.atomic():
        yield


@contextmanager
def consistent_read() -> Iterator[None]:
    """Everything read inside is of one moment. Inside another transaction it is that one's view."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with _deferred():
            yield
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


@contextmanager
def _deferred() -> Iterator[None]:
    """`atomic` begins SQLite transactions as writers (IMMEDIATE); this one must let people go on saving."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
