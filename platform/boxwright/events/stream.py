"""One client's server-sent events: what it missed, then what happens, with a sign of life in between.

Where not all that it missed can be told it is sent a `gap`, and fetches again what it shows.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from asgiref.sync import sync_to_async
from django.db import connection

from boxwright.events import RESUMED
from boxwright.events.hub import Told, Watcher, hub
from boxwright.events.models import Event
from boxwright.events.reader import newest

PING_SECONDS = 15.0
RECONNECT_MS = 2000
GAP = b"event: gap\ndata: {}\n\n"


async def stream(watcher: Watcher, last_seen: int | None) -> AsyncGenerator[bytes, None]:
    """Ends when the watcher is over, or when the client falls too far behind."""
    hub.join(watcher)
    try:
        start = await asyncio.to_thread(hub.safe_start)
        missed = None if last_seen is None else await sync_to_async(_since)(watcher.project_id, last_seen, start)
        if missed is None:
            yield GAP
        for event in missed or ():
            yield event.frame
        # All events up to `start` were committed before `_since` read: a client that reconnects goes on from there.
        yield f"retry: {RECONNECT_MS}\nid: {start}\n\n".encode()
        async for frame in _live(watcher, {event.id for event in missed or ()}):
            yield frame
        if watcher.is_over:
            yield GAP  # who may still watch, but as another, looks again
    finally:
        hub.leave(watcher)


async def _live(watcher: Watcher, sent: set[int]) -> AsyncIterator[bytes]:
    while not watcher.is_over:
        try:
            async with asyncio.timeout(PING_SECONDS):
                news = [await watcher.queue.get()]
        except TimeoutError:
            yield b": ping\n\n"
            continue
        while not watcher.queue.empty():
            news.append(watcher.queue.get_nowait())
        frames = [event.frame for event in news if event is not None and event.id not in sent]
        if frames and not watcher.is_over:
            yield b"".join(frames)
        if None in news:
            return


def _since(project_id: int, last_seen: int, safe: int) -> list[Told] | None:
    """None where that is not known any more."""
    try:
        latest = newest()
        if not latest - RESUMED <= last_seen <= latest:
            return None
        rows = Event.objects.filter(project_id=project_id, id__gt=last_seen).order_by("id")
        return [Told(min(row.pk, safe), row.pk, row.kind, row.data) for row in rows]
    finally:
        connection.close()
