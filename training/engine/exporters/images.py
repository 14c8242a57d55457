"""The images that an artifact is checked on."""

from dataclasses import dataclass
from pathlib import Path

from annotations.dataset.records import Dataset, ImageRecord, Split
from training.engine.data import Examples, read_examples, read_run_folder, usable_images
from training.engine.errors import DataError

MOST = 64
"""Enough for a difference to show; a large validation split must not make the check longer than the conversion."""

PREFERENCE: tuple[Split, ...] = ("val", "train", "test")


@dataclass(frozen=True, slots=True)
class ComparisonImages:
    """Labelled images of `split`, decoded; `available` is how many the split has."""

    dataset: Dataset
    examples: Examples
    split: Split
    available: int

    @property
    def sizes(self) -> list[tuple[int, int]]:
        """Width and height of each original."""
        return [(image.width, image.height) for image in self.examples.images]


def read_comparison_images(folder: Path, image_size: int) -> ComparisonImages:
    """Validation images of a run folder, spread evenly over the split; training images where it is empty.

    Raises DataError when there is no labelled image at all, or one can't be read.
    """
    dataset = read_run_folder(folder)
    for split in PREFERENCE:
        if images := usable_images(dataset, dataset.split(split)):
            examples = read_examples(dataset, _spread(images), folder, image_size)
            return ComparisonImages(dataset, examples, split, len(images))
    raise DataError("There is no labelled image to check the artifact on.")


def _spread(images: tuple[ImageRecord, ...]) -> tuple[ImageRecord, ...]:
    count = min(MOST, len(images))
    return tuple(images[i * len(images) // count] for i in range(count))
