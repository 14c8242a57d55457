"""Guessing passwords and links is slow. Counted a process: n web processes allow n times as much."""

import hashlib
from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle


class ByAddress(SimpleRateThrottle):
    """All attempts from one address."""

    scope = "login_address"

    def get_cache_key(self, request: Request, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class ByAddressAndEmail(ByAddress):
    """Attempts from one address at one account: a stranger elsewhere can't lock its owner out."""

    scope = "login"

    def get_cache_key(self, request: Request, view: Any) -> str:
        email = str(request.data.get("email", "")) if isinstance(request.data, dict) else ""
        ident = hashlib.sha256(email.strip().lower().encode()).hexdigest()
        return f"{super().get_cache_key(request, view)}_{ident}"
