"""Copies of images that the next run will want again. All of it may be deleted."""

import os
from pathlib import Path

from django.conf import settings

from boxwright.storage import ObjectStore
from boxwright.storage.named import Named

CACHE_BYTES = 20 * 2**30


def link_image(objects: ObjectStore, original: Named, target: Path) -> None:
    """Put the original bytes of an image at `target`, from the cache if it has them. Raises as Named.fetch does."""
    cached = _cache() / original.sha256[:2] / original.sha256
    if not cached.exists():
        original.fetch(objects, cached)
    try:
        os.utime(cached)
        os.link(cached, target)
    except OSError:  # just shrunk away, or a file system without hard links
        original.fetch(objects, target)


def shrink(most_bytes: int = CACHE_BYTES) -> None:
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
