"""Tars, packed by gzip or not: read once from front to back, each header checked before its file is written.

What a tar holds is known only when its end has been read: if it is refused halfway, what was written is deleted.
`tarfile` parses single headers; its own walk would read an extended header of any size into memory.
"""

import shutil
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from annotations.dataset.findings import Finding, Rule
from annotations.imports.archives.disk import CHUNK, LOOK_EVERY, Disk
from annotations.imports.archives.rules import (
    ArchiveLimits,
    ArchiveRefused,
    expect_bytes,
    expect_count,
    unsafe,
    unsafe_name,
)
from annotations.imports.archives.streams import Stream
from annotations.imports.archives.tar_extras import Extras, read_extras

BLOCK = tarfile.BLOCKSIZE
EXTENDED_BYTES = 64 * 2**10
"""Bytes of one extended header: the longest name that is read has 1,000 characters."""

EXTENDED_IN_A_ROW = 4
EXTENDED = {
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
}
FILES = {tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE}
REFUSED = {
    tarfile.SYMTYPE: "a symbolic link",
    tarfile.LNKTYPE: "a hard link",
    tarfile.CHRTYPE: "a device",
    tarfile.BLKTYPE: "a device",
    tarfile.FIFOTYPE: "a named pipe",
    tarfile.GNUTYPE_SPARSE: "a sparse file",
}
CUT_OFF = "the archive is cut off"
NO_END = Finding(Rule.NO_END, "", "the tar ends without its end mark: files may be missing behind the last one")


@dataclass(slots=True)
class _Header:
    name: str
    size: int
    type: bytes


def unpack_tar(stream: Stream, folder: Path, limits: ArchiveLimits, tick: Callable[[], None]) -> tuple[Finding, ...]:
    """Raises ArchiveRefused, NoRoom, each with nothing left in `folder`."""
    try:
        return tuple(_Unpacking(stream, folder, limits, tick).run())
    except BaseException:
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise


class _Unpacking:
    def __init__(self, stream: Stream, folder: Path, limits: ArchiveLimits, tick: Callable[[], None]) -> None:
        self._stream, self._folder, self._limits = stream, folder, limits
        self._disk = Disk(folder, limits.spare_bytes, tick)
        self._count = self._total = 0

    def run(self) -> Iterator[Finding]:
        self._disk.expect(0)
        while (header := self._next()) is not None:
            self._count += 1
            self._total += header.size
            expect_count(self._count, self._limits)
            expect_bytes(self._total, self._limits)
            if header.type in FILES and (finding := self._write(header)):
                yield finding
        if self._is_unmarked:
            yield NO_END
        self._expect_nothing_more()

    def _next(self) -> _Header | None:
        """The header of the next file, folder or link, under the name that extended headers before it gave."""
        extras = Extras()
        for _ in range(EXTENDED_IN_A_ROW + 1):
            header = self._read_header()
            if header is None or header.type not in EXTENDED:
                return header and self._checked(header, extras)
            if header.size > EXTENDED_BYTES:
                raise ArchiveRefused(
                    f"an extended header has {header.size:,} bytes; at most {EXTENDED_BYTES:,} are read"
                )
            extras = read_extras(header.type, self._exactly(header.size), extras)
            self._skip_padding(header.size)
        raise ArchiveRefused(f"more than {EXTENDED_IN_A_ROW} extended headers stand before one file")

    def _read_header(self) -> _Header | None:
        """None at the end: a block of zeros, or no block at all."""
        self._disk.tick()
        block = self._stream.read(BLOCK)
        self._is_unmarked = not block
        if not block.strip(b"\0") and len(block) in {0, BLOCK}:
            return None
        if len(block) < BLOCK:
            raise ArchiveRefused(CUT_OFF)
        try:
            info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        except (tarfile.HeaderError, ValueError) as error:
            raise ArchiveRefused(f"the archive is damaged: {error}") from error
        if info.size < 0:
            raise ArchiveRefused("the archive is damaged: a file has a negative size")
        holds_bytes = info.type in FILES | EXTENDED | {tarfile.GNUTYPE_SPARSE}
        return _Header(_text(info.name), info.size if holds_bytes else 0, info.type)

    def _checked(self, header: _Header, extras: Extras) -> _Header:
        """With what the extended headers say. Raises ArchiveRefused where the entry makes the archive suspect."""
        name = extras.name or header.name
        size = extras.size if extras.size is not None and header.type in FILES else header.size
        if extras.is_sparse:
            raise unsafe(name, REFUSED[tarfile.GNUTYPE_SPARSE])
        if reason := unsafe_name(name) or REFUSED.get(header.type, ""):
            raise unsafe(name, reason)
        if header.type not in FILES | {tarfile.DIRTYPE}:
            raise unsafe(name, "an entry of an unknown kind")
        self._filter(name, size, header.type)
        return _Header(name, size, header.type)

    def _filter(self, name: str, size: int, kind: bytes) -> None:
        """The standard library's own opinion, after ours."""
        info = tarfile.TarInfo(name.replace("\\", "/"))
        info.size, info.type = size, kind
        try:
            tarfile.data_filter(info, str(self._folder))
        except tarfile.FilterError as error:
            raise unsafe(name, str(error)) from error

    def _write(self, header: _Header) -> Finding | None:
        if header.size >= LOOK_EVERY:
            self._disk.expect(header.size)
        left = _Left(self._stream, header.size)
        finding = self._disk.write(header.name, left.pieces())
        for _ in left.pieces():  # of a file that is left out
            self._disk.tick()
        self._skip_padding(header.size)
        return finding

    def _exactly(self, size: int) -> bytes:
        return b"".join(_Left(self._stream, size).pieces())

    def _skip_padding(self, size: int) -> None:
        self._exactly(-size % BLOCK)

    def _expect_nothing_more(self) -> None:
        """Zeros may fill up the last record. A gzip's checksum stands behind them."""
        while rest := self._stream.read(CHUNK):
            self._disk.tick()
            if rest.strip(b"\0"):
                raise ArchiveRefused("the archive is damaged: something follows its end")


class _Left:
    """The bytes of one file that are still to be read."""

    def __init__(self, stream: Stream, size: int) -> None:
        self._stream, self._size = stream, size

    def pieces(self) -> Iterator[bytes]:
        while self._size:
            piece = self._stream.read(min(CHUNK, self._size))
            if not piece:
                raise ArchiveRefused(CUT_OFF)
            self._size -= len(piece)
            yield piece


def _text(name: str) -> str:
    """Bytes that are no UTF-8 were surrogates until here: such names were written as Latin-1."""
    data = name.encode("utf-8", "surrogateescape")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")
