"""Where a picture was taken, as its file may tell it: found, and left out of a copy with the same pixels. Pure.

Cameras write places into EXIF, editors into XMP, IPTC and text, telephones into videos behind the picture. The copy
keeps what shows the picture (its coded pixels, colour profile and orientation) and nothing else, so no metadata has to
be understood to be safe. Finding errs on the side of finding: a copy too many costs room, one too few a secret.
"""

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from mmap import ACCESS_READ, mmap
from typing import BinaryIO

Data = bytes | mmap

IN_MEMORY = 4 * 2**20
"""A larger file is looked at where it lies."""

GPS_TAGS = (b"\x88\x25", b"\x25\x88")
"""The EXIF tag that points to the place, in either order of bytes."""

TELLING = re.compile(rb"GPS|[Ll]ocation|[Cc]ity|[Cc]ountry|[Ll]atitude|[Ll]ongitude|\x00")
"""In XMP and text. A zero byte: text in another coding than ours, which is not read."""

JPEG_START, JPEG_END, JPEG_SCAN = 0xD8, 0xD9, 0xDA
ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a length behind them."""

MARKER = re.compile(rb"\xff([^\x00\xff])")
IN_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""What ends coded pixels: neither a stuffed zero nor a restart. A pattern with one first byte is found 18 times as
fast."""

ICC = b"ICC_PROFILE\0"
PNG_HEAD = 8
PNG_COLOURS = frozenset({b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"tRNS", b"pHYs", b"bKGD", b"cICP"})
WEBP_PIXELS = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP", b"ANIM", b"ANMF"})
WEBP_EXIF, WEBP_XMP = 0x08, 0x04


class Unreadable(Exception):
    """The file is not built as its type says; a decoder may read it all the same."""


def tells_location(data: Data) -> bool:
    """Whether the file may say where its picture was taken. Raises Unreadable."""
    return next((finds(data) for start, finds, _ in KINDS if data[: len(start)] == start), False)


def file_tells_location(file: BinaryIO) -> bool:
    """The same of a file on the disk or in memory, which is left at its start. Raises Unreadable."""
    with viewed(file) as data:
        return tells_location(data)


@contextmanager
def viewed(file: BinaryIO) -> Iterator[Data]:
    """All bytes of the file; where it is large, without reading what lies on the disk into our memory."""
    size = file.seek(0, 2)
    file.seek(0)
    if size <= IN_MEMORY or isinstance(file, BytesIO):
        yield file.read()
    else:
        with mmap(file.fileno(), 0, access=ACCESS_READ) as view:
            yield view
    file.seek(0)


def without_location(data: Data, orientation: int) -> Iterator[bytes]:
    """The file in pieces, without metadata but its EXIF `orientation`. Raises Unreadable."""
    for start, _, cleans in KINDS:
        if data[: len(start)] == start:
            yield from cleans(data, orientation)
            return
    yield data[:]


def _exif(orientation: int) -> bytes:
    """A TIFF header and one directory with one entry."""
    return struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, 0x0112, 3, 1, orientation, 0, 0)


def _told_by_exif(data: bytes) -> bool:
    return any(tag in data for tag in GPS_TAGS)


# JPEG ---------------------------------------------------------------------------------------------------------------
def _segments(data: Data) -> Iterator[tuple[int, int, int]]:
    """(marker, start, end) of each segment up to the end of the first picture; coded pixels belong to their scan."""
    place, marker, has_pixels = 2, 0, False
    while marker != JPEG_END:
        found = MARKER.search(data, place)
        if found is None and has_pixels:
            return  # a file without its last marker: decoders take it
        if found is None:
            raise Unreadable("the picture has no pixels")
        marker, start = found[1][0], found.end() - 2
        place = found.end()
        if marker not in ALONE and marker != JPEG_END:
            if place + 2 > len(data):
                raise Unreadable("a segment is cut off")
            place += max(2, int.from_bytes(data[place : place + 2], "big"))
        if marker == JPEG_SCAN:
            has_pixels = True
            following = IN_SCAN.search(data, place)
            place = following.start() if following else len(data)
        yield marker, start, place


def _jpeg_tells(data: Data) -> bool:
    end = 0
    for marker, start, end in _segments(data):
        if 0xE1 <= marker <= 0xEF or marker == 0xFE:
            body = data[start + 4 : end]
            if body.startswith(b"Exif"):
                if _told_by_exif(body):
                    return True
            elif marker == 0xED or (body[: len(ICC)] != ICC and marker != 0xEE and TELLING.search(body, _head(body))):
                return True
    return _has_more(data, end)


def _head(body: bytes) -> int:
    """Where the text of a segment begins: behind the zero that ends its name."""
    return body.find(b"\0", 0, 64) + 1


def _has_more(data: Data, end: int) -> bool:
    """A second picture or a video behind the first: more than the zeros that fill a block."""
    return any(data[end : end + 2**20].strip(b"\0\r\n")) or len(data) - end > 2**20


def _clean_jpeg(data: Data, orientation: int) -> Iterator[bytes]:
    yield data[:2]
    if orientation != 1:
        body = b"Exif\0\0" + _exif(orientation)
        yield struct.pack(">HH", 0xFFE1, len(body) + 2) + body
    for marker, start, end in _segments(data):
        if marker == 0xFE or (0xE1 <= marker <= 0xEF and not _shows_colour(marker, data[start + 4 : start + 16])):
            continue
        yield data[start:end]


def _shows_colour(marker: int, head: bytes) -> bool:
    """A profile, or Adobe's word on how the colours are coded."""
    return (marker == 0xE2 and head == ICC) or (marker == 0xEE and head.startswith(b"Adobe"))


# PNG ----------------------------------------------------------------------------------------------------------------
def _chunks(data: Data) -> Iterator[tuple[bytes, int, int]]:
    place, kind, has_pixels = PNG_HEAD, b"", False
    while kind != b"IEND":
        if place + 12 > len(data) and has_pixels:
            return
        if place + 12 > len(data):
            raise Unreadable("the picture has no pixels")
        kind, start = data[place + 4 : place + 8], place
        place += 12 + int.from_bytes(data[place : place + 4], "big")
        has_pixels = has_pixels or kind == b"IDAT"
        yield kind, start, place


def _png_tells(data: Data) -> bool:
    end = 0
    for kind, start, end in _chunks(data):
        body = data[start + 8 : end - 4] if kind in {b"eXIf", b"tEXt", b"iTXt"} else b""
        if kind == b"zTXt" or (kind == b"eXIf" and _told_by_exif(body)):
            return True
        if kind in {b"tEXt", b"iTXt"} and (body.startswith(b"Raw profile") or _png_text_tells(kind, body)):
            return True
    return _has_more(data, end)


def _png_text_tells(kind: bytes, body: bytes) -> bool:
    """Behind the key's zero; `iTXt` has two numbers (one says that it is packed) and two more texts before its own."""
    key, _, text = body.partition(b"\0")
    if kind == b"iTXt":
        if text[:1] != b"\0":
            return True
        text = text[2:].replace(b"\0", b"", 2)
    return TELLING.search(key + text) is not None


def _clean_png(data: Data, orientation: int) -> Iterator[bytes]:
    yield data[:PNG_HEAD]
    for kind, start, end in _chunks(data):
        is_critical = not kind[0] & 0x20
        if is_critical or kind in PNG_COLOURS:
            yield data[start:end]
        if kind == b"IHDR" and orientation != 1:
            body = b"eXIf" + _exif(orientation)
            yield struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


# WebP ---------------------------------------------------------------------------------------------------------------
def _webp_chunks(data: Data) -> Iterator[tuple[bytes, int, int]]:
    place = 12
    while place + 8 <= len(data):
        kind, start = data[place : place + 4], place
        size = int.from_bytes(data[place + 4 : place + 8], "little")
        place += 8 + size + size % 2
        yield kind, start, min(place, len(data))


def _webp_tells(data: Data) -> bool:
    for kind, start, end in _webp_chunks(data):
        body = b"" if kind in WEBP_PIXELS else data[start + 8 : end]
        if kind == b"EXIF":
            if _told_by_exif(body):
                return True
        elif TELLING.search(body.rstrip(b"\0")):
            return True
    return False


def _clean_webp(data: Data, orientation: int) -> Iterator[bytes]:
    kept = [(kind, data[start:end]) for kind, start, end in _webp_chunks(data) if kind in WEBP_PIXELS]
    if not kept:
        raise Unreadable("the picture has no pixels")
    is_extended = kept[0][0] == b"VP8X"
    if is_extended:
        head = bytearray(kept[0][1])
        head[8] = head[8] & ~(WEBP_EXIF | WEBP_XMP) | (WEBP_EXIF if orientation != 1 else 0)
        kept[0] = (b"VP8X", bytes(head))
    if is_extended and orientation != 1:
        body = _exif(orientation)
        kept.append((b"EXIF", b"EXIF" + struct.pack("<I", len(body)) + body))
    yield b"RIFF" + struct.pack("<I", 4 + sum(len(chunk) for _, chunk in kept)) + b"WEBP"
    yield from (chunk for _, chunk in kept)


Finds = Callable[[Data], bool]
Cleans = Callable[[Data, int], Iterator[bytes]]
KINDS: tuple[tuple[bytes, Finds, Cleans], ...] = (
    (b"\xff\xd8", _jpeg_tells, _clean_jpeg),
    (b"\x89PNG\r\n\x1a\n", _png_tells, _clean_png),
    (b"RIFF", _webp_tells, _clean_webp),
)
