"""Where an archive is unpacked to: others write there too, so the room is looked at again while it fills."""

import errno
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

from annotations.dataset.findings import Finding, Rule
from annotations.imports.archives.rules import parts_of, unreadable_name
from boxwright.errors import NoRoom

CHUNK = 2**20
LOOK_EVERY = 64 * CHUNK
"""Bytes written between two looks at the disk."""

NO_ROOM = "There is no room on the disk to unpack the archive."


class Disk:
    """`damage`: what reading an entry raises where its bytes are wrong; then that entry is left out."""

    def __init__(
        self, folder: Path, spare: int, tick: Callable[[], None], damage: tuple[type[Exception], ...] = ()
    ) -> None:
        self.folder, self.spare, self.tick = folder, spare, tick
        self._faults: tuple[type[Exception], ...] = (*damage, OSError)
        self._since_look = 0

    def expect(self, size: int) -> None:
        """Raises NoRoom when `size` more bytes would leave less than the spare room."""
        if shutil.disk_usage(self.folder).free - size < self.spare:
            raise NoRoom(NO_ROOM)

    def write(self, name: str, pieces: Iterable[bytes]) -> Finding | None:
        """Write a file whose name is safe, or answer why it is left out. Raises NoRoom, and what `pieces` raises."""
        self.tick()
        if reason := unreadable_name(name):
            return Finding(Rule.UNREADABLE, name, reason)
        target = self.folder.joinpath(*parts_of(name))
        if target.exists():
            return Finding(Rule.SAME_NAME, name, "the archive holds this name twice; the first is taken")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as out:
                self._fill(out, pieces)
        except self._faults as error:
            if target.is_file():
                target.unlink()
            if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise NoRoom(NO_ROOM) from error
            why = error.strerror if isinstance(error, OSError) else error  # the whole would name our own folders
            return Finding(Rule.UNREADABLE, name, f"can't be unpacked: {why}")
        return None

    def _fill(self, out: BinaryIO, pieces: Iterable[bytes]) -> None:
        for piece in pieces:
            out.write(piece)
            self._wrote(len(piece))

    def _wrote(self, size: int) -> None:
        self.tick()
        self._since_look += size
        if self._since_look >= LOOK_EVERY:
            self._since_look = 0
            self.expect(0)
