"""What happens in a project, as server-sent events."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from boxwright.api.auth import SessionAuthentication, TokenAuthentication
from boxwright.api.pagination import DIGITS
from boxwright.api.problems import body_of, plain_response, problem
from boxwright.errors import NotFound
from boxwright.events.guard import Guard
from boxwright.events.hub import Watcher
from boxwright.events.stream import stream
from boxwright.projects.watching import Pass, pass_of, still_good
from boxwright.teams.models import Token, User

guard = Guard(still_good)


@require_GET
def project_events(request: HttpRequest, project_id: int) -> HttpResponseBase:
    """A plain Django view: DRF has no asynchronous ones. An anonymous request is a 401, a stranger's a 404."""
    try:
        shown = _pass_of(request, project_id)
    except NotFound as error:
        return plain_response(body_of(error))
    except PermissionDenied as refused:
        return plain_response(problem(403, str(refused.detail)))
    if shown is None:
        return plain_response(problem(401, "Log in first."))
    answer = StreamingHttpResponse(_guarded(shown, _last_seen(request)), content_type="text/event-stream")
    answer["X-Accel-Buffering"] = "no"
    return answer


async def _guarded(shown: Pass, last_seen: int | None) -> AsyncGenerator[bytes, None]:
    watcher = Watcher(shown.project_id, asyncio.get_running_loop())
    guard.watch(watcher, shown)
    try:
        async with aclosing(stream(watcher, last_seen)) as frames:
            async for frame in frames:
                yield frame
    finally:
        guard.forget(watcher)


def _pass_of(request: HttpRequest, project_id: int) -> Pass | None:
    asked = Request(request, authenticators=[TokenAuthentication(), SessionAuthentication()])
    try:
        user = asked.user
    except AuthenticationFailed:
        return None
    if not isinstance(user, User):
        return None
    token = asked.auth.pk if isinstance(asked.auth, Token) else None
    session = None if token else request.session.session_key
    return pass_of(user, project_id, session=session, token=token)


def _last_seen(request: HttpRequest) -> int | None:
    text = request.headers.get("Last-Event-ID") or request.GET.get("last_event_id", "")
    return int(text) if DIGITS.match(text) else None
