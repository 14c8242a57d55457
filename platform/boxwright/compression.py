"""Lists go out compressed: of JSON a tenth is left. Pictures, files, streams and short answers go as they are."""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from boxwright import limits

SMALLEST = 4 * limits.KIB
"""Bytes. A save's answer is below: compressing it would take longer than sending it."""


class CompressionMiddleware(GZipMiddleware):
    """Django's, which adds bytes by chance to each answer, so that its length tells nothing of a secret in it."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_json = response.headers.get("Content-Type", "").startswith("application/json")
        if response.streaming or not is_json or len(getattr(response, "content", b"")) < SMALLEST:
            return response
        return super().process_response(request, response)
