"""The images that an export uses, decoded."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from annotations.dataset.records import Dataset, Split
from training.engine.data import Examples, read_examples, read_run_folder
from training.engine.errors import DataError
from training.engine.export_images import calibration_sample, comparison_sample
from training.engine.exporters.answers import Squares

Calibration = Callable[[], Squares]
"""Decodes the calibration images, and only when it is called: few quantizations want them."""


@dataclass(frozen=True, slots=True)
class ComparisonImages:
    """Labelled images of `split`, decoded; `available` is how many the split has."""

    examples: Examples
    split: Split
    available: int

    @property
    def sizes(self) -> list[tuple[int, int]]:
        """Width and height of each original."""
        return [(image.width, image.height) for image in self.examples.images]


@dataclass(frozen=True, slots=True)
class ExportImages:
    """What an export calibrates on, from the train split, and what it is compared on."""

    calibration: Calibration
    comparison: ComparisonImages


def read_export_images(folder: Path, image_size: int) -> ExportImages:
    """The images of a run folder. Raises DataError when there is none to compare on, or one can't be read."""
    dataset = read_run_folder(folder)

    def calibration() -> Squares:
        sample = calibration_sample(dataset.images, dataset.task)
        return read_examples(dataset, sample.images, folder, image_size).squares[:]

    return ExportImages(calibration, _comparison_images(dataset, folder, image_size))


def _comparison_images(dataset: Dataset, folder: Path, image_size: int) -> ComparisonImages:
    sample = comparison_sample(dataset.images, dataset.task)
    if not sample.images:
        raise DataError("There is no labelled image to check the artifact on.")
    examples = read_examples(dataset, sample.images, folder, image_size)
    return ComparisonImages(examples, sample.split, sample.available)
