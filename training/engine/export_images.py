"""Which images an export uses: one rule for whoever lays them into its folder and for whoever reads them there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from annotations.dataset.records import ImageRecord, Split, Task
from training.engine.tasks import TASKS

COMPARED = 500
"""Most images that an artifact is compared on: so many take about as long as the conversion of a detector.

Of a larger split a sample is taken, and the checkpoint's metrics are told on the same images.
"""

CALIBRATED = 128
"""Most images that a quantization may calibrate on."""

COMPARED_SPLITS: tuple[Split, ...] = ("val", "train", "test")
"""The first of these that has a usable image is compared on."""


@dataclass(frozen=True, slots=True)
class SplitSample:
    """Usable images of one split, at most `most`, spread evenly over it; `available` is how many the split has."""

    split: Split
    images: tuple[ImageRecord, ...]
    available: int
    most: int

    @classmethod
    def of(cls, images: Sequence[ImageRecord], task: Task, split: Split, most: int) -> Self:
        found = [image for image in images if image.split == split and TASKS[task].can_use(image)]
        return cls(split, _spread(found, most), len(found), most)

    def thinned(self, passes: int) -> Self:
        """Where an image takes so many passes through the network: the images that as many passes are left for."""
        return replace(self, images=_spread(self.images, max(1, self.most // passes)))


def comparison_sample(images: Sequence[ImageRecord], task: Task) -> SplitSample:
    """What the artifact's answers are compared on with the checkpoint's: empty where no image is usable."""
    samples = [SplitSample.of(images, task, split, COMPARED) for split in COMPARED_SPLITS]
    return next((sample for sample in samples if sample.images), samples[0])


def calibration_sample(images: Sequence[ImageRecord], task: Task) -> SplitSample:
    """What a quantization finds its value ranges on: images that the model was trained with, none that judge it."""
    return SplitSample.of(images, task, "train", CALIBRATED)


def images_of_export(images: Sequence[ImageRecord], task: Task, quantization: str) -> list[ImageRecord]:
    """All that an export reads, each once: 8 bits alone are calibrated."""
    used = comparison_sample(images, task).images
    if quantization == "int8":
        used += calibration_sample(images, task).images
    return list({image.sha256: image for image in used}.values())


def _spread(images: Sequence[ImageRecord], most: int) -> tuple[ImageRecord, ...]:
    count = min(most, len(images))
    return tuple(images[i * len(images) // count] for i in range(count))
