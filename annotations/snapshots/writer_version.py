"""Which code writes downloads. Other code may write other bytes, and then no client may put their parts together.

The version is a hash of the sources, so that nobody has to remember to raise it.
"""

import hashlib
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from lxml import etree

FOLDER = Path(__file__).resolve().parents[1]
CLEANING = ("location.py", "originals.py", "imaging.py")
WRITING = (*CLEANING, "formats", "dataset", "snapshots/zips.py", "snapshots/downloads.py")


@cache
def writer() -> str:
    """Of all that has a say in a zip's bytes."""
    return _digest(WRITING, [sys.version, str(etree.LXML_VERSION), str(etree.LIBXML_VERSION)])


@cache
def cleaner() -> str:
    """Of what leaves the place out of a picture's file; 16 characters."""
    return _digest(CLEANING, [])[:16]


def _digest(names: Iterable[str], beside: Iterable[str]) -> str:
    digest = hashlib.sha256("\n".join(beside).encode())
    for name in names:
        path = FOLDER / name
        for source in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(source.read_bytes())
    return digest.hexdigest()
