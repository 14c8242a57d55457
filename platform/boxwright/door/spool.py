"""Where bodies lie until they are read: a folder of this process, and how much of it is in use by whom."""

import fcntl
import shutil
import tempfile
from collections import Counter
from collections.abc import Hashable
from pathlib import Path
from typing import IO

from boxwright import limits
from boxwright.errors import NoRoom, TooMany, Unavailable


class Spool:
    """`claim` makes the folder the place of all temporary files of this process; those of dead ones are emptied."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root
        self._used: Counter[Hashable] = Counter()
        self._lock: IO[str] | None = None

    def claim(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "lock").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)  # of two processes that start, one comes first
            for left in self.root.iterdir():
                _empty(left)
            self.folder = Path(tempfile.mkdtemp(dir=self.root))
            self._lock = _locked(self.folder)
        tempfile.tempdir = str(self.folder)

    def file(self) -> "tempfile.SpooledTemporaryFile[bytes]":
        """In memory while it is small; on the disk it has no name, so that nothing of it outlives this process."""
        return tempfile.SpooledTemporaryFile(max_size=limits.ANONYMOUS_BYTES, dir=str(self.folder))

    def charge(self, sender: Hashable, size: int) -> None:
        """Raises TooMany where this person has too much in flight, Unavailable where all together have, NoRoom."""
        if self._used[sender] + size > limits.SPOOL_BYTES // 2:
            raise TooMany("You are sending too much at once; wait until some of it has arrived.")
        if self._used.total() + size > limits.SPOOL_BYTES:
            raise Unavailable("Too much is being sent at once; try again in a moment.")
        if shutil.disk_usage(self.folder).free < limits.SPOOL_FREE_BYTES + size:
            raise NoRoom("The server's disk is full.")
        self._used[sender] += size

    def refund(self, sender: Hashable, size: int) -> None:
        self._used[sender] -= size
        self._used += Counter()  # drops the zeros


def _locked(folder: Path) -> IO[str] | None:
    """The lock of a folder, if nobody holds it; its process keeps it as long as it lives."""
    file = (folder / "lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def _empty(folder: Path) -> None:
    if folder.is_dir() and (lock := _locked(folder)) is not None:
        shutil.rmtree(folder, ignore_errors=True)
        lock.close()
