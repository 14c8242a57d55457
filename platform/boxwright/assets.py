"""Static files: the built frontend and what Django's pages need, with whitenoise's headers."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware

from boxwright.api.streams import StreamedFile

WORKER = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
"""What a script may that a page starts as a worker: it has its own policy, and runs models where pages may not."""


class AssetsMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Whitenoise finds the file; we send it so that ASGI does not read it whole."""

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponseBase:
        found = static_file.get_response(request.method, request.META)
        answer = _Asset(found.file or (), status=int(found.status))
        del answer["Content-Type"]
        for name, value in found.headers:
            answer[name] = value
        if request.path.endswith(".js"):
            answer["Content-Security-Policy"] = WORKER
        return answer


class _Asset(StreamedFile):
    """The headers are whitenoise's alone."""

    def set_headers(self, filelike: Any) -> None:
        self.file_to_stream = filelike if hasattr(filelike, "read") else None
