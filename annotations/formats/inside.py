"""Pictures that lie inside other files, brought out as they are asked for."""

import shutil
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp

CHUNK = 2**20
KEPT = 16
"""Pictures that are out at once; the one that came first goes."""


@dataclass(frozen=True, slots=True)
class Inside:
    """`size` bytes of a file of the listing, from `start` on."""

    file: str
    start: int
    size: int


class TakenOut:
    """Files of pictures, in a folder that goes with it."""

    def __init__(self, scratch: Path | None) -> None:
        self.scratch = scratch
        self.paths: dict[Inside, Path] = {}
        self.count = 0

    @cached_property
    def _folder(self) -> Path:
        folder = mkdtemp(dir=self.scratch, prefix="inside-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return Path(folder)

    def path(self, inside: Inside, of_file: Callable[[str], Path]) -> Path:
        if inside not in self.paths:
            if len(self.paths) == KEPT:
                self.paths.pop(next(iter(self.paths))).unlink()
            self.count += 1
            self.paths[inside] = _copied(inside, of_file(inside.file), self._folder / str(self.count))
        return self.paths[inside]


def _copied(inside: Inside, file: Path, target: Path) -> Path:
    left = inside.size
    with file.open("rb") as source, target.open("wb") as out:
        source.seek(inside.start)
        while chunk := source.read(min(left, CHUNK)):
            out.write(chunk)
            left -= len(chunk)
    return target
