"""A file of LabelMe, without the picture that it may hold: that is never in memory."""

import json
import re
from typing import Any, BinaryIO

from annotations.dataset.findings import Finding, Rule
from annotations.formats.errors import FormatError
from annotations.formats.listing import Listing

CHUNK = 2**16
PICTURE = re.compile(rb'"imageData"\s{0,20}:\s{0,20}"')
LONGEST_KEY = 64
"""Bytes that the beginning of a picture may have."""


def read_without_picture(listing: Listing, name: str, most: int) -> tuple[bytes, bool]:
    """The text, in which the picture is empty, and whether there was one. Raises FormatError."""
    kept, had_one = bytearray(), False
    with listing.path(name).open("rb") as file:
        while chunk := file.read(CHUNK):
            start = max(0, len(kept) - LONGEST_KEY)
            kept += chunk
            if match := PICTURE.search(kept, start):
                kept[match.end() :] = _from_end_of_text(file, bytes(kept[match.end() :]))
                had_one = True
            if len(kept) > most:
                reason = f"the file has more than {most / 2**20:g} MB beside its picture; no more is read"
                raise FormatError(reason, file=name)
    return bytes(kept), had_one


def _from_end_of_text(file: BinaryIO, held: bytes) -> bytes:
    """From the quotation mark on: a picture in base64 has none."""
    while held and (end := held.find(b'"')) < 0:
        held = file.read(CHUNK)
    return held[end:] if held else b""


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
