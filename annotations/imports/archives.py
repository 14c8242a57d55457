"""Unpacking a stranger's zip: nothing outside the folder, no links, no bombs. Pure."""

import errno
import os
import re
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from annotations.dataset.findings import Finding
from boxwright.errors import NoRoom

CHUNK = 2**20
LOOK_EVERY = 64 * CHUNK
"""Bytes written between two looks at the disk."""

SMALL = 10 * 2**20
"""Bytes that an archive may unpack to whatever its ratio: little harm, and text packs well."""

DRIVE = re.compile(r"^[A-Za-z]:")
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""zipfile unpacks these in pieces; of the others it unpacks whatever a piece holds at once."""

LONGEST_PART, LONGEST_NAME, DEEPEST = 255, 1000, 32
HEADER_BYTES, ENTRY_BYTES = 30, 46
NO_ROOM = "There is no room on the disk to unpack the archive."
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, struct.error)
"""What zipfile raises on damage, a method it does not know (NotImplementedError) or a password (RuntimeError)."""


class ArchiveRefused(Exception):
    """Nothing of this archive is taken; `findings` name the entries and why. `code` is the import's error code."""

    code = "archive_refused"

    def __init__(self, reason: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(reason)
        self.reason, self.findings = reason, findings


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """`max_ratio`: how often its own size an archive may unpack to; `spare_bytes` stay free on the disk;
    `max_directory` bytes may its table of contents have, which is read into memory."""

    max_files: int
    max_bytes: int
    max_ratio: int
    max_directory: int
    spare_bytes: int


def unpack(archive: Path, folder: Path, limits: ArchiveLimits, tick: Callable[[], None]) -> tuple[Finding, ...]:
    """Unpack into `folder`; answer what could not be read. Raises ArchiveRefused before writing anything
    unsafe, NoRoom."""
    try:
        with archive.open("rb") as file:
            _check_directory(file, limits)
            with zipfile.ZipFile(file) as source:
                entries = [entry for entry in source.infolist() if not entry.is_dir()]
                _check(entries, archive.stat().st_size, limits)
                disk = _Disk(folder, limits.spare_bytes, tick)
                disk.expect(sum(entry.file_size for entry in entries))
                found = [_unpack_one(source, entry, folder, disk) for entry in entries]
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
    _check_count(said, limits)
    if end[0] != b"PK\005\006":  # zip64 puts two records more between the table and its end
        start -= 76
    if size > limits.max_directory:
        raise ArchiveRefused(
            f"its table of contents has {size / 2**20:.0f} MB; at most {limits.max_directory / 2**20:.0f} are read"
        )
    file.seek(max(0, start))
    _check_count(_count_entries(file, size), limits)
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


def _check_count(count: int, limits: ArchiveLimits) -> None:
    if count > limits.max_files:
        raise ArchiveRefused(f"the archive has {count:,} files; at most {limits.max_files:,} are allowed")


def _check(entries: list[zipfile.ZipInfo], size: int, limits: ArchiveLimits) -> None:
    """From the table of contents alone; `size`: bytes of the archive."""
    total = sum(entry.file_size for entry in entries)
    if total > limits.max_bytes:
        raise ArchiveRefused(
            f"unpacked it has {total / 2**20:.0f} MB; at most {limits.max_bytes / 2**20:.0f} are allowed"
        )
    if total > SMALL + limits.max_ratio * size:
        worst = max(entries, key=lambda entry: entry.file_size / max(1, entry.compress_size))
        reason = f"grows more than {limits.max_ratio} times when unpacked"
        raise ArchiveRefused(f"the archive {reason}", (Finding("error", worst.filename, reason),))
    _check_overlap(entries)
    unsafe = [Finding("error", entry.filename, reason) for entry in entries if (reason := _unsafe(entry))]
    if unsafe:
        first = f"{unsafe[0].file[:200]}: {unsafe[0].reason}"
        raise ArchiveRefused(f"the archive is unsafe: {first}", tuple(unsafe))


def _check_overlap(entries: list[zipfile.ZipInfo]) -> None:
    """Two entries that share packed bytes unpack to more than the archive's size could."""
    end, before = 0, ""
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            reason = f"the archive is unsafe: {entry.filename[:200]} shares its bytes with {before[:200]}"
            raise ArchiveRefused(reason, (Finding("error", entry.filename, "shares its bytes with another entry"),))
        end, before = entry.header_offset + HEADER_BYTES + entry.compress_size, entry.filename


def _unsafe(entry: zipfile.ZipInfo) -> str:
    """Why this entry makes the whole archive suspect; empty when it does not."""
    name = entry.filename.replace("\\", "/")
    if name.startswith("/") or DRIVE.match(name):
        return "an absolute path"
    if ".." in name.split("/"):
        return "a path that leaves the archive"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "a symbolic link"
    if entry.flag_bits & 0x1:
        return "encrypted"
    return ""


def _unreadable(entry: zipfile.ZipInfo, parts: list[str]) -> str:
    """Why this entry is left out, and the rest is taken."""
    if entry.compress_type not in METHODS:
        return "packed by a method that is not read; pack it with deflate"
    if len(entry.filename) > LONGEST_NAME or any(len(part.encode()) > LONGEST_PART for part in parts):
        return "its name is too long"
    if len(parts) > DEEPEST:
        return f"it lies more than {DEEPEST} folders deep"
    return ""


def _unpack_one(source: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path, disk: "_Disk") -> Finding | None:
    disk.tick()
    parts = [part for part in entry.filename.replace("\\", "/").split("/") if part]
    if reason := _unreadable(entry, parts):
        return Finding("error", entry.filename, reason)
    target = folder.joinpath(*parts)
    if target.exists():
        return Finding("warning", entry.filename, "the archive holds this name twice; the first is taken")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open(entry) as data, target.open("xb") as out:
            # zipfile gives no more than the size that the table of contents declares, which `_check` has summed up.
            while chunk := data.read(CHUNK):
                out.write(chunk)
                disk.wrote(len(chunk))
    except (*DAMAGED, OSError) as error:
        target.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise NoRoom(NO_ROOM) from error
        return Finding("error", entry.filename, f"can't be unpacked: {error}")
    return None


class _Disk:
    """Where we unpack to: others write there too, so we look again while we do."""

    def __init__(self, folder: Path, spare: int, tick: Callable[[], None]) -> None:
        self.folder, self.spare, self.tick = folder, spare, tick
        self._since_look = 0

    def expect(self, size: int) -> None:
        """Raises NoRoom when `size` more bytes would leave less than the spare room."""
        if shutil.disk_usage(self.folder).free - size < self.spare:
            raise NoRoom(NO_ROOM)

    def wrote(self, size: int) -> None:
        self.tick()
        self._since_look += size
        if self._since_look >= LOOK_EVERY:
            self._since_look = 0
            self.expect(0)
