"""Zips: their table of contents is checked as a whole before a byte is written."""

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from annotations.dataset.findings import Finding, Rule
from annotations.imports.archives.disk import CHUNK, Disk
from annotations.imports.archives.rules import (
    ArchiveLimits,
    ArchiveRefused,
    expect_bytes,
    expect_count,
    grows_too_much,
    unsafe_name,
)

METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""zipfile unpacks these in pieces; of the others it unpacks whatever a piece holds at once."""

ODD_KINDS = {
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}
HEADER_BYTES, ENTRY_BYTES = 30, 46
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, struct.error)
"""What zipfile raises on damage, a method it does not know (NotImplementedError) or a password (RuntimeError)."""


def unpack_zip(file: BinaryIO, folder: Path, limits: ArchiveLimits, tick: Callable[[], None]) -> tuple[Finding, ...]:
    """Raises ArchiveRefused before anything unsafe is written, NoRoom."""
    try:
        _check_directory(file, limits)
        with zipfile.ZipFile(file) as source:
            entries = [entry for entry in source.infolist() if not entry.is_dir()]
            _check(entries, file.seek(0, os.SEEK_END), limits)
            disk = Disk(folder, limits.spare_bytes, tick, DAMAGED)
            disk.expect(sum(entry.file_size for entry in entries))
            found = [_unpack_one(source, entry, disk) for entry in entries]
    except DAMAGED as error:
        raise ArchiveRefused(f"the archive is no readable zip: {error}") from error
    return tuple(finding for finding in found if finding)


def _check_directory(file: BinaryIO, limits: ArchiveLimits) -> None:
    """zipfile reads the whole table of contents, and keeps 0.6 KB of each entry: so it is measured and counted first.

    The end of the archive says how many entries there are. One that says too many is refused unread; the others are
    counted, as nothing else makes that number true.
    """
    end = vars(zipfile)["_EndRecData"](file)
    if not end:
        raise zipfile.BadZipFile("it has no table of contents")
    said, size, start = end[4], end[5], end[9] - end[5]
    expect_count(said, limits)
    if end[0] != b"PK\005\006":  # zip64 puts two records more between the table and its end
        start -= 76
    if size > limits.max_directory:
        raise ArchiveRefused(
            f"its table of contents has {size / 2**20:.0f} MB; at most {limits.max_directory / 2**20:.0f} are read"
        )
    file.seek(max(0, start))
    expect_count(_count_entries(file, size), limits)
    file.seek(0)


def _count_entries(file: BinaryIO, size: int) -> int:
    """Of the table of contents that begins here and has `size` bytes. Keeps none of it."""
    count = place = 0
    while place + ENTRY_BYTES <= size and len(head := file.read(ENTRY_BYTES)) == ENTRY_BYTES:
        rest = sum(struct.unpack_from("<HHH", head, 28))
        file.seek(rest, os.SEEK_CUR)
        place += ENTRY_BYTES + rest
        count += 1
    return count


def _check(entries: list[zipfile.ZipInfo], size: int, limits: ArchiveLimits) -> None:
    """From the table of contents alone; `size`: bytes of the archive."""
    total = sum(entry.file_size for entry in entries)
    expect_bytes(total, limits)
    if reason := grows_too_much(total, size, limits):
        worst = max(entries, key=lambda entry: entry.file_size / max(1, entry.compress_size))
        raise ArchiveRefused(f"the archive {reason}", (Finding(Rule.UNSAFE, worst.filename, reason),))
    _check_overlap(entries)
    unsafe = [Finding(Rule.UNSAFE, entry.filename, reason) for entry in entries if (reason := _unsafe(entry))]
    if unsafe:
        first = f"{unsafe[0].file[:200]}: {unsafe[0].reason}"
        raise ArchiveRefused(f"the archive is unsafe: {first}", tuple(unsafe))


def _check_overlap(entries: list[zipfile.ZipInfo]) -> None:
    """Two entries that share packed bytes unpack to more than the archive's size could."""
    end, before = 0, ""
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            reason = f"the archive is unsafe: {entry.filename[:200]} shares its bytes with {before[:200]}"
            raise ArchiveRefused(reason, (Finding(Rule.UNSAFE, entry.filename, "shares its bytes with another entry"),))
        end, before = entry.header_offset + HEADER_BYTES + entry.compress_size, entry.filename


def _unsafe(entry: zipfile.ZipInfo) -> str:
    """Why this entry makes the whole archive suspect; empty when it does not."""
    if reason := unsafe_name(entry.orig_filename):  # `filename` ends at a null character
        return reason
    if kind := ODD_KINDS.get(stat.S_IFMT(entry.external_attr >> 16)):
        return kind
    return "encrypted" if entry.flag_bits & 0x1 else ""


def _unpack_one(source: zipfile.ZipFile, entry: zipfile.ZipInfo, disk: Disk) -> Finding | None:
    if entry.compress_type not in METHODS:
        return Finding(Rule.UNREADABLE, entry.filename, "packed by a method that is not read; pack it with deflate")
    return disk.write(entry.filename, _pieces(source, entry))


def _pieces(source: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """zipfile gives no more than the size that the table of contents declares, which `_check` has summed up."""
    with source.open(entry) as data:
        while chunk := data.read(CHUNK):
            yield chunk
