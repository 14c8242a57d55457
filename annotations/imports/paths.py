"""A folder or an archive on the server's own disk: read where it lies, never changed."""

import os
from collections.abc import Iterator
from pathlib import Path

from annotations.dataset.findings import Finding
from annotations.imports.archive_limits import archive_limits
from annotations.imports.archives import ArchiveRefused, unpack
from annotations.imports.archives.rules import expect_bytes, expect_count, unsafe
from annotations.models import Import
from boxwright.jobs import Beat


def lay_path(job: Import, beat: Beat, folder: Path) -> tuple[Finding, ...]:
    """Unpack an archive into `folder`; a folder takes its place as a link. Raises ArchiveRefused."""
    path = Path(job.path)
    if path.is_file():
        return unpack(path, folder, archive_limits(), beat.check, job.archive_name)
    if not path.is_dir():
        raise ArchiveRefused(f"there is no {job.path} on the machine that imports")
    expect_safe_folder(path, beat)
    folder.rmdir()
    folder.symlink_to(path.resolve(), target_is_directory=True)
    return ()


def expect_safe_folder(path: Path, beat: Beat) -> None:
    """Raises ArchiveRefused where it holds links or devices, or more than an archive may."""
    limits, count, total = archive_limits(), 0, 0
    for entry in _entries(path):
        beat.check()
        name = os.path.relpath(entry.path, path)
        if entry.is_symlink():
            raise unsafe(name, "a symbolic link")
        if not entry.is_file():
            raise unsafe(name, "no ordinary file")
        count, total = count + 1, total + entry.stat().st_size
        expect_count(count, limits)
        expect_bytes(total, limits)


def _entries(folder: str | Path) -> Iterator["os.DirEntry[str]"]:
    """Everything in it but folders, through all depths."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _entries(entry.path)
            else:
                yield entry
