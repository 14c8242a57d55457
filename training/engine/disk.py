"""A full disk, told as what it is."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from training.engine.errors import DiskFullError

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def room_expected(folder: Path) -> Iterator[None]:
    """Raises DiskFullError for what is raised inside because there is no room in the folder."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        if not _is_full(error):
            raise
        free = shutil.disk_usage(folder).free / 2**20
        raise DiskFullError(
            f"The disk of {folder} is full ({free:.0f} MB are free): make room and start again; "
            "a run goes on from its last checkpoint."
        ) from error


def _is_full(error: BaseException | None) -> bool:
    """Also where torch, which could not end its file, hides what the system said."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in FULL:
            return True
        error = error.__context__
    return False
