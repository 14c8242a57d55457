"""The files of an unpacked archive, listed once for all formats; and finding the image that a file means."""

import os
import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from posixpath import basename, dirname, splitext
from tempfile import TemporaryDirectory

from annotations.formats.errors import FormatError
from annotations.formats.image_names import as_path, plain, stem, variants
from annotations.formats.inside import Inside, TakenOut

PICTURES = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp"})
STRANGE_PICTURES = frozenset({".gif", ".tif", ".tiff", ".svg", ".heic", ".avif"})
"""Looked at too, so that each is refused by name rather than passed over."""

UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f/\\\ud800-\udfff]")
LONGEST_NAME = 150

SEPARATOR = "\x01"
"""In a sort key behind each folder: less than what names are made of, so that a folder's images stand together."""


class Listing:
    """Names relative to `root`, with "/" between folders, sorted; without links and what systems leave behind.

    `scratch`: a folder outside of it for what readers put together; else one that the system gives.
    """

    def __init__(self, root: Path, scratch: Path | None = None) -> None:
        self.root, self.scratch = root, scratch
        self.inside: dict[str, Inside] = {}
        self.taken_out = TakenOut(scratch)
        names = sorted(_names_in(str(root)))
        self.images = tuple(name for name in names if is_image(name))
        self.texts = tuple(name for name in names if not is_image(name))
        self._seen = bytearray(len(self.texts))

    def add_inside(self, pictures: Mapping[str, Inside]) -> None:
        """Images that lie in files of the listing: named, found and opened as all others."""
        self.inside |= pictures
        self.images = tuple(sorted({*self.images, *pictures}))
        for index in ("_by_name", "_by_stem"):
            self.__dict__.pop(index, None)

    def take_inside(self, name: str, picture: Inside) -> None:
        """One that no file means but its own: opened by this name, neither listed nor found."""
        self.inside[name] = picture

    def path(self, name: str) -> Path:
        """Of an image that lies inside a file: until some others were asked for."""
        self.see(name)
        return self._path(name)

    def _path(self, name: str) -> Path:
        inside = self.inside.get(name)
        return self.taken_out.path(inside, self._path) if inside else self.root / name

    def see(self, name: str) -> None:
        """A text that is read, or that a finding names."""
        place = bisect_left(self.texts, name)
        if place < len(self.texts) and self.texts[place] == name:
            self._seen[place] = True

    @property
    def unseen(self) -> Iterator[str]:
        """Texts that nothing was taken from so far, and nothing was said of."""
        return (name for name, is_seen in zip(self.texts, self._seen, strict=True) if not is_seen)

    def texts_ending(self, *suffixes: str) -> Iterator[str]:
        """Texts whose names end so; `suffixes` in small letters."""
        return (name for name in self.texts if name.lower().endswith(suffixes))

    def head(self, name: str, size: int) -> bytes:
        """To recognise a file by: it does not count as seen."""
        with self._path(name).open("rb") as file:
            return file.read(size)

    def read_head(self, name: str, size: int) -> bytes:
        """Raises FormatError where there is no such file."""
        try:
            return self.head(name, size)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise FormatError(f"there is no {name}", file=name) from error

    @contextmanager
    def scratch_file(self, name: str) -> Iterator[Path]:
        """A path that nothing lies at, and that is free again afterwards."""
        with TemporaryDirectory(dir=self.scratch, prefix="reading-") as folder:
            yield Path(folder) / name

    def read(self, name: str, most: int) -> bytes:
        """The whole file. Raises FormatError, having read no more than `most` bytes and one."""
        self.see(name)
        data = self.read_head(name, most + 1)
        if len(data) > most:
            size = self._path(name).stat().st_size
            reason = f"the file has {size / 2**20:.1f} MB; at most {most / 2**20:g} are read"
            raise FormatError(reason, file=name)
        return data

    def find_image(self, source: str, names: tuple[str, ...]) -> str | None:
        """The image that the file `source` means by the first of `names` that fits.

        By its path from a folder around `source`, else by its name, else by its name whatever the suffix; of several
        the nearest: the one that shares most folders with `source`, then the first.
        """
        paths = [variant for name in names for variant in variants(name)]
        for path in paths:
            if "/" in path and (found := self._at_path(source, path)):
                return found
        for path in paths:
            found = self._by_name.nearest(basename(path), source) or self._by_stem.nearest(stem(path), source)
            if found:
                return found
        return None

    def _at_path(self, source: str, name: str) -> str | None:
        folder = source
        while folder:
            folder = dirname(folder)
            path = f"{folder}/{name}" if folder else name
            place = bisect_left(self.images, path)
            if place < len(self.images) and self.images[place] == path:
                return path
        return None

    @cached_property
    def _by_name(self) -> "_Index":
        return _Index(self.images, basename)

    @cached_property
    def _by_stem(self) -> "_Index":
        return _Index(self.images, stem)


class _Index:
    """Images sorted by what they are called, then by their folders: four bytes an image."""

    def __init__(self, images: tuple[str, ...], called: Callable[[str], str]) -> None:
        self.images, self.called = images, called
        self.order = array("I", sorted(range(len(images)), key=self._key))

    def _key(self, place: int) -> str:
        image = self.images[place]
        return _key(self.called(image), image)

    def nearest(self, called: str, source: str) -> str | None:
        """Of the images with this name: of those that share a beginning, the neighbours share the longest one."""
        wanted, least = _key(called, source), len(plain(called)) + 1
        place = bisect_left(self.order, wanted, key=self._key)
        shared = max((self._shared(n, wanted) for n in (place - 1, place)), key=len)
        if len(shared) < least:
            return None
        return self.images[self.order[bisect_left(self.order, shared, key=self._key)]]

    def _shared(self, place: int, wanted: str) -> str:
        """What an image's key and `wanted` both begin with, in whole names."""
        if not 0 <= place < len(self.order):
            return ""
        names = zip(self._key(self.order[place]).split(SEPARATOR)[:-1], wanted.split(SEPARATOR)[:-1], strict=False)
        return "".join(one + SEPARATOR for one, _ in takewhile(lambda pair: pair[0] == pair[1], names))


def _key(called: str, path: str) -> str:
    folders = dirname(path).split("/") if dirname(path) else []
    return SEPARATOR.join([plain(called), *folders, ""])


def is_image(name: str) -> bool:
    return splitext(name)[1].lower() in PICTURES | STRANGE_PICTURES


def picture_name(said: str, source: str) -> str:
    """A name that a file may have, for a picture in the file `source` that is said to be called so."""
    name = UNSAFE.sub("_", basename(as_path(said))).strip(" .")[-LONGEST_NAME:] or stem(source)
    return name if is_image(name) else f"{name}.jpg"


def _names_in(folder: str, above: str = "") -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if _is_litter(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _names_in(entry.path, f"{above}{entry.name}/")
            elif entry.is_file(follow_symlinks=False):
                yield above + entry.name


def _is_litter(name: str) -> bool:
    return name in {"__MACOSX", ".DS_Store", "Thumbs.db"} or name.startswith("._")
