"""What every answer says to browsers and caches, unless its view said otherwise."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

Headers = dict[str, str]

API: Headers = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
ADMIN: Headers = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
}
BY_PATH: dict[str, Headers] = {"/api/": API, "/admin/": ADMIN}


def headers(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    return lambda request: _with_headers(request, get_response(request))


def _with_headers(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    for prefix, lines in BY_PATH.items():
        if request.path.startswith(prefix):
            for name, value in lines.items():
                response.headers.setdefault(name, value)
    return response
