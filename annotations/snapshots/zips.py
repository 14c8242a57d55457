"""A zip of stored files, or any part of it, made without seeking; byte for byte what `zipfile` writes to a pipe."""

import struct
import zlib
from collections.abc import Generator, Iterable, Iterator
from typing import Protocol

SIZES_FOLLOW, UTF_8 = 0x08, 0x800
LONG_AGO = 1 << 5 | 1
"""1 January 1980, the time of every file: the same files give the same zip."""
PLAIN, WITH_64_BITS = 20, 45
UNIX, MODE = 3, 0o600 << 16
LARGE, MANY, UNTOLD = 2**31 - 1, 2**16 - 1, 2**32 - 1
"""Above these `zipfile` writes the longer fields."""


class Content(Protocol):
    @property
    def known(self) -> tuple[int, int] | None:
        """Size and CRC-32, where they can be told without reading."""

    def pieces(self) -> Iterator[bytes]: ...


class Window:
    """Lets through what lies from `start` up to `stop`. `place`: where the next byte belongs."""

    def __init__(self, start: int, stop: int) -> None:
        self.start, self.stop, self.place = start, stop, 0

    def cut(self, data: bytes) -> bytes:
        first, last = max(0, self.start - self.place), max(0, self.stop - self.place)
        self.place += len(data)
        return data[first:last]

    def leaves_out(self, size: int) -> bool:
        return self.place + size <= self.start

    @property
    def is_behind(self) -> bool:
        return self.place >= self.stop


def zipped(files: Iterable[tuple[str, Content]], window: Window) -> Iterator[bytes]:
    """The zip's bytes inside the window, in pieces, some of them empty; afterwards `window.place` is the zip's length.

    What lies before the window is read only where its CRC-32 is not known; what lies behind it is not asked for.
    """
    directory, count = bytearray(), 0
    for path, content in files:
        if window.is_behind:
            return
        name, flags = _encoded(path)
        offset, count = window.place, count + 1
        yield window.cut(_local_header(name, flags))
        size, crc = yield from _content(content, window)
        yield window.cut(struct.pack("<4s3L", b"PK\x07\x08", crc, size, size))
        directory += _directory_entry(name, flags, crc, size, offset)
    end = _end(count, len(directory), window.place)
    yield window.cut(bytes(directory))
    yield window.cut(end)


def _content(content: Content, window: Window) -> Generator[bytes, None, tuple[int, int]]:
    """The file itself; returns its size and CRC-32."""
    known = content.known
    if known is not None and window.leaves_out(known[0]):
        window.place += known[0]
        return known
    size = crc = 0
    if window.is_behind:
        return size, crc
    for piece in content.pieces():
        size, crc = size + len(piece), zlib.crc32(piece, crc)
        yield window.cut(piece)
    return size, crc


def _encoded(path: str) -> tuple[bytes, int]:
    if path.isascii():
        return path.encode("ascii"), SIZES_FOLLOW
    return path.encode(), SIZES_FOLLOW | UTF_8


def _local_header(name: bytes, flags: int) -> bytes:
    return struct.pack("<4s5H3L2H", b"PK\x03\x04", PLAIN, flags, 0, 0, LONG_AGO, 0, 0, 0, len(name), 0) + name


def _directory_entry(name: bytes, flags: int, crc: int, size: int, offset: int) -> bytes:
    extra, version = b"", PLAIN
    if offset > LARGE:
        extra, version, offset = struct.pack("<2HQ", 1, 8, offset), WITH_64_BITS, UNTOLD
    versions = (version, UNIX, version, 0)
    lengths = (len(name), len(extra), 0, 0, 0)
    head = struct.pack(
        "<4s4B4H3L5H2L", b"PK\x01\x02", *versions, flags, 0, 0, LONG_AGO, crc, size, size, *lengths, MODE, offset
    )
    return head + name + extra


def _end(count: int, size: int, offset: int) -> bytes:
    """What follows the directory of `count` files, which has `size` bytes and begins at `offset`."""
    longer = b""
    if count > MANY or size > LARGE or offset > LARGE:
        longer = struct.pack(
            "<4sQ2H2L4Q", b"PK\x06\x06", 44, WITH_64_BITS, WITH_64_BITS, 0, 0, count, count, size, offset
        ) + struct.pack("<4sLQL", b"PK\x06\x07", 0, offset + size, 1)
        count, size, offset = min(count, 2**16 - 1), min(size, UNTOLD), min(offset, UNTOLD)
    return longer + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, size, offset, 0)
