"""A request's body on its way in: counted, timed, and kept in the spool."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any

from boxwright import limits
from boxwright.door.senders import Route, Scope, header
from boxwright.door.spool import Spool
from boxwright.errors import NoRoom, TooLarge, TooSlow, is_full

Receive = Callable[[], Awaitable[dict[str, Any]]]
BODYLESS = {"GET", "HEAD", "DELETE", "OPTIONS", "TRACE"}
ROOM_FOR_FORMS = 64 * limits.KIB
"""What a form adds to its files."""


class Gone(Exception):
    """The client hung up."""


class Body:
    """Django gets it as `receive`, after the body has arrived: only the client's disconnect is left to receive."""

    def __init__(self, scope: Scope, receive: Receive, spool: Spool, sender: Hashable) -> None:
        self.receive = receive
        self._scope, self._spool, self._sender = scope, spool, sender
        self.file = spool.file()
        self.size = 0
        self._charged = 0
        self._is_form = header(scope, b"content-type").startswith(b"multipart/")
        announced = header(scope, b"content-length")
        self.announced = int(announced) if announced else None
        self._is_sent = b"chunked" in header(scope, b"transfer-encoding").lower() or bool(self.announced)
        self.is_unread = self._is_sent

    async def arrive(self, admit: Callable[[Route], Awaitable[None]]) -> None:
        """Read it all. Raises Gone, or the problem that it is refused with; `admit` is asked before a large one."""
        if not self._is_sent or self._scope["method"] in BODYLESS:
            return
        route = Route(self._scope)
        limit = route.limit + (ROOM_FOR_FORMS if self._is_form else 0)
        is_admitted = False
        began = asyncio.get_running_loop().time()
        more = True
        while more:
            expected = max(self.size, 0 if self.size else self.announced or 0)
            if expected > limit:
                raise TooLarge(f"The request is larger than the {limit / limits.MIB:.3g} MB allowed here.")
            if expected > limits.ANONYMOUS_BYTES and not is_admitted:
                await admit(route)
                is_admitted = True
                began = asyncio.get_running_loop().time()
            message = await self._next(began)
            more = message.get("more_body", False)
            await self._keep(message.get("body", b""), limit)
        self.is_unread = False
        self.file.seek(0)

    async def _next(self, began: float) -> dict[str, Any]:
        now = asyncio.get_running_loop().time()
        ends = began + limits.BODY_GRACE_SECONDS + self.size / limits.BODY_RATE
        try:
            async with asyncio.timeout(max(0.0, min(limits.BODY_IDLE_SECONDS, ends - now))):
                message = await self.receive()
        except TimeoutError:
            raise TooSlow("The request did not come in time.") from None
        if message["type"] == "http.disconnect":
            raise Gone
        return message

    async def _keep(self, data: bytes, limit: int) -> None:
        self.size += len(data)
        if self.size > limit:
            return  # refused before any more of it is read
        # The files of a form are copied out of it: for a while they lie on the disk twice.
        share = len(data) * (2 if self._is_form else 1)
        self._spool.charge(self._sender, share)
        self._charged += share
        try:
            if self.size > limits.ANONYMOUS_BYTES:
                await asyncio.to_thread(self.file.write, data)
            else:
                self.file.write(data)
        except OSError as error:
            raise NoRoom("The server's disk is full.") if is_full(error) else error from error

    async def __call__(self) -> dict[str, Any]:
        """Until the client hangs up. What it sends unasked is dropped."""
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                return message

    def close(self) -> None:
        self.file.close()
        self._spool.refund(self._sender, self._charged)
        self._charged = 0
