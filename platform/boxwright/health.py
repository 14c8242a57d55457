"""A sign of life for whoever keeps the process running: a container engine, a load balancer."""

from collections.abc import Callable

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

PATH = "/healthz"


@require_safe
def health(_request: HttpRequest) -> HttpResponse:
    """Whether this process answers and its database does. A broker that is away loses nothing, so it is not asked."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return HttpResponse("The database does not answer.\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


class HealthMiddleware:
    """Answers before hosts are checked and before the redirect to TLS: who asks stands beside us and knows neither."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return health(request) if request.path == PATH else self.get_response(request)
