"""The numbers of a checkpoint or an artifact on labelled images, from its answers."""

from collections.abc import Sequence

import torch

from annotations.dataset.records import ImageRecord
from training.engine.checkpoint import Checkpoint
from training.engine.exporters.answers import Answer
from training.engine.metrics.classification import classification_numbers
from training.engine.metrics.detection import coco_numbers
from training.engine.predict import classified_annotations, detected_annotations

Metrics = dict[str, float | None]


def accuracy(checkpoint: Checkpoint, answers: Sequence[Answer], images: Sequence[ImageRecord]) -> Metrics:
    """AP and AP50, or accuracy; None where the images hold no truth to compare with."""
    if checkpoint.task == "detection":
        return _detection(checkpoint.labels, answers, images)
    return _classification(checkpoint.labels, answers, images)


def _detection(labels: Sequence[str], answers: Sequence[Answer], images: Sequence[ImageRecord]) -> Metrics:
    annotations = [
        detected_annotations(answer.detections, labels, (image.width, image.height)) if answer.detections else []
        for answer, image in zip(answers, images, strict=True)
    ]
    numbers, _ = coco_numbers(images, annotations, labels)
    return {name: numbers[name] for name in ("AP", "AP50")}


def _classification(labels: Sequence[str], answers: Sequence[Answer], images: Sequence[ImageRecord]) -> Metrics:
    truth = [labels.index(image.annotations[0].label) for image in images]
    best = [classified_annotations(torch.from_numpy(answer.scores), labels)[0].label for answer in answers]
    numbers = classification_numbers(truth, [labels.index(label) for label in best], labels)
    return {"accuracy": numbers.accuracy}
