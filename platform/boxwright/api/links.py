"""Links that a bucket signs: whoever has one needs no login, for a while."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright.api.auth import SessionAuthentication
from boxwright.errors import Invalid
from boxwright.storage import ObjectMissing, store

LIFETIME = timedelta(minutes=10)
LINK = OpenApiParameter(
    "link", str, enum=["1"], description="answer a link to the bucket instead; 400 where the store signs none"
)


class LinkSerializer(serializers.Serializer[Any]):
    """Fetch `url` without a token: a bucket refuses whoever proves twice who they are."""

    url = serializers.URLField()
    expires = serializers.DateTimeField()


def site_of(request: Request) -> str:
    """In production the configured address: a request's Host header must not end up in a link."""
    return request.build_absolute_uri("/").rstrip("/") if settings.LINKS_FOLLOW_REQUEST else settings.PUBLIC_URL


def from_bucket(request: Request, key: str, filename: str) -> HttpResponseBase | None:
    """The answer that leads to the stored object in its bucket; None where its bytes have to come from us.

    A browser is redirected. Whoever showed a token is not: many clients send it on to where they are redirected.
    They get a link where they ask for one. Raises ObjectMissing, and Invalid where no link can be had.
    """
    if wants_link(request):
        link = {"url": _signed(key, filename), "expires": timezone.now() + LIFETIME}
        if link["url"] is None:
            refuse_link(request)
        return Response(LinkSerializer(link).data, headers={"Cache-Control": "no-store"})
    if isinstance(request.successful_authenticator, SessionAuthentication) and (url := _signed(key, filename)):
        return HttpResponse(status=302, headers={"Location": url, "Cache-Control": "private, max-age=300"})
    return None


def refuse_link(request: Request) -> None:
    """For a file that lies in no bucket, such as one that is made while it is sent. Raises Invalid."""
    if wants_link(request):
        raise Invalid("There is no link to this file.", {"link": "leave it out: the bytes are the answer"})


def wants_link(request: Request) -> bool:
    return request.query_params.get("link") == "1"


def _signed(key: str, filename: str) -> str | None:
    """None where the store signs no links."""
    link = store().presign(key, filename, int(LIFETIME.total_seconds()))
    if link and not store().exists(key):
        raise ObjectMissing(key)
    return link
