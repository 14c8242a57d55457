"""JSON bodies, bounded: DRF's parser reads a body of any size into memory."""

import io
from collections.abc import Mapping
from typing import IO, Any

from rest_framework import parsers

from boxwright import limits
from boxwright.errors import TooLarge


class JSONParser(parsers.JSONParser):
    """Raises TooLarge beyond limits.JSON_BYTES."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        limit = limits.JSON_BYTES
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLarge(f"The request is larger than {limit // 2**20} MB.")
        parsed: dict[str, Any] = super().parse(io.BytesIO(body), media_type, parser_context)
        return parsed
