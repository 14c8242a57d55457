"""Many queries, one state: a read that writers neither wait for nor disturb, and writers that take turns."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from django.db import connection, transaction

_turn = threading.RLock()


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
