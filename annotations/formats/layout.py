"""What a format is: a row of the table, and behind it a `Layout` that parses and writes its own text. Pure.

A layout says what its files say and nothing more. Finding the image that is meant, bringing boxes onto it, and telling
people what was left out is the same for all: see `reading`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import Literal

from annotations.dataset.records import Box, ImageRecord, Split, Task
from annotations.formats.listing import Listing
from annotations.imaging import ImageLimits

Size = tuple[int, int]
"""Width and height in pixels."""

CARRIES = {"detection": "boxes", "classification": "labels of whole images"}
WANTS = {"detection": "draws boxes", "classification": "labels whole images"}


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """What a reader takes: of each picture, of each file of text in bytes, of each image in annotations."""

    picture: ImageLimits = field(default_factory=ImageLimits)
    text_bytes: int = 4 * 2**20
    annotations: int = 5_000


@dataclass(frozen=True, slots=True)
class Recognition:
    """How sure a layout is of an archive, and why: a sentence for people, without its full stop.

    0: these are not its files; 0.5: they may be, as others look alike; 1: no other format has such files.
    """

    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class Header:
    """Read: the task and the labels in their order, as far as the files tell. Written: the project's, with its name."""

    task: Task | None = None
    labels: tuple[str, ...] = ()
    project: str = ""


@dataclass(frozen=True, slots=True)
class RawAnnotation:
    """One annotation as it stands in the file. `problem`: why it can't be read, in words for people."""

    label: str
    box: Box | None = None
    line: int | None = None
    problem: str = ""
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What a file says about one image.

    `source`: the file. `names`: those that the image may have, the likeliest first; folders in them count.
    `size`: that of the image on which the boxes were drawn; None where the file does not say.
    `unit`: of the boxes: pixels of that image, or shares (0 to 1) of its sides.
    """

    source: str
    names: tuple[str, ...]
    annotations: tuple[RawAnnotation, ...] = ()
    size: Size | None = None
    unit: Literal["pixels", "shares"] = "pixels"
    split: Split | None = None
    group: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file, or a line of it, that can't be read. An image that it may speak of (`names`) is held back with it."""

    source: str
    reason: str
    line: int | None = None
    names: tuple[str, ...] = ()


Parsed = Entry | Unreadable
Part = tuple[str, bytes | ImageRecord]
"""A path in the written folder, and what lies there: bytes, or the original bytes of an image."""


class Layout(ABC):
    """One format's own knowledge. `read` or `write` may be missing: its row says so, and nobody calls it."""

    @abstractmethod
    def recognise(self, listing: Listing) -> Recognition: ...

    def read(self, listing: Listing, limits: ReadLimits) -> tuple[Header, Iterator[Parsed]]:
        """In an order that is the same each time, each image once. Raises FormatError where nothing can be read."""
        raise NotImplementedError

    def write(self, header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
        """`header.labels` are all labels of the project in their order, also those that no image carries."""
        raise NotImplementedError


Kept = Literal["negatives", "splits", "labels"]


@dataclass(frozen=True)
class Format:
    """A row of the table.

    `layout_path`: the class, imported when it is first needed. `tasks`: projects whose annotations it can carry.
    `precision`: pixels by which a side of a box may move on its way out and in again.
    `keeps`: what comes back beside annotations: images without any as looked at, the split of an image, the labels'
    order and those that nothing carries.
    """

    name: str
    title: str
    layout_path: str
    tasks: tuple[Task, ...]
    precision: float
    keeps: frozenset[Kept] = frozenset()
    reads: bool = True
    writes: bool = True

    @cached_property
    def layout(self) -> Layout:
        module, _, name = self.layout_path.rpartition(".")
        made = getattr(import_module(module), name)()
        if not isinstance(made, Layout):
            raise TypeError(f"{self.layout_path} is no Layout")
        return made

    def mismatch(self, task: str) -> str:
        """Why a project of this task can't use the format; empty where it can."""
        return "" if task in self.tasks else mismatch(self.title, self.tasks[0], task)


def mismatch(title: str, carried: Task | None, task: str) -> str:
    """Why annotations of the task `carried` do not go with a project's `task`; empty where they do."""
    if carried is None or carried == task:
        return ""
    return f"{title} carries {CARRIES[carried]}, and this project {WANTS[task]}"
