"""The limits of archives, as they are set."""

from annotations.imports.archives import ArchiveLimits
from boxwright import limits


def archive_limits() -> ArchiveLimits:
    return ArchiveLimits(
        limits.ARCHIVE_FILES, limits.ARCHIVE_BYTES, limits.ARCHIVE_RATIO, limits.ARCHIVE_DIRECTORY, limits.SPARE_DISK
    )
