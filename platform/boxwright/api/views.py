"""The thin base of every endpoint: parse, call one use case, answer."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, Serializer
from rest_framework.views import APIView

from boxwright.api import origin
from boxwright.api.pagination import CursorPage
from boxwright.api.text import is_plain
from boxwright.errors import Invalid


class Endpoint(APIView):
    """Asks for a login; DRF's settings name how. `pagination_class` tells the schema that lists are pages.

    `body_limit` names the line of `boxwright.limits` that the door holds a body against before it keeps any of it.
    """

    pagination_class: ClassVar[type[CursorPage]] = CursorPage
    body_limit: ClassVar[str] = "REQUEST_BYTES"

    def expect_sender(self, request: Request, **kwargs: Any) -> None:
        """Raises where `request.user` may send no large body here. Asked by the door, before the body is read."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with origin.request():
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        origin.note(request.user, origin.address_of(request.META))
        for name, value in request.query_params.items():
            if not is_plain(f"{name}{value}"):
                raise Invalid("The address holds control characters.")

    def parsed(self, kind: type[Serializer[Any]]) -> dict[str, Any]:
        """The request's body through `kind`. Raises ValidationError, which names each field."""
        serializer = kind(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def page(self, rows: QuerySet[Any], kind: type[BaseSerializer[Any]], *ordering: str) -> Response:
        """One keyset page of `rows`; `ordering` ends in a unique column."""
        pages = self.pagination_class(ordering)
        found = pages.paginate_queryset(rows, self.request, self)
        return pages.get_paginated_response(kind(found, many=True, context={"request": self.request}).data)


class OpenEndpoint(Endpoint):
    """Needs no login."""

    body_limit = "ANONYMOUS_BYTES"
    permission_classes = [AllowAny]
