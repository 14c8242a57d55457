"""What a format is: a row of the table, and behind it a `Layout` that parses and writes its own text. Pure.

A layout says what its files say and nothing more. Finding the image that is meant, bringing boxes onto it, and telling
people what was left out is the same for all: see `reading`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import Any, Literal

from annotations.dataset.findings import Finding, Rule
from annotations.dataset.records import NO_ATTRIBUTES, Attributes, Box, ImageRecord, Split, Task
from annotations.formats.inside import Inside
from annotations.formats.listing import Listing
from annotations.imaging import ImageLimits

Size = tuple[int, int]
"""Width and height in pixels."""

CARRIES = {"detection": "boxes", "classification": "labels of whole images"}
WANTS = {"detection": "draws boxes", "classification": "labels whole images"}


@dataclass(frozen=True, slots=True)
class Choices:
    """What files do not say, as a person chose it.

    `boxes_on`: of a picture with an EXIF orientation: as it is shown, as its pixels are stored, or whichever fits the
    declared size, else as shown. `first_pixel`: 1 where the tool that wrote pixels counted from one. `table`: how a CSV
    is read, by the names that its layout knows.
    """

    boxes_on: Literal["auto", "shown", "stored"] = "auto"
    first_pixel: Literal[0, 1] = 0
    table: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """What a reader takes: of each picture, of each file of text that is read whole, and of each item in one that is
    read as a stream, in bytes; of each image in annotations; of labels. And what was chosen."""

    picture: ImageLimits = field(default_factory=ImageLimits)
    text_bytes: int = 4 * 2**20
    annotations: int = 5_000
    labels: int = 10_000
    choices: Choices = field(default_factory=Choices)


@dataclass(frozen=True, slots=True)
class Recognition:
    """How sure a layout is of an archive, and why: a sentence for people, without its full stop.

    0: these are not its files; 0.5: they may be, as others look alike; 1: no other format has such files.
    """

    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class Header:
    """Read: the task and the labels in their order, as far as the files tell. Written: the project's, with its name.

    `read_as`: what the layout assumed and a person may choose otherwise, as in `Choices.table`.
    """

    task: Task | None = None
    labels: tuple[str, ...] = ()
    project: str = ""
    read_as: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class RawAnnotation:
    """One annotation as it stands in the file: corners may be swapped, lie outside, or be no numbers.

    `problem`: why it can't be read, in words for people, and `rule`: the one that it breaks. `attributes` are named as
    in `dataset.attributes` where those have a name for it, else as the file names them. `score`: a number or a text.
    """

    label: str
    box: Box | None = None
    line: int | None = None
    problem: str = ""
    score: Any = None
    attributes: Attributes = field(default_factory=lambda: NO_ATTRIBUTES, hash=False)
    rule: Rule = Rule.BAD_ANNOTATION


@dataclass(frozen=True, slots=True)
class Entry:
    """What a file says about one image.

    `source`: the file. `names`: those that the image may have, the likeliest first; folders in them count.
    `size`: that of the image on which the boxes were drawn; None where the file does not say.
    `unit`: of the boxes: pixels of that image, or shares (0 to 1) of its sides. `findings`: what the layout changed or
    left out beside whole annotations, which tell their own `problem`. `picture`: the image, where the file holds it.
    """

    source: str
    names: tuple[str, ...]
    annotations: tuple[RawAnnotation, ...] = ()
    size: Size | None = None
    unit: Literal["pixels", "shares"] = "pixels"
    split: Split | None = None
    group: str = ""
    findings: tuple[Finding, ...] = ()
    picture: Inside | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file, or a line of it, that can't be read. An image that it may speak of (`names`) is held back with it."""

    source: str
    reason: str
    line: int | None = None
    names: tuple[str, ...] = ()


Parsed = Entry | Unreadable | Finding
"""A bare finding is about no image: a line of a list, a category that nothing names."""

BytesOf = Callable[[ImageRecord], bytes]


@dataclass(frozen=True, slots=True)
class Stream:
    """A text, or another file, too long to be held: `pieces` makes its bytes, the same at each call.

    `embeds`: it holds pictures, whose original bytes it asks for; b"" where they are left out.
    """

    pieces: Callable[[BytesOf], Iterable[bytes]]
    embeds: bool = False


Part = tuple[str, bytes | Stream | ImageRecord]
"""A path in the written folder, and what lies there: bytes, or the original bytes of an image."""


class Layout(ABC):
    """One format's own knowledge. `read` or `write` may be missing: its row says so, and nobody calls it."""

    @abstractmethod
    def recognise(self, listing: Listing) -> Recognition: ...

    def read(self, listing: Listing, limits: ReadLimits) -> tuple[Header, Iterator[Parsed]]:
        """In an order that is the same each time, each image once. Raises FormatError where nothing can be read."""
        raise NotImplementedError

    def write(self, header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
        """`header.labels` are all labels of the project in their order, also those that no image carries.

        `images` may be gone through more than once. What a part says must not hang on the parts that were asked for.
        """
        raise NotImplementedError

    def loses(self, header: Header, image: ImageRecord) -> Iterable[str]:
        """What of this image the files can't hold, beside what the row tells; each text follows its count."""
        return ()

    def loses_of_labels(self, header: Header) -> Iterable[str]:
        """The same of the labels, once for each that is not held as it is."""
        return ()


Family = Literal["training", "tool", "plain"]
"""Whose format it is: libraries' that train, a tool's that labels, or nobody's."""

Kept = Literal["negatives", "unlabelled", "splits", "labels", "scores", "groups", "names"]


@dataclass(frozen=True)
class Format:
    """A row of the table.

    `known_by`: its files, in a few words for people. `layout_path`: the class, imported when it is first needed.
    `tasks`: projects whose annotations it can carry. `precision`: pixels by which a side of a box may move on its way
    out and in again.
    `keeps`: what comes back beside labels and boxes: images that were looked at and carry nothing as such, those that
    nobody has looked at as such, splits, the labels' order and those that nothing carries, scores, groups of images,
    and the images' names whatever is in them. `attributes`: those that are kept, by name; "*": all.
    """

    name: str
    title: str
    family: Family
    known_by: str
    layout_path: str
    tasks: tuple[Task, ...]
    precision: float
    keeps: frozenset[Kept] = frozenset()
    attributes: frozenset[str] = frozenset()
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
