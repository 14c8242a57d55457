"""Bytes from base64 as it stands in a JSON, in pieces: with line ends, escaped slashes, or behind "data:…;base64,"."""

import binascii
from collections.abc import Iterable, Iterator

BLANKS = b" \t\r\n"


def decoded(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Raises ValueError where it is none."""
    held, has_begun, has_ended = b"", False, False
    for piece in pieces:
        text = _plain(held + piece.translate(None, BLANKS))
        if not has_begun and text.startswith(b"data:"):
            text = text.partition(b",")[2]
        has_begun = True
        cut = len(text.rstrip(b"\\"))
        cut -= cut % 4
        block, held = text[:cut], text[cut:]
        if block and has_ended:
            raise ValueError("it goes on behind its end")
        has_ended = has_ended or block.endswith(b"=")
        yield binascii.a2b_base64(block, strict_mode=True)
    if held:
        raise ValueError("it breaks off")


def _plain(text: bytes) -> bytes:
    return text.replace(b"\\n", b"").replace(b"\\r", b"").replace(b"\\/", b"/") if b"\\" in text else text
