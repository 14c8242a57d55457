"""Keyset pages: page 10,000 costs what page 1 costs, and rows that come or go shift nothing."""

import base64
import binascii
import json
import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from boxwright.api.text import is_storable
from boxwright.errors import Invalid

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
MAX_CURSOR = 1000
SINCE, UNTIL = datetime(1900, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)
DIGITS = re.compile(r"\A[0-9]{1,18}\Z")
"""A number that each database can hold."""


class CursorPage(BasePagination):
    """`?limit=&cursor=` over an ordering that ends in a unique column, e.g. `("-created_at", "-id")`.

    Subclass with another `ordering`, or pass it: `CursorPage(("name", "id"))`. Answers `{results, next, previous}`,
    where next and previous are URLs or null.
    """

    ordering: Sequence[str] = ("id",)

    def __init__(self, ordering: Sequence[str] | None = None) -> None:
        self.ordering = ordering or self.ordering
        self.next: str | None = None
        self.previous: str | None = None

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        limit = _limit(request.query_params.get("limit"))
        backwards, values = _decode(request.query_params.get("cursor"), len(self.ordering))
        order = [turned(field) for field in self.ordering] if backwards else list(self.ordering)
        rows = queryset.order_by(*order)
        if values is not None:
            rows = _continue(rows, order, values)
        page = list(rows[: limit + 1])
        more, page = len(page) > limit, page[:limit]
        if backwards:
            page.reverse()
        self._link(request, page, ahead=backwards or more, behind=more if backwards else values is not None)
        return page

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self.next, "previous": self.previous})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        fields = {"results": schema, "next": link, "previous": link}
        return {"type": "object", "required": list(fields), "properties": fields}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
        cursor = {"type": "string", "maxLength": MAX_CURSOR}
        return [
            {"name": "limit", "in": "query", "required": False, "schema": limit},
            {"name": "cursor", "in": "query", "required": False, "schema": cursor},
        ]

    def _link(self, request: Request, page: list[Any], *, ahead: bool, behind: bool) -> None:
        url = request.build_absolute_uri()
        if page and ahead:
            self.next = replace_query_param(url, "cursor", self._cursor(page[-1], backwards=False))
        if page and behind:
            self.previous = replace_query_param(url, "cursor", self._cursor(page[0], backwards=True))

    def _cursor(self, row: Any, *, backwards: bool) -> str:
        values = [_value(row, field.lstrip("-")) for field in self.ordering]
        text = json.dumps([backwards, values], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _value(row: Any, field: str) -> Any:
    value = row[field] if isinstance(row, Mapping) else getattr(row, field)
    if isinstance(value, datetime):
        return {"time": value.isoformat()}
    return str(value) if isinstance(value, UUID) else value


def turned(field: str) -> str:
    return field[1:] if field.startswith("-") else f"-{field}"


def _continue(rows: QuerySet[Any], order: Sequence[str], values: Sequence[Any]) -> QuerySet[Any]:
    try:
        return rows.filter(beyond(order, values))
    except (ValueError, TypeError, ValidationError) as error:
        raise Invalid("The page can't be found.", {"cursor": "not a cursor of this list"}) from error


def beyond(order: Sequence[str], values: Sequence[Any]) -> Q:
    """`a > x OR (a = x AND b > y)`, within `a >= x`: the bound that lets a database use its index."""
    wanted, tie = Q(), Q()
    for field, value in zip(order, values, strict=True):
        name, way = field.lstrip("-"), "lt" if field.startswith("-") else "gt"
        wanted |= tie & Q(**{f"{name}__{way}": value})
        tie &= Q(**{name: value})
    first = order[0]
    bound = Q(**{f"{first.lstrip('-')}__{'lte' if first.startswith('-') else 'gte'}": values[0]})
    return bound & wanted if len(order) > 1 else wanted


def _limit(text: str | None) -> int:
    if not text:
        return DEFAULT_LIMIT
    if not DIGITS.match(text) or not 1 <= int(text) <= MAX_LIMIT:
        raise Invalid("The page size is wrong.", {"limit": f"expected 1 to {MAX_LIMIT}"})
    return int(text)


def _decode(cursor: str | None, width: int) -> tuple[bool, list[Any] | None]:
    if not cursor:
        return False, None
    cursor = cursor if len(cursor) <= MAX_CURSOR else "?"
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        backwards, values = json.loads(text)
        values = [datetime.fromisoformat(v["time"]) if isinstance(v, dict) else v for v in values]
    except (binascii.Error, ValueError, TypeError, KeyError, RecursionError):
        values = []
    if len(values) != width or not all(_is_sound(value) for value in values):
        raise Invalid("The page can't be found.", {"cursor": "not a cursor of this list"})
    return bool(backwards), values


def _is_sound(value: Any) -> bool:
    """Something that we may have put into a cursor, and that a database can compare with."""
    match value:
        case str():
            return is_storable(value)
        case int():
            return abs(value) < 2**63
        case float():
            return math.isfinite(value)
        case datetime():
            return value.tzinfo is not None and SINCE < value < UNTIL
    return False
