"""Requests for other hosts than ours: refused with one line in the log. Django logs a traceback for each."""

from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.utils.log import log_response

from boxwright.api.problems import plain_response, problem

SHOWN = 100
"""Characters of a wrong host that the log shows: a caller writes there what it likes."""


class HostMiddleware:
    """Stands before whatever else asks for the host: Django's own middleware, redirects, links."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            request.get_host()
        except DisallowedHost:
            return _refused(request)
        return self.get_response(request)


def _refused(request: HttpRequest) -> HttpResponse:
    answer = plain_response(problem(400, "This server does not answer to that host name."))
    said = request.META.get("HTTP_HOST", "")[:SHOWN]
    # This marks the answer as logged, so that Django logs no second line.
    log_response("Refused: the host %s is not one of BOXWRIGHT_HOSTS", said, response=answer, request=request)
    return answer
