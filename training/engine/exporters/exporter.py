"""What one target must be able to do: the seam between making artifacts and the formats."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from training.engine.catalog import Rgb
from training.engine.checkpoint import Checkpoint
from training.engine.data import Picture
from training.engine.exporters.answers import Answer, Squares
from training.engine.exporters.eight_bits import EightBits
from training.engine.exporters.images import Calibration
from training.engine.targets import Verification


@dataclass(frozen=True, slots=True)
class Asked:
    """Answers, one an image; how they came about, and the name and version of the runtime that gave them."""

    verification: Verification
    runtime: str
    answers: list[Answer]
    milliseconds: list[float] = field(default_factory=list)
    """What the runtime took for each image on one thread, without what comes before and after the network."""


@dataclass(frozen=True, slots=True)
class Notes:
    """Where a format keeps texts by name, as `lineage`, beside the network itself."""

    write: Callable[[Path, Mapping[str, str]], None]
    """Into the files of a folder that `build` made."""

    read: Callable[[Path], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Exporter:
    """One target: how its files are written, how they are run, and what its user must know."""

    target: str
    """Its name in `TARGETS`."""

    build: Callable[[Checkpoint, Path, str, Calibration], EightBits | None]
    """Writes the model's files for a quantization into an empty folder; may calibrate on training images.

    Of 8 bits it says what they are.
    """

    ask: Callable[[Path, Checkpoint, Squares], Asked]
    """Runs the files of the folder, as they are, on images."""

    input_scale: Callable[[Checkpoint], tuple[Rgb, Rgb]]
    """Mean and std, on pixels 0..255, that the model's input wants."""

    readme: Callable[[Checkpoint], str]
    """How to load it, in ten lines of code, and what its outputs mean."""

    names_background: bool
    """Whether a detector's labels.txt starts with the background, so that its lines are the columns of `scores`."""

    holds_code: bool = False
    """Whether files of its format may hold code, which runs as they are loaded: a bundle of unknown origin is not."""

    ask_client: Callable[[Path, Checkpoint, Iterable[Picture]], Asked] | None = None
    """Answers as the target's own client gives them, which prepares pictures and reads outputs in its own way."""

    notes: Notes | None = None
    """The file's own metadata, where its format has a place."""

    libraries: Callable[[], Mapping[str, Path]] = dict
    """What its sample, see `samples`, needs beside itself: name in the bundle and file."""
