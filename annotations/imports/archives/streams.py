"""The bytes inside a tar or a gzip, in one pass: each read is bounded, whatever the packed bytes say."""

import zlib
from collections.abc import Callable
from typing import BinaryIO, Protocol

from annotations.imports.archives.rules import ArchiveLimits, ArchiveRefused, grows_too_much

PIECE = 2**18
"""Packed bytes read at once."""


class Stream(Protocol):
    def read(self, size: int) -> bytes:
        """At most `size` bytes; fewer only at the end."""


class Gunzipped:
    """What the members of a gzip file hold, one after the other, each held against its checksum.

    zlib itself reads the members' headers: gzip.GzipFile would read a name of gigabytes byte by byte.
    """

    def __init__(self, file: BinaryIO, limits: ArchiveLimits, tick: Callable[[], None]) -> None:
        self._file, self._limits, self._tick = file, limits, tick
        self._packed = b""
        self._taken = self._given = self._members = 0
        self._member = zlib.decompressobj(wbits=31)
        self._is_within = False
        """a member has begun and has not ended"""

    def read(self, size: int) -> bytes:
        found = bytearray()
        while len(found) < size:
            piece = self._inflate(size - len(found))
            found += piece
            if not piece and not self._packed and not self._refill():
                break
        self._given += len(found)
        if reason := grows_too_much(self._given, self._taken, self._limits):
            raise ArchiveRefused(f"the archive {reason}")
        return bytes(found)

    def _inflate(self, most: int) -> bytes:
        """What zlib still holds comes also where nothing packed is left."""
        self._is_within = self._is_within or bool(self._packed)
        try:
            piece = self._member.decompress(self._packed, most)
        except zlib.error as error:
            raise ArchiveRefused(f"the archive is damaged: {error}") from error
        self._packed = self._member.unconsumed_tail
        if self._member.eof:
            self._next_member()
        return piece

    def _next_member(self) -> None:
        """Zeros may fill up the last block."""
        self._packed = self._member.unused_data.lstrip(b"\0")
        self._member, self._is_within = zlib.decompressobj(wbits=31), False
        self._members += 1
        if self._members > self._limits.max_files:
            raise ArchiveRefused(f"the archive has more than {self._limits.max_files:,} gzip members")

    def _refill(self) -> bool:
        """False at the end of the file."""
        self._tick()
        read = self._file.read(PIECE)
        self._taken += len(read)
        if not read and self._is_within:
            raise ArchiveRefused("the archive is cut off")
        self._packed = read if self._is_within else read.lstrip(b"\0")
        return bool(read)
