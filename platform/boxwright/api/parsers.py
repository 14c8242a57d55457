"""JSON bodies, bounded: DRF's parser reads a body of any size into memory."""

import io
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework import parsers

from boxwright.errors import TooLarge


class JSONParser(parsers.JSONParser):
    """Raises TooLarge beyond DATA_UPLOAD_MAX_MEMORY_SIZE bytes."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLarge(f"The request is larger than {limit // 2**20} MB.")
        parsed: dict[str, Any] = super().parse(io.BytesIO(body), media_type, parser_context)
        return parsed
