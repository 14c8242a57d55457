"""The records that every format, snapshot and run speaks: frozen, and free of Django.

One box convention: pixels of the EXIF-oriented image, origin top left, `x_min … y_max` as floats. Formats
convert when they read and write; nothing else does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from annotations.dataset.attributes import CROWD

Task = Literal["detection", "classification"]
Split = Literal["train", "val", "test"]
Attributes = Mapping[str, bool | float | str]
"""What a tool noted of an annotation beside label and box, by name: `difficult`, `truncated`, `occluded`, `crowd`, …"""

NO_ATTRIBUTES: Attributes = MappingProxyType({})
"""One for all: there are millions of annotations without."""

LABELLED_QUEUES = frozenset({"labelled", "review", "done"})
"""Queues whose images count as labelled: what a run trains on, negatives included."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the EXIF-oriented image: `x_min < x_max`, `y_min < y_max`."""

    x_min: float
    y_min: float
    x_max: float
    y_max: float

    @property
    def width(self) -> float:
        return self.x_max - self.x_min

    @property
    def height(self) -> float:
        return self.y_max - self.y_min

    @property
    def area(self) -> float:
        return max(0.0, self.width) * max(0.0, self.height)


@dataclass(frozen=True, slots=True)
class AnnotationRecord:
    """One annotation: a label on a box, or on the whole image when `box` is None."""

    label: str
    box: Box | None = None
    id: str | None = None
    score: float | None = None
    source: str = "human"
    attributes: Attributes = field(default_factory=lambda: NO_ATTRIBUTES, hash=False)

    @property
    def is_crowd(self) -> bool:
        """Whether its box is around several objects that nobody told apart."""
        return self.attributes.get(CROWD) is True


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """One picture with its annotations. `sha256` and `size` (bytes) are of the original file.

    Images of one `group` show the same thing (frames of a film, copies of a picture) and lie in one split.
    """

    name: str
    sha256: str
    width: int
    height: int
    size: int = 0
    queue: str = "unlabelled"
    split: Split = "train"
    annotations: tuple[AnnotationRecord, ...] = ()
    group: str = ""

    @property
    def is_labelled(self) -> bool:
        return self.queue in LABELLED_QUEUES


@dataclass(frozen=True, slots=True)
class Dataset:
    """Labels in their order, and images; `labels[i]` has index i in every metric."""

    task: Task
    labels: tuple[str, ...]
    images: tuple[ImageRecord, ...]

    def split(self, name: Split) -> tuple[ImageRecord, ...]:
        """The labelled images of one split."""
        return tuple(i for i in self.images if i.split == name and i.is_labelled)
