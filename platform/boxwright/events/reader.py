"""Reads the outbox: each event once, also those whose transaction committed after a later one's.

Streams of browsers read it; whoever tells of events elsewhere (webhooks, rules) reads it the same way.
"""

import time

from django.db import connection
from django.db.models import Max, Q

from boxwright.events.models import Event
from boxwright.events.watermark import WIDEST, Watermark

READ_AT_ONCE = 500


class Reader:
    """Belongs to one thread. `begin`, then `read` again and again."""

    def __init__(self) -> None:
        self._mark = Watermark()

    @property
    def safe(self) -> int:
        """Every event up to this id was read or will never be there: where one may go on later."""
        return self._mark.safe

    def begin(self) -> None:
        """After the newest event; those that are still to commit shortly before it count as new."""
        self._mark = Watermark(max(0, newest() - WIDEST))
        self._mark.see(Event.objects.filter(id__gt=self._mark.high).values_list("id", flat=True), time.monotonic())

    def read(self) -> list[Event]:
        """What is new, at most 500 events, in the order of their ids."""
        new = Q(id__gt=self._mark.high) | Q(id__in=list(self._mark.missing))
        events = list(Event.objects.filter(new).order_by("id")[:READ_AT_ONCE])
        self._mark.see([event.pk for event in events], time.monotonic())
        return events


def newest() -> int:
    """0 where there is none."""
    return Event.objects.aggregate(newest=Max("id"))["newest"] or 0


def position() -> int:
    """Where a stream begins that misses nothing of what is committed from now on; to be asked before one reads."""
    if connection.vendor == "sqlite":
        return newest()  # one writer at a time: ids commit in their order
    reader = Reader()
    reader.begin()
    return reader.safe
