"""An answer on its way out. If the reader takes nothing for SEND_SECONDS, the connection is closed."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from boxwright import limits
from boxwright.api.problems import CONTENT_TYPE
from boxwright.door import HANG_UP
from boxwright.door.body import Body, Gone, Receive
from boxwright.door.senders import Scope

Send = Callable[[Mapping[str, Any]], Awaitable[None]]
LINGER_SECONDS = 1.0
LINGER_BYTES = 2 * limits.MIB


class Answer:
    """Django gets it as `send`."""

    def __init__(self, scope: Scope, send: Send, body: Body) -> None:
        self.scope, self._send, self._body = scope, send, body
        self._hang_up: Callable[[], None] = scope.get("extensions", {}).get(HANG_UP, _nothing)
        self._has_begun = False

    async def __call__(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._has_begun = True
            if self._body.is_unread:
                message = {**message, "headers": [*message["headers"], (b"connection", b"close")]}
        try:
            async with asyncio.timeout(limits.SEND_SECONDS):
                await self._send(message)
        except TimeoutError:
            self._hang_up()
            raise Gone from None

    async def refuse(self, body: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        """A problem of the door's own; the connection closes where the request's body was not read."""
        if self._has_begun:
            return
        content = json.dumps(body).encode()
        head = {
            "Content-Type": CONTENT_TYPE,
            "Content-Length": str(len(content)),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            **headers,
        }
        lines = [(name.lower().encode(), value.encode()) for name, value in head.items()]
        await self({"type": "http.response.start", "status": body["status"], "headers": lines})
        await self({"type": "http.response.body", "body": content, "more_body": True})
        if self._body.is_unread:
            await _linger(self._body.receive)
        await self({"type": "http.response.body", "body": b""})


async def _linger(receive: Receive) -> None:
    """Read a little more of the body: a client that still sends when the connection closes may not see the answer."""
    taken = 0
    try:
        async with asyncio.timeout(LINGER_SECONDS):
            while taken < LINGER_BYTES:
                message = await receive()
                taken += len(message.get("body", b""))
                if message["type"] == "http.disconnect" or not message.get("more_body", False):
                    return
    except TimeoutError:
        return


def _nothing() -> None:
    """The server can't hang up: the connection stays until the reader closes it."""
