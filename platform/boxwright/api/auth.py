"""Who is asking: a token of a script, or the session of a browser."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.utils import timezone
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

SEEN_EVERY = timedelta(minutes=5)


def new_secret() -> str:
    """A random key for a link or a script: 256 bits, safe in a URL."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is kept of a secret. It is random and long, so one round of sha256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Token …`. Being the first class, its header makes an anonymous request a 401."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "token":
            return None
        # By name: this module lies below the app that owns the model.
        tokens = apps.get_model("teams", "Token")._default_manager.select_related("user")
        token = tokens.filter(key_hash=digest(key.strip()), user__is_active=True).first()
        if token is None:
            raise AuthenticationFailed("This token is unknown or no longer valid.")
        self._note_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Token"

    def _note_use(self, token: Any) -> None:
        """At most one write in five minutes: a script in a loop must not write at each read."""
        now = timezone.now()
        if token.last_used_at is None or token.last_used_at < now - SEEN_EVERY:
            type(token)._default_manager.filter(pk=token.pk).update(last_used_at=now)


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's cookie, with CSRF. Anonymous is 401 here too (DRF's own answers 403)."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"


def require_csrf(request: Request) -> None:
    """For the open endpoints that begin a session: another site's page must not log a browser in."""
    authentication.SessionAuthentication().enforce_csrf(request)
