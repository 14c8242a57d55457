"""One client's server-sent events: what it missed, then what happens, with a sign of life in between."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection

from boxwright.events.hub import Told, Watcher, hub
from boxwright.events.models import Event

PING_SECONDS = 15.0
RECONNECT_MS = 2000
REPLAY = 1000


async def stream(watcher: Watcher, last_seen: int | None) -> AsyncIterator[bytes]:
    """Ends when the watcher is over, or when the client falls too far behind."""
    hub.join(watcher)
    try:
        start = await asyncio.to_thread(hub.safe_start)
        missed = [] if last_seen is None else await sync_to_async(_since)(watcher.project_id, last_seen, start)
        for event in missed:
            yield _frame(event)
        # Everything up to `start` was committed before the look at what was missed: resume from here.
        yield f"retry: {RECONNECT_MS}\nid: {start}\n\n".encode()
        async for frame in _live(watcher, {event.id for event in missed}):
            yield frame
    finally:
        hub.leave(watcher)


async def _live(watcher: Watcher, sent: set[int]) -> AsyncIterator[bytes]:
    while not watcher.is_over:
        try:
            event = await asyncio.wait_for(watcher.queue.get(), PING_SECONDS)
        except TimeoutError:
            yield b": ping\n\n"
            continue
        if event is None or watcher.is_over:
            return
        if event.id not in sent:
            yield _frame(event)


def _since(project_id: int, last_seen: int, safe: int) -> list[Told]:
    rows = Event.objects.filter(project_id=project_id, id__gt=last_seen).order_by("id")[:REPLAY]
    try:
        return [Told(min(row.pk, safe), row.pk, row.kind, row.data) for row in rows]
    finally:
        connection.close()


def _frame(event: Told) -> bytes:
    data = _json(event.data)
    return f"id: {event.safe}\nevent: {event.kind}\ndata: {data}\n\n".encode()


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
