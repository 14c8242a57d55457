"""Finding the image that an annotation file means."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from annotations.formats.format import pictures_in


class Pictures:
    """The images of a folder by name; remembers which were spoken of."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths = pictures_in(folder)
        self.taken: dict[Path, str] = {}
        self._by_name: dict[str, list[Path]] = {}
        for path in self.paths:
            self._by_name.setdefault(path.name.lower(), []).append(path)
            self._by_name.setdefault(path.stem.lower() + "/", []).append(path)

    def of(self, source: Path, filename: str) -> Path | None:
        """By the name that `source` gives, else by its own; of several the nearest."""
        for key in (filename.lower(), PurePosixPath(filename).stem.lower() + "/", source.stem.lower() + "/"):
            if found := self._by_name.get(key):
                return max(found, key=lambda path: _closeness(path, source))
        return None

    def unspoken(self) -> Iterator[Path]:
        return (path for path in self.paths if path not in self.taken)


def _closeness(path: Path, source: Path) -> int:
    """How many leading folders two paths share."""
    shared = 0
    for one, other in zip(path.parent.parts, source.parent.parts, strict=False):
        if one != other:
            break
        shared += 1
    return shared
