"""Folders for work in progress: one an attempt, so that nobody deletes another's. All of it may be deleted."""

import fcntl
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

LOCK = "held"


@contextmanager
def folder_for(kind: str, pk: int) -> Iterator[Path]:
    """A folder of our own while we work on a job; `sweep` leaves it alone as long as this process lives."""
    root = settings.SCRATCH_DIR / "jobs"
    root.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{kind}-{pk}-", dir=root))
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Remove what workers that were killed left behind."""
    for folder in (settings.SCRATCH_DIR / "jobs").glob("*-*-*"):
        if _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    try:
        with (folder / LOCK).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except BlockingIOError:
        return False
    except OSError:  # made this instant and not yet locked, or going away
        return folder.exists() and time.time() - folder.stat().st_mtime > 60
