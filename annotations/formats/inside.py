"""Pictures that lie inside other files, brought out as they are asked for."""

import shutil
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from typing import Literal

from annotations.formats.base64_text import decoded
from annotations.imaging import Refused

CHUNK = 2**20
KEPT = 16
"""Pictures that are out at once; the one that came first goes."""


@dataclass(frozen=True, slots=True)
class Inside:
    """`size` bytes of a file of the listing, from `start` on."""

    file: str
    start: int
    size: int
    encoding: Literal["", "base64"] = ""

    @property
    def decoded_size(self) -> int:
        """Bytes, at most."""
        return self.size * 3 // 4 if self.encoding else self.size


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
        """Raises Refused where it can't be decoded."""
        if inside not in self.paths:
            if len(self.paths) == KEPT:
                self.paths.pop(next(iter(self.paths))).unlink()
            self.count += 1
            self.paths[inside] = _copied(inside, of_file(inside.file), self._folder / str(self.count))
        return self.paths[inside]


def _copied(inside: Inside, file: Path, target: Path) -> Path:
    pieces = _pieces(inside, file)
    try:
        with target.open("wb") as out:
            out.writelines(decoded(pieces) if inside.encoding else pieces)
    except ValueError as error:
        target.unlink()
        raise Refused("the picture in the file is no base64") from error
    return target


def _pieces(inside: Inside, file: Path) -> Iterator[bytes]:
    left = inside.size
    with file.open("rb") as source:
        source.seek(inside.start)
        while chunk := source.read(min(left, CHUNK)):
            yield chunk
            left -= len(chunk)
