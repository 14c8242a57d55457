"""What is not the API: the frontend's one page, the API's human pages, and errors outside DRF."""

from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright.api.problems import body_of, plain_response, problem
from boxwright.errors import NotFound

NOT_BUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Boxwright</title></head>
<body><h1>The pages are not built yet</h1>
<p>Boxwright is running, but <code>frontend/dist</code> is missing. Start it with <code>make run</code>,
or build the pages: <code>npm --prefix frontend ci &amp;&amp; npm --prefix frontend run build</code>.</p>
<p>The API is at <a href="/api/v1/docs/">/api/v1/docs/</a>.</p></body></html>
"""


def content_security_policy() -> str:
    """Nothing from elsewhere but the bucket, where there is one: pictures come from it, uploads go to it."""
    bucket = f" {settings.S3_PUBLIC_ENDPOINT}" if settings.S3_BUCKET and settings.S3_PUBLIC_ENDPOINT else ""
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": f"'self' blob: data:{bucket}",
        "connect-src": f"'self'{bucket}",
        "worker-src": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


@require_safe
def page(_request: HttpRequest) -> HttpResponse:
    """The frontend decides what each address shows. Never cached without asking: its assets change with it."""
    file = Path(settings.FRONTEND_DIST) / "index.html"
    built = file.is_file()
    answer = HttpResponse(file.read_bytes() if built else NOT_BUILT, status=200 if built else 503)
    answer["Cache-Control"] = "no-cache"
    answer["Content-Security-Policy"] = content_security_policy()
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


@cache
def _schema() -> Any:
    """Of all routes, whoever asks: half a second of work, once a process."""
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call] # it has no types


class KnownSchema(SchemaGenerator):
    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        return _schema()


class SchemaView(SpectacularAPIView):
    generator_class = KnownSchema


class DocsView(SpectacularSwaggerSplitView):
    """Swagger's page with its scripts from here: no request leaves the house."""

    schema = None

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer: Response = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
        answer["Content-Security-Policy"] = (
            "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
        )
        return answer


@csrf_exempt
def no_endpoint(request: HttpRequest, **_rest: str) -> HttpResponse:
    """Under /api/ a wrong address is a problem, not a page."""
    return plain_response(body_of(NotFound(f"The API has no {request.method} {request.path}.")))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 (Django names it)
    if request.path.startswith("/api/"):
        return plain_response(problem(404, "There is no such thing."))
    return HttpResponseNotFound("Not found", content_type="text/plain")


def server_error(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        return plain_response(problem(500, "An internal error; the server's log has its story."))
    return HttpResponse("Internal error", status=500, content_type="text/plain")
