"""What holds for every kind of archive: how much it may hold, and which names are refused or left out. Pure."""

import re
from dataclasses import dataclass

from annotations.dataset.findings import Finding, Rule

SMALL = 10 * 2**20
"""Bytes that an archive may unpack to whatever its ratio: little harm, and text packs well."""

DRIVE = re.compile(r"^[A-Za-z]:")
LONGEST_PART, LONGEST_NAME, DEEPEST = 255, 1000, 32


class ArchiveRefused(Exception):
    """Nothing of this archive is taken; `findings` name the entries and why. `code` is the import's error code."""

    code = "archive_refused"

    def __init__(self, reason: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(reason)
        self.reason, self.findings = reason, findings


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """`max_ratio`: how often its own size an archive may unpack to; `spare_bytes` stay free on the disk;
    `max_directory` bytes may a zip's table of contents have, which is read into memory."""

    max_files: int
    max_bytes: int
    max_ratio: int
    max_directory: int
    spare_bytes: int


def expect_count(count: int, limits: ArchiveLimits) -> None:
    if count > limits.max_files:
        raise ArchiveRefused(f"the archive has {count:,} files; at most {limits.max_files:,} are allowed")


def expect_bytes(total: int, limits: ArchiveLimits) -> None:
    """`total`: bytes of its files together, unpacked."""
    if total > limits.max_bytes:
        raise ArchiveRefused(
            f"unpacked it has {total / 2**20:.0f} MB; at most {limits.max_bytes / 2**20:.0f} are allowed"
        )


def grows_too_much(total: int, size: int, limits: ArchiveLimits) -> str:
    """Why an archive of `size` bytes that unpacks to `total` is refused; empty when it is not."""
    is_bomb = total > SMALL + limits.max_ratio * size
    return f"grows more than {limits.max_ratio} times when unpacked" if is_bomb else ""


def parts_of(name: str) -> list[str]:
    """The folders and the file that an entry's name means, whichever slash it was written with."""
    return [part for part in name.replace("\\", "/").split("/") if part not in {"", "."}]


def unsafe_name(name: str) -> str:
    """Why this name makes the whole archive suspect; empty when it does not."""
    path = name.replace("\\", "/")
    if "\0" in name:
        return "a name with a null character"
    if path.startswith("/") or DRIVE.match(path):
        return "an absolute path"
    return "a path that leaves the archive" if ".." in path.split("/") else ""


def unreadable_name(name: str) -> str:
    """Why an entry of this name is left out, and the rest is taken; empty when it is not."""
    parts = parts_of(name)
    if not parts:
        return "it has no name"
    if len(name) > LONGEST_NAME or any(len(part.encode(errors="replace")) > LONGEST_PART for part in parts):
        return "its name is too long"
    return f"it lies more than {DEEPEST} folders deep" if len(parts) > DEEPEST else ""


def unsafe(name: str, reason: str) -> ArchiveRefused:
    return ArchiveRefused(f"the archive is unsafe: {name[:200]}: {reason}", (Finding(Rule.UNSAFE, name, reason),))
