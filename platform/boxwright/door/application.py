"""The ASGI application: the door in front, Django behind it."""

from collections.abc import Callable
from typing import Any, cast

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponseBase

from boxwright import limits
from boxwright.api.problems import body_of, headers_of, problem_of
from boxwright.door.answer import Answer, Send
from boxwright.door.body import Body, Gone, Receive
from boxwright.door.flows import Flows, flows
from boxwright.door.seats import Seats
from boxwright.door.senders import Lanes, Route, Scope
from boxwright.door.spool import Spool
from boxwright.errors import TooMany

OTHERS = 2
"""Connections that this process needs beside its seats': the reader of events, the guard of their streams."""


class Door(ASGIHandler):
    def __init__(self) -> None:
        super().__init__()
        self.spool = Spool(settings.SPOOL_FOLDER)
        self.spool.claim()
        self.lanes, self.flows = Lanes(), Flows()
        ordinary, large = seat_counts(limits.CONNECTIONS - OTHERS)
        self.seats, self.large_seats = Seats(ordinary, "request"), Seats(large, "large")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # type: ignore[override]
        lane = self.lanes.of(scope)
        body = Body(scope, receive, self.spool, lane)
        answer = Answer(scope, send, body)
        try:
            if (person := self.lanes.person(scope)) is not None:
                self.flows.expect_room(person, lambda: Route(scope).name)
            await body.arrive(lambda route: self._admit(route, scope, lane))
            seats = self.large_seats if body.size > limits.ANONYMOUS_BYTES else self.seats
            async with seats.taken(lane) as seat, ThreadSensitiveContext(executor=seat.thread):
                answer.seat = seat
                await self.handle(dict(_measured(scope, body)), cast("Any", body), cast("Any", answer))
        except Gone:
            return
        except Exception as error:
            if (found := problem_of(error)) is None:
                raise
            await answer.refuse(*found)
        finally:
            body.close()

    async def _admit(self, route: Route, scope: Scope, lane: Any) -> None:
        async with self.seats.taken(lane) as seat, ThreadSensitiveContext(executor=seat.thread):
            await sync_to_async(_and_give_back)(lambda: route.admit(scope))

    async def read_body(self, receive: Any) -> Any:
        """It was read at the door."""
        return receive.file

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        response = await super().run_get_response(request)
        user = getattr(request, "user", None)
        # Its type, not its class: a lazy one that nobody looked at stays so, it would be a query.
        if issubclass(type(user), AbstractBaseUser):
            self.lanes.learn(cast("ASGIRequest", request).scope, cast("AbstractBaseUser", user).pk)
        return response

    async def send_response(self, response: HttpResponseBase, send: Any) -> None:
        """An answer that flows holds no connection and no thread meanwhile, and each person has so many of them."""
        person = self.lanes.person(send.scope)
        if not flows(response) or person is None:
            return await self._send_apart(response, send)
        try:
            with self.flows.opened(response, person):
                return await self._send_apart(response, send)
        except TooMany as error:
            await send.refuse(body_of(error), headers_of(error))

    async def _send_apart(self, response: HttpResponseBase, send: Any) -> None:
        if flows(response):
            await sync_to_async(close_old_connections)()
            send.leave_seat()
        await super().send_response(response, send)


def seat_counts(connections: int) -> tuple[int, int]:
    """Threads for ordinary and for large requests, so that each has a connection when it wants one."""
    large = max(1, min(limits.LARGE_AT_ONCE, connections // 4))
    return max(1, min(limits.REQUESTS_AT_ONCE, connections - large)), large


def _and_give_back(work: Callable[[], None]) -> None:
    try:
        work()
    finally:
        close_old_connections()


def _measured(scope: Scope, body: Body) -> Scope:
    """A body that came in chunks has a length now, which Django's parsers ask for."""
    if body.announced is not None or not body.size:
        return scope
    headers = [(name, value) for name, value in scope["headers"] if name != b"transfer-encoding"]
    return {**scope, "headers": [*headers, (b"content-length", str(body.size).encode())]}
