"""Unpacking a stranger's zip: nothing outside the folder, no links, no bombs. Pure."""

import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from annotations.dataset.findings import Finding

CHUNK = 2**20
SMALL = 10 * 2**20
MAX_RATIO = 200
DRIVE = re.compile(r"^[A-Za-z]:")
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
"""What zipfile raises on damage, a method it does not know (NotImplementedError) or a password (RuntimeError)."""


class ArchiveRefused(Exception):
    """Nothing of this archive is taken; `findings` name the entries and why."""

    def __init__(self, reason: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(reason)
        self.reason, self.findings = reason, findings


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    max_files: int
    max_bytes: int


def unpack(archive: Path, folder: Path, limits: ArchiveLimits, tick: Callable[[], None]) -> tuple[Finding, ...]:
    """Unpack into `folder`; answer what could not be read. Raises ArchiveRefused before writing anything unsafe."""
    try:
        with zipfile.ZipFile(archive) as source:
            entries = [entry for entry in source.infolist() if not entry.is_dir()]
            _check(entries, limits)
            room = shutil.disk_usage(folder).free
            if sum(entry.file_size for entry in entries) > room:
                raise ArchiveRefused("there is no room on the disk to unpack the archive")
            found = [_unpack_one(source, entry, folder, tick) for entry in entries]
    except DAMAGED as error:
        raise ArchiveRefused(f"the archive is no readable zip: {error}") from error
    return tuple(finding for finding in found if finding)


def _check(entries: list[zipfile.ZipInfo], limits: ArchiveLimits) -> None:
    """From the table of contents alone."""
    if len(entries) > limits.max_files:
        raise ArchiveRefused(f"the archive has {len(entries)} files; at most {limits.max_files} are allowed")
    total = sum(entry.file_size for entry in entries)
    if total > limits.max_bytes:
        raise ArchiveRefused(
            f"unpacked it has {total / 2**20:.0f} MB; at most {limits.max_bytes / 2**20:.0f} are allowed"
        )
    unsafe = [Finding("error", entry.filename[:300], reason) for entry in entries if (reason := _unsafe(entry))]
    if unsafe:
        first = f"{unsafe[0].file}: {unsafe[0].reason}"
        raise ArchiveRefused(f"the archive is unsafe: {first}", tuple(unsafe))


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
    if entry.file_size > SMALL and entry.file_size > MAX_RATIO * max(1, entry.compress_size):
        return f"grows more than {MAX_RATIO} times when unpacked"
    return ""


def _unpack_one(
    source: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path, tick: Callable[[], None]
) -> Finding | None:
    target = folder.joinpath(*(part for part in entry.filename.replace("\\", "/").split("/") if part))
    if target.exists():
        return Finding("warning", entry.filename, "the archive holds this name twice; the first is taken")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open(entry) as data, target.open("xb") as out:
            while chunk := data.read(CHUNK):
                out.write(chunk)
                tick()
    except (*DAMAGED, OSError) as error:
        target.unlink(missing_ok=True)
        return Finding("error", entry.filename, f"can't be unpacked: {error}")
    tick()
    return None
