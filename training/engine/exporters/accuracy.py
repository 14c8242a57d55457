"""The numbers of a checkpoint or an artifact on labelled images, from what it found in each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from annotations.dataset.records import AnnotationRecord, ImageRecord, Task
from training.engine.checkpoint import Checkpoint
from training.engine.detectors.tiling import of_images
from training.engine.exporters.answers import Answer
from training.engine.metrics.classification import classification_numbers
from training.engine.metrics.detection import coco_numbers
from training.engine.tasks import Found, Metrics
from training.engine.tasks.classification import classified_annotations
from training.engine.tasks.detection import detected_annotations


@dataclass(frozen=True, slots=True)
class Accuracy:
    """`metrics`: AP and AP50, or accuracy; None where the images hold no truth to compare with.

    `one_annotation`: what a single annotation of the rarest label makes up of the headline metric.
    """

    metrics: Metrics
    one_annotation: float


@dataclass(frozen=True, slots=True)
class Judge:
    """How one task's answers are judged, given the checkpoint's labels."""

    annotations: Callable[[Sequence[Answer], Checkpoint, Sequence[ImageRecord]], list[list[AnnotationRecord]]]
    """What the answers say of each image, best first; boxes in pixels of the image. An answer a tile, if any."""

    accuracy: Callable[[Sequence[str], Found, Sequence[ImageRecord]], Accuracy]
    """Of what was found in images, which carry the truth as their annotations."""


def _detected(
    answers: Sequence[Answer], checkpoint: Checkpoint, images: Sequence[ImageRecord]
) -> list[list[AnnotationRecord]]:
    found = of_images([answer.detections for answer in answers if answer.detections], checkpoint.config)
    return [
        detected_annotations(of_image, checkpoint.labels, (image.width, image.height))
        for of_image, image in zip(found, images, strict=True)
    ]


def _classified(
    answers: Sequence[Answer], checkpoint: Checkpoint, _images: Sequence[ImageRecord]
) -> list[list[AnnotationRecord]]:
    return [classified_annotations(torch.from_numpy(answer.scores), checkpoint.labels) for answer in answers]


def _detection(labels: Sequence[str], found: Found, images: Sequence[ImageRecord]) -> Accuracy:
    numbers, rows = coco_numbers(images, found, labels)
    counts = [row["truth_count"] for row in rows if row["truth_count"]]
    one = 1 / (len(counts) * min(counts)) if counts else 1.0  # AP is the mean over the labels that occur
    return Accuracy({name: numbers[name] for name in ("AP", "AP50")}, one)


def _classification(labels: Sequence[str], found: Found, images: Sequence[ImageRecord]) -> Accuracy:
    truth = [labels.index(image.annotations[0].label) for image in images]
    numbers = classification_numbers(truth, [labels.index(best[0].label) for best in found], labels)
    return Accuracy({"accuracy": numbers.accuracy}, 1 / len(images))


JUDGES: dict[Task, Judge] = {
    "detection": Judge(_detected, _detection),
    "classification": Judge(_classified, _classification),
}
