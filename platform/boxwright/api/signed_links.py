"""Links that we sign ourselves, to what lies in no bucket: a notebook needs no token to fetch it, for a while.

A link says who made it and for what, and is worth what its author is worth when it is used: it ends with the person's
account, password or access, and with the token that asked for it.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core import signing
from django.db.models import DateTimeField, ExpressionWrapper
from django.db.models.functions import Now
from drf_spectacular.utils import OpenApiParameter
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright import limits
from boxwright.api.links import LinkSerializer

SIGNATURE = "signature"
LINK = "link"
SIGNED_LINK = OpenApiParameter(LINK, str, enum=["1"], description="answer a link that needs no token instead")


def signed_link(request: Request) -> Response:
    """`{url, expires}` of what was asked for, without `link`."""
    made_by = getattr(request.auth, "pk", None)
    author, now = _author(request.user.pk)
    expires = now + timedelta(minutes=limits.LINK_MINUTES)
    claims = [author.pk, made_by, _proof(author), int(expires.timestamp())]
    query = [(name, value) for name, value in _query(request.query_params) if name != LINK]
    signature = signing.dumps(claims, salt=_salt(request.path, query))
    url = request.build_absolute_uri(f"{request.path}?{urlencode([*query, (SIGNATURE, signature)])}")
    return Response(LinkSerializer({"url": url, "expires": expires}).data, headers={"Cache-Control": "no-store"})


class LinkAuthentication(BaseAuthentication):
    """The signature in the address. Only for views that read."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        signature = request.query_params.get(SIGNATURE)
        if signature is None:
            return None
        try:
            salt = _salt(request.path, _query(request.query_params))
            user_id, token_id, proof, expires = signing.loads(signature, salt=salt)
        except (signing.BadSignature, ValueError) as error:
            raise AuthenticationFailed("This link is not whole: its signature does not fit.") from error
        author, now = _author(user_id)
        if author is None or now.timestamp() >= expires or _proof(author) != proof or not _is_live(token_id):
            raise AuthenticationFailed("This link has ended. Ask for another one.")
        return author, None

    def authenticate_header(self, request: Request) -> str:
        return "Token"


def _salt(path: str, query: list[tuple[str, str]]) -> str:
    """What is signed beside the claims: the signature fits this address only."""
    return f"boxwright.link {path}?{urlencode(query)}"


def _query(params: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted((name, value) for name, value in params.items() if name != SIGNATURE)


def _author(user_id: Any) -> Any:
    """(the person, the database's time); (None, None) where there is no such account, or none that is active."""
    now = ExpressionWrapper(Now(), output_field=DateTimeField())
    found = get_user_model()._default_manager.annotate(now=now).filter(pk=user_id, is_active=True).first()
    return (found, found.now) if found else (None, None)


def _proof(author: Any) -> str:
    """Another one after a change of the password."""
    return str(author.get_session_auth_hash()[:16])


def _is_live(token_id: int | None) -> bool:
    """Whether the token that asked for the link still opens the API. A browser's session needs none."""
    tokens: Any = apps.get_model("teams", "Token")._default_manager
    return token_id is None or tokens.live().filter(pk=token_id).exists()
