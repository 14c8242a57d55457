"""Every error as problem JSON (RFC 9457), from one table of statuses."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.http import Http404, HttpResponse
from rest_framework import exceptions
from rest_framework.response import Response

from boxwright import limits
from boxwright.errors import DomainError, Invalid, NoRoom, NotAllowed, NotFound, TooLarge, is_full

CONTENT_TYPE = "application/problem+json"

TITLES: dict[int, str] = {
    400: "Bad request",
    401: "Log in first",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    408: "Too slow",
    409: "Conflict",
    413: "Too large",
    415: "Unsupported media type",
    429: "Too many requests",
    500: "Internal error",
    503: "Unavailable",
    507: "No room",
}
RETRY_SECONDS = 2

# Django's own errors, as ours.
FROM_DJANGO: dict[type[Exception], DomainError] = {
    Http404: NotFound("There is no such thing."),
    PermissionDenied: NotAllowed("Your role may not do this."),
    RequestDataTooBig: TooLarge("The request is larger than allowed."),
    TooManyFilesSent: TooLarge("Too many files in one request; send fewer at a time."),
}


def exception_handler(error: Exception, _context: Mapping[str, Any]) -> Response | None:
    """DRF's hook. None means a bug: Django logs it and answers 500."""
    found = problem_of(error)
    return None if found is None else respond(*found)


def problem_of(error: Exception) -> tuple[dict[str, Any], dict[str, str]] | None:
    """The answer's body and headers; None for a bug."""
    if isinstance(error, exceptions.APIException):
        return _from_rest(error)
    domain = error if isinstance(error, DomainError) else _from_django(error)
    return None if domain is None else (body_of(domain), headers_of(domain))


def body_of(error: DomainError) -> dict[str, Any]:
    return problem(error.status, error.detail, title=error.title, **error.extra)


def headers_of(error: DomainError) -> dict[str, str]:
    return {**({"Retry-After": str(RETRY_SECONDS)} if error.status in {429, 503} else {}), **error.headers}


def problem(status: int, detail: str, title: str = "", **extra: Any) -> dict[str, Any]:
    """The shape of every error answer; of many errors the first come back, with how many there were."""
    title = title or TITLES.get(status, "Error")
    if errors := extra.get("errors"):
        extra |= {"errors": errors[: limits.ERRORS_AN_ANSWER], "error_count": len(errors)}
    kind = title.lower().replace(" ", "-")
    return {"type": f"urn:boxwright:{kind}", "title": title, "status": status, "detail": detail, **extra}


def respond(body: dict[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    return Response(body, status=body["status"], headers=headers, content_type=CONTENT_TYPE)


def plain_response(body: dict[str, Any]) -> HttpResponse:
    """The same outside DRF: plain Django views, middleware, Django's 404 and 500."""
    return HttpResponse(json.dumps(body), status=body["status"], content_type=CONTENT_TYPE)


def _from_django(error: Exception) -> DomainError | None:
    for kind, answer in FROM_DJANGO.items():
        if isinstance(error, kind):
            return answer
    if isinstance(error, OSError) and is_full(error):
        return NoRoom("The server's disk is full.")
    return DomainError("The request can't be read.") if isinstance(error, SuspiciousOperation) else None


def _from_rest(error: exceptions.APIException) -> tuple[dict[str, Any], dict[str, str]]:
    if isinstance(error, exceptions.ValidationError):
        return body_of(_invalid(error.detail)), {}
    headers = {}
    if auth_header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    return problem(error.status_code, str(error.detail)), headers


def _invalid(detail: Any) -> Invalid:
    errors: dict[str, str] = {}
    for field, text in _leaves(detail):
        errors[field] = f"{errors[field]} {text}" if field in errors else text
    first = next(iter(errors.items()), ("", "The input is wrong."))
    return Invalid(first[1] if len(errors) == 1 else "Some fields are wrong.", errors)


def _leaves(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """`{"labels": [{}, {"name": ["required"]}]}` as `("labels[1].name", "required")`."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            yield from _leaves(value, _step(path, key))
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            nested = isinstance(value, Mapping | list)
            yield from _leaves(value, f"{path}[{index}]" if nested else path)
    else:
        yield path, str(detail)


def _step(path: str, key: object) -> str:
    if isinstance(key, int):
        return f"{path}[{key}]"
    return path if key == "non_field_errors" else f"{path}.{key}".strip(".")
