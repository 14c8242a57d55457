"""JSON bodies, bounded: in length, in number and depth of values, and to text that a database can hold."""

import io
from collections.abc import Iterator, Mapping
from typing import IO, Any

from rest_framework import parsers

from boxwright import limits
from boxwright.api.text import is_storable
from boxwright.errors import Invalid, TooLarge


class JSONParser(parsers.JSONParser):
    """Raises TooLarge beyond limits.JSON_BYTES, Invalid beyond limits.JSON_VALUES or JSON_DEPTH."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        limit = limits.JSON_BYTES
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLarge(f"The request is larger than {limit // 2**20} MB.")
        if body.count(b",") >= limits.JSON_VALUES:  # reading them would hold up everybody
            raise Invalid(f"The request holds more than {limits.JSON_VALUES:,} values.")
        try:
            parsed: dict[str, Any] = super().parse(io.BytesIO(body), media_type, parser_context)
        except RecursionError:
            raise _too_deep() from None
        # Only an escape can bring in what UTF-8 can not.
        has_escapes = b"\\u" in body
        for level in _levels(parsed):
            if has_escapes and not all(is_storable(text) for node in level for text in _texts(node)):
                raise Invalid("The request holds text that is no text (a null character or half of one).")
        return parsed


def _levels(parsed: Any) -> Iterator[list[Any]]:
    """The lists and objects of JSON, from the outermost in."""
    level = [parsed] if isinstance(parsed, dict | list) else []
    for _ in range(limits.JSON_DEPTH):
        if not level:
            return
        yield level
        level = [child for node in level for child in _children(node) if isinstance(child, dict | list)]
    if level:
        raise _too_deep()


def _children(node: Any) -> Any:
    return node.values() if isinstance(node, dict) else node


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from node
    yield from (child for child in _children(node) if isinstance(child, str))


def _too_deep() -> Invalid:
    return Invalid(f"The request is nested too deeply: at most {limits.JSON_DEPTH} levels.")
