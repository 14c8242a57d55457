"""Who is asking: a token of a script, or the session of a browser."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db.models import BooleanField, Case, Q, QuerySet, When
from django.db.models.functions import Now
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from boxwright.api import scopes
from boxwright.statements import Rows

SEEN_EVERY = timedelta(minutes=5)


def new_secret() -> str:
    """A random key for a link or a script: 256 bits, safe in a URL."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is kept of a secret. It is random and long, so one round of sha256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def token_of(authorization: str) -> Any:
    """The live token of an Authorization header, with its user; None where the header names no token.

    Raises AuthenticationFailed where it names one that is unknown or has expired.
    """
    scheme, _, key = authorization.partition(" ")
    if scheme.lower() != "token":
        return None
    token = _live_token.first(digest(key.strip()))
    if token is None:
        raise AuthenticationFailed("This token is unknown or no longer valid.")
    if token.unseen:  # a script in a loop must not write at each read
        _tokens().filter(pk=token.pk).update(last_used_at=Now())
    return token


def _tokens() -> Any:
    """By name: this module lies below the app that owns the model."""
    return apps.get_model("teams", "Token")._default_manager


@Rows
def _live_token(key_hash: str) -> QuerySet[Any, Any]:
    unseen = Q(last_used_at=None) | Q(last_used_at__lt=Now() - SEEN_EVERY)
    marked = Case(When(unseen, then=True), default=False, output_field=BooleanField())
    rows: QuerySet[Any, Any] = _tokens().live().annotate(unseen=marked)
    return rows.filter(key_hash=key_hash).select_related("user")


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Token …`. Being the first class, its header makes an anonymous request a 401."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        token = token_of(request.headers.get("Authorization", ""))
        if token is None:
            return None
        route = getattr(request.resolver_match, "url_name", "") or ""
        if not scopes.allows(token.scopes, route, request.method or ""):
            raise PermissionDenied("This token's scopes do not cover this.")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Token"


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's cookie, with CSRF. Anonymous is 401 here too (DRF's own answers 403).

    A page says whose it is: another tab may have signed in somebody else, who would then send this one's labels.
    """

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        found: tuple[Any, Any] | None = super().authenticate(request)
        whose = request.headers.get("X-Boxwright-Person")
        if found and whose and whose != str(found[0].pk):
            raise AuthenticationFailed("Somebody else has signed in in this browser. Sign in again to go on.")
        return found

    def authenticate_header(self, request: Request) -> str:
        return "Session"


def require_csrf(request: Request) -> None:
    """For the open endpoints that begin a session: another site's page must not log a browser in."""
    authentication.SessionAuthentication().enforce_csrf(request)
