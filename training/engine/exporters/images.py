"""The images that an export uses, decoded."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from annotations.dataset.records import ImageRecord, Split
from training.engine.data import Examples, Picture, read_examples, read_picture, read_run_folder
from training.engine.errors import DataError
from training.engine.export_images import calibration_sample, comparison_sample
from training.engine.exporters.answers import Squares
from training.engine.squares import cut
from training.engine.tiles import picture_side

Calibration = Callable[[], Squares]
"""Decodes the calibration images, and only when it is called: few quantizations want them."""


@dataclass(frozen=True, slots=True)
class ComparisonImages:
    """Labelled images of `split`, decoded; `available` is how many the split has. `folder` is the run's."""

    examples: Examples
    split: Split
    available: int
    folder: Path

    @property
    def sizes(self) -> list[tuple[int, int]]:
        """Width and height of each original."""
        return [(image.width, image.height) for image in self.examples.images]

    def pictures(self, images: Sequence[ImageRecord]) -> Iterator[Picture]:
        """The originals of some of them, decoded one by one."""
        for image in images:
            yield read_picture(self.folder / "images" / image.sha256, image.name)


@dataclass(frozen=True, slots=True)
class ExportImages:
    """What an export calibrates on, from the train split, and what it is compared on."""

    calibration: Calibration
    comparison: ComparisonImages


def read_export_images(folder: Path, image_size: int, tiles: int = 1) -> ExportImages:
    """The images of a run folder, as large as so many tiles along each side need, and fewer of them.

    Raises DataError when there is none to compare on, or one can't be read.
    """
    dataset, side = read_run_folder(folder), picture_side(image_size, tiles)

    def calibration() -> Squares:
        sample = calibration_sample(dataset.images, dataset.task).thinned(tiles**2)
        return cut(read_examples(dataset, sample.images, folder, side).squares[:], image_size, tiles)

    sample = comparison_sample(dataset.images, dataset.task).thinned(tiles**2)
    if not sample.images:
        raise DataError("There is no labelled image to check the artifact on.")
    examples = read_examples(dataset, sample.images, folder, side)
    return ExportImages(calibration, ComparisonImages(examples, sample.split, sample.available, folder))
