"""The ASGI application: the door in front, Django behind it."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import nullcontext
from functools import partial
from typing import IO, Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.signals import request_started
from django.db import close_old_connections
from django.http import HttpResponseBase
from django.urls import set_script_prefix

from boxwright import limits
from boxwright.api.problems import problem_of
from boxwright.api.streams import MadeFile
from boxwright.door.answer import Answer, Send
from boxwright.door.body import Body, Gone, Receive
from boxwright.door.flows import Flows, flows
from boxwright.door.refusals import Refusals
from boxwright.door.seats import Seat, Seats, Shares
from boxwright.door.senders import Route, Scope, Senders
from boxwright.door.spool import Spool
from boxwright.errors import TooMany

OTHERS = 3
"""Database connections of this process besides one a seat: for the reader of events, the guard of streams, and whoever
makes zips."""


class Door(ASGIHandler):
    """Django's ASGI handler, but a request passes all middleware and its view in one thread.

    Django's own handler changes threads between them, and at each change the request waits until Python runs it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware()
        self.spool = Spool(settings.SPOOL_FOLDER)
        self.spool.claim()
        self.senders, self.flows, self.refusals = Senders(), Flows(), Refusals()
        ordinary, large = seat_counts(limits.CONNECTIONS - OTHERS)
        self.shares = Shares()
        self.seats, self.large_seats = Seats(ordinary, "request", self.shares), Seats(large, "large", self.shares)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # type: ignore[override]
        sender = self.senders.of(scope)
        body = Body(scope, receive, self.spool, sender)
        answer = Answer(scope, send, body)
        try:
            if (person := self.senders.person(scope)) is not None:
                self.flows.expect_room(person, lambda: Route(scope).name)
            await body.arrive(lambda route: self._admit(route, scope, sender))
            seats = self.large_seats if body.size > limits.ANONYMOUS_BYTES else self.seats
            async with seats.taken(sender) as seat, ThreadSensitiveContext(executor=seat.thread):
                await self._serve(seat, sender, _measured(scope, body), body, answer)
        except Gone:
            return
        except Exception as error:
            if (found := problem_of(error)) is None:
                raise
            if isinstance(error, TooMany):
                await self.refusals.wait(sender)
            await answer.refuse(*found)
        finally:
            body.close()

    async def _admit(self, route: Route, scope: Scope, sender: Any) -> None:
        async with self.seats.taken(sender) as seat, ThreadSensitiveContext(executor=seat.thread):
            await seat.work(_and_give_back, lambda: route.admit(scope))

    async def _serve(self, seat: Seat, sender: Any, scope: Scope, body: Body, answer: Answer) -> None:
        response, user_id = await seat.work(self._respond, scope, body.file)
        if user_id is not None:
            self.senders.learn(scope, user_id)
            if sender != user_id:
                self.shares.recognise(sender, user_id)
        if not flows(response):
            return await self.send_response(response, answer)
        seat.leave()
        if isinstance(response, MadeFile):
            response.is_alone = partial(self.shares.is_alone, sender)
        person = self.senders.person(scope)
        try:
            with self.flows.opened(response, person) if person is not None else nullcontext():
                await _while_there(self.send_response(response, answer), body)
        finally:
            if response.streaming:
                await sync_to_async(response.close)()

    def _respond(self, scope: Scope, file: IO[bytes]) -> tuple[HttpResponseBase, Any]:
        """Django's answer, and whom it knows the sender as. Holds no connection to the database any more."""
        set_script_prefix(get_script_prefix(scope))
        request_started.send(sender=type(self), scope=scope)
        # One of the two is None; Django's types don't say that.
        request, refusal = self.create_request(scope, file)
        response: HttpResponseBase = refusal or self.get_response(request)  # type: ignore[arg-type]
        user: Any = getattr(request, "user", None)
        if response.streaming:
            close_old_connections()
        else:
            response.close()
        # Its type, not its class: a lazy one that nobody looked at stays so, it would be a query.
        return response, user.pk if issubclass(type(user), AbstractBaseUser) else None


def seat_counts(connections: int) -> tuple[int, int]:
    """(ordinary, large): numbers of threads, together at most `connections` where these are two or more."""
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


async def _while_there(sending: Coroutine[Any, Any, None], body: Body) -> None:
    """Send until the client hangs up."""
    tasks = [asyncio.ensure_future(sending), asyncio.ensure_future(body())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        found = await asyncio.gather(*tasks, return_exceptions=True)
    if isinstance(found[0], Exception):
        raise found[0]
