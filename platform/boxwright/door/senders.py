"""Who sends: as far as it must be known before a body is read, or a turn is given."""

import hashlib
import re
from collections.abc import Hashable, Mapping
from http.cookies import CookieError, SimpleCookie
from io import BytesIO
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import ResolverMatch, resolve
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.request import Request

from boxwright import limits
from boxwright.api.signed_links import SIGNATURE
from boxwright.api.views import Endpoint

Scope = Mapping[str, Any]
OF_BODIES = {b"content-length", b"content-type", b"transfer-encoding", b"expect"}
REMEMBERED = 10_000
IN_QUERY = re.compile(rb"(?:^|&)%s=([^&]*)" % SIGNATURE.encode())


def header(scope: Scope, name: bytes) -> bytes:
    found: bytes = next((value for key, value in scope["headers"] if key == name), b"")
    return found


class Route:
    """Where a request goes, found once, and what its body may be."""

    def __init__(self, scope: Scope) -> None:
        self.match = _match(scope["path"])
        self.endpoint: Any = getattr(self.match.func, "cls", None) if self.match else None

    @property
    def name(self) -> str:
        return (self.match.url_name if self.match else None) or ""

    @property
    def limit(self) -> int:
        if self.endpoint is not None:
            return int(getattr(limits, getattr(self.endpoint, "body_limit", "REQUEST_BYTES")))
        is_admin = self.match is not None and self.match.app_name == "admin"
        return limits.REQUEST_BYTES if is_admin else limits.ANONYMOUS_BYTES

    def admit(self, scope: Scope) -> None:
        """Raises unless the sender is known, may ask for this at all, and may send a large body here.

        The same code that the endpoint runs later, on the request's head alone.
        """
        request = _head(scope)
        request.resolver_match = self.match
        if self.endpoint is None or self.match is None:
            return
        view: Any = self.endpoint(**getattr(self.match.func, "initkwargs", {}))
        view.setup(request, *self.match.args, **self.match.kwargs)
        asked: Request = view.initialize_request(request, *self.match.args, **self.match.kwargs)
        view.request = asked
        try:
            view.perform_authentication(asked)
            view.check_permissions(asked)
        except (AuthenticationFailed, NotAuthenticated) as error:
            setattr(error, "auth_header", view.get_authenticate_header(asked))  # noqa: B010 (as DRF does)
            raise
        if isinstance(view, Endpoint):
            view.expect_sender(asked, **self.match.kwargs)


def _match(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except (Http404, ValueError):
        return None


def _head(scope: Scope) -> HttpRequest:
    """The request without its body, as Django's middleware leaves it to a view."""
    headers = [(name, value) for name, value in scope["headers"] if name not in OF_BODIES]
    request = ASGIRequest({**scope, "headers": headers}, BytesIO())
    SessionMiddleware(_no_answer).process_request(request)
    AuthenticationMiddleware(_no_answer).process_request(request)
    return request


def _no_answer(_request: HttpRequest) -> HttpResponse:
    raise NotImplementedError


class Senders:
    """The sender that a request counts for: its person, if the credential was accepted before; else its address.

    A credential that was never accepted is no sender: a caller could invent many, and each would get a turn.
    """

    def __init__(self) -> None:
        self._known: dict[bytes, Hashable] = {}

    def of(self, scope: Scope) -> Hashable:
        person = self.person(scope)
        return person if person is not None else (scope.get("client") or ("",))[0]

    def person(self, scope: Scope) -> Hashable | None:
        """Their id, where the credential was seen to be good."""
        return self._known.get(_credential(scope)) if _said(scope) else None

    def learn(self, scope: Scope, user_id: Hashable) -> None:
        """Remember whose credential this is. A request without one teaches nothing, even if it is a login."""
        if not _said(scope):
            return
        if len(self._known) >= REMEMBERED:
            self._known.pop(next(iter(self._known)))
        self._known[_credential(scope)] = user_id


def _credential(scope: Scope) -> bytes:
    return hashlib.blake2b(_said(scope), digest_size=16).digest()


def _said(scope: Scope) -> bytes:
    return header(scope, b"authorization") or _session(scope) or _signature(scope)


def _signature(scope: Scope) -> bytes:
    """That of a link. Whoever shows a login as well is known by that."""
    said = IN_QUERY.search(scope.get("query_string", b""))
    return said[1] if said else b""


def _session(scope: Scope) -> bytes:
    try:
        cookie = SimpleCookie(header(scope, b"cookie").decode("latin1")).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return b""
    return cookie.value.encode("latin1", "replace") if cookie else b""
