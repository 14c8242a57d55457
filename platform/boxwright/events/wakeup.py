"""Waits until there may be new rows: for a NOTIFY of PostgreSQL or a commit in this process, at most a moment.

A NOTIFY may also be the news itself, which no row holds.
"""

from contextlib import suppress
from typing import Any

from django.db import Error, connection

from boxwright.events.channel import CHANNEL, EVERY, RELAYED

POLL_SECONDS = 0.25
LISTEN_SECONDS = 1.0


class Wakeup:
    """Belongs to the thread that reads, and to its connection."""

    def __init__(self) -> None:
        self.is_open = False

    def open(self) -> None:
        if not self.is_open and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
                cursor.execute(f"LISTEN {RELAYED}")
        self.is_open = True

    def close(self) -> None:
        """Before the connection goes back to its pool."""
        if self.is_open and connection.vendor == "postgresql":
            with suppress(Error), connection.cursor() as cursor:
                cursor.execute("UNLISTEN *")
        self.is_open = False
        connection.close()

    def wait(self) -> list[str]:
        """What was relayed meanwhile."""
        if connection.vendor == "postgresql":
            psycopg: Any = connection.connection
            heard = list(psycopg.notifies(timeout=LISTEN_SECONDS, stop_after=1))
            return [news.payload for news in heard if news.channel == RELAYED]
        EVERY.wait(POLL_SECONDS)
        EVERY.clear()
        return []
