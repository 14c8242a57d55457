"""A file of LabelMe, without the picture that it may hold: that is never in memory."""

import json
import re
from typing import Any, BinaryIO

from annotations.dataset.findings import Finding, Rule
from annotations.formats.errors import FormatError
from annotations.formats.inside import Inside
from annotations.formats.listing import Listing

CHUNK = 2**16
PICTURE = re.compile(rb'"imageData"\s{0,20}:\s{0,20}"')
LONGEST_KEY = 64
"""Bytes that the beginning of a picture may have."""


def read_without_picture(listing: Listing, name: str, most: int) -> tuple[bytes, Inside | None]:
    """The text, in which the picture is empty, and where that is, if there is one. Raises FormatError."""
    kept, cut, picture = bytearray(), 0, None
    with listing.path(name).open("rb") as file:
        while chunk := file.read(CHUNK):
            start = max(0, len(kept) - LONGEST_KEY)
            kept += chunk
            if match := PICTURE.search(kept, start):
                size, rest = _to_end_of_text(file, bytes(kept[match.end() :]))
                picture = picture or (Inside(name, match.end() + cut, size, "base64") if size else None)
                kept[match.end() :] = rest
                cut += size
            if len(kept) > most:
                reason = f"the file has more than {most / 2**20:g} MB beside its picture; no more is read"
                raise FormatError(reason, file=name)
    return bytes(kept), picture


def _to_end_of_text(file: BinaryIO, held: bytes) -> tuple[int, bytes]:
    """Its bytes, and what was read from the quotation mark on: a picture in base64 has none."""
    size = 0
    while held and (end := held.find(b'"')) < 0:
        size += len(held)
        held = file.read(CHUNK)
    return (size + end, held[end:]) if held else (size, b"")


def parsed(data: bytes, name: str) -> tuple[dict[str, Any], Finding | None]:
    """The object, and what the encoding of its text is where it is not UTF-8. Raises FormatError."""
    finding = None
    try:
        try:
            document = json.loads(data)
        except UnicodeDecodeError:
            finding = Finding(Rule.ENCODING, name, "the text is not UTF-8; read as Latin-1")
            document = json.loads(data.decode("latin-1"))
    except json.JSONDecodeError as error:
        raise FormatError(f"not readable as JSON: {error.msg} at column {error.colno}", error.lineno, name) from error
    except (ValueError, RecursionError) as error:
        raise FormatError(f"not readable as JSON: {str(error)[:120]}", file=name) from error
    if not isinstance(document, dict):
        raise FormatError("expected an object", file=name)
    return document, finding
