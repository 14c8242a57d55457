"""What a format is: how to know it, read it, write it. Pure: files in, records out."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from annotations.dataset.findings import Finding
from annotations.dataset.records import AnnotationRecord, ImageRecord, Task
from annotations.imaging import Limits

PICTURES = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp"})
STRANGE_PICTURES = frozenset({".gif", ".tif", ".tiff", ".svg", ".heic", ".avif"})
"""Looked at too, so that each is refused by name rather than passed over."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that a reader came across, in an order that is the same each time.

    `image` is None when there is nothing to store. `annotated`: an annotation file speaks of the image, so that no
    annotations mean "nothing here"; `left_out` counts the annotations that it named and that could not be taken.
    """

    image: Path | None = None
    annotations: tuple[AnnotationRecord, ...] = ()
    annotated: bool = False
    left_out: int = 0
    source: str = ""
    lines: tuple[int | None, ...] = ()
    findings: tuple[Finding, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """What a reader takes: of each picture, of each file of text in bytes, of each image in annotations."""

    picture: Limits = field(default_factory=Limits)
    text_bytes: int = 4 * 2**20
    annotations: int = 5_000


Part = tuple[str, bytes | ImageRecord]
"""A path in the written folder, and what lies there: bytes, or the original bytes of an image."""


@dataclass(frozen=True, slots=True)
class Format:
    """`tasks` names the kinds of project whose annotations the format can carry."""

    name: str
    title: str
    tasks: tuple[Task, ...]
    sniff: Callable[[Path], bool]
    read: Callable[[Path, ReadLimits], Iterator[Found]] | None
    write: Callable[[Iterable[ImageRecord]], Iterator[Part]] | None


class TooLong(Exception):
    """The file has more bytes than are read; the message says how many."""


def bounded_bytes(path: Path, most: int) -> bytes:
    """The whole file. Raises TooLong, having read no more than `most` bytes and one."""
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise TooLong(f"the file has {path.stat().st_size / 2**20:.1f} MB; at most {most / 2**20:g} are read")
    return data


def files_in(folder: Path) -> list[Path]:
    """All files, sorted by their path, without what systems leave behind."""
    paths = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sorted((p for p in paths if not _is_litter(p.relative_to(folder))), key=lambda p: p.as_posix())


def pictures_in(folder: Path) -> list[Path]:
    return [path for path in files_in(folder) if path.suffix.lower() in PICTURES | STRANGE_PICTURES]


def _is_litter(path: Path) -> bool:
    return "__MACOSX" in path.parts or path.name.startswith("._") or path.name in {".DS_Store", "Thumbs.db"}
