"""Folders for work in progress, and copies of images that the next run will want again. All of it may be deleted."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from annotations.objects import image_key
from boxwright.jobs import Job
from boxwright.storage import ObjectStore

CACHE_BYTES = 20 * 2**30
LOCK = "held"


@contextmanager
def folder_for(job: Job) -> Iterator[Path]:
    """A folder of our own while we work on `job`; `sweep` leaves it alone as long as this process lives."""
    root = settings.SCRATCH_DIR / "jobs"
    root.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{type(job).__name__.lower()}-{job.pk}-", dir=root))
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Remove what workers that were killed left behind, and the images that were not wanted for longest."""
    for folder in (settings.SCRATCH_DIR / "jobs").glob("*-*-*"):
        if _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)
    shrink_cache(CACHE_BYTES)


def link_image(objects: ObjectStore, team_id: int, sha256: str, target: Path) -> None:
    """Put the original bytes of an image at `target`, from the cache if it has them. Raises ObjectMissing."""
    cached = _cache() / sha256[:2] / sha256
    if not cached.exists():
        objects.fetch(image_key(team_id, sha256), cached)
    try:
        os.utime(cached)
        os.link(cached, target)
    except OSError:  # just shrunk away, or a file system without hard links
        objects.fetch(image_key(team_id, sha256), target)


def shrink_cache(most_bytes: int) -> None:
    """Delete the images that were not used for longest until the rest fits."""
    files = [(path.stat(), path) for path in _cache().glob("*/*")]
    excess = sum(stat.st_size for stat, _ in files) - most_bytes
    for stat, path in sorted(files, key=lambda item: item[0].st_mtime):
        if excess <= 0:
            return
        path.unlink(missing_ok=True)
        excess -= stat.st_size


def _cache() -> Path:
    folder: Path = settings.SCRATCH_DIR / "images"
    return folder


def _is_abandoned(folder: Path) -> bool:
    try:
        with (folder / LOCK).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except BlockingIOError:
        return False
    except OSError:  # made this instant and not yet locked, or going away
        return folder.exists() and time.time() - folder.stat().st_mtime > 60
