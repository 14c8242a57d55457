"""What happens in a project, as server-sent events."""

from asgiref.sync import sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from boxwright.api.auth import SessionAuthentication, TokenAuthentication
from boxwright.api.problems import body_of, plain_response, problem
from boxwright.errors import NotFound
from boxwright.events.stream import stream
from boxwright.projects.queries import project_for
from boxwright.teams.models import User


@require_GET
async def project_events(request: HttpRequest, project_id: int) -> HttpResponseBase:
    """A plain Django view: DRF has no asynchronous ones. An anonymous request is a 401, a stranger's a 404."""
    try:
        user = await sync_to_async(_user_of)(request)
    except PermissionDenied as refused:
        return plain_response(problem(403, str(refused.detail)))
    if user is None:
        return plain_response(problem(401, "Log in first."))
    if not await sync_to_async(may_watch)(user, project_id):
        return plain_response(body_of(NotFound("There is no such project.")))

    async def still_allowed() -> bool:
        return await sync_to_async(_may_still_watch)(user, project_id)

    answer = StreamingHttpResponse(
        stream(project_id, _last_seen(request), still_allowed), content_type="text/event-stream"
    )
    answer["Cache-Control"] = "no-cache"
    answer["X-Accel-Buffering"] = "no"
    return answer


def _user_of(request: HttpRequest) -> User | None:
    asked = Request(request, authenticators=[TokenAuthentication(), SessionAuthentication()])
    try:
        user = asked.user
    except AuthenticationFailed:
        user = AnonymousUser()
    return user if isinstance(user, User) else None


def may_watch(user: User, project_id: int) -> bool:
    """Also false for whoever was deactivated or removed since the stream began."""
    try:
        project_for(user, project_id)
    except NotFound:
        return False
    return User.objects.filter(pk=user.pk, is_active=True).exists()


def _may_still_watch(user: User, project_id: int) -> bool:
    """A stream lives for hours: it must not hold a database connection between its checks."""
    try:
        return may_watch(user, project_id)
    finally:
        connection.close()


def _last_seen(request: HttpRequest) -> int | None:
    text = request.headers.get("Last-Event-ID") or request.GET.get("last_event_id", "")
    return int(text) if text.isdecimal() and len(text) < 19 else None
