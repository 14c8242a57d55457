"""How good a network is on a split: the numbers, and what it said about each image."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from annotations.dataset.manifest import SIDES
from annotations.dataset.records import AnnotationRecord, Dataset, ImageRecord, Split
from training.engine import catalog
from training.engine.checkpoint import Checkpoint, network_of
from training.engine.data import Examples, read_examples, usable_images
from training.engine.device import choose_device
from training.engine.metrics.classification import classification_numbers
from training.engine.metrics.detection import coco_numbers
from training.engine.network import Network
from training.engine.predict import predicted_annotations
from training.engine.progress import Progress, stop_if_asked

SHOWN_SCORE = 0.05
SHOWN_IMAGES = 200
"""What of the predictions is written down for people to look at."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`metrics`: the few numbers of a curve. `report`: the whole content of `evaluation.json`."""

    metrics: dict[str, float | None]
    report: dict[str, Any]

    @property
    def score(self) -> float | None:
        """By what checkpoints are compared: the mean of the metrics, as one alone is noisy on few images."""
        values = [value for value in self.metrics.values() if value is not None]
        return sum(values) / len(values) if values else None


def evaluate(checkpoint: Checkpoint, dataset: Dataset, folder: Path, split: Split, progress: Progress) -> Evaluation:
    """Evaluate a checkpoint on the labelled images of a split of the run folder."""

    def check_stop() -> None:
        stop_if_asked(progress)

    images = usable_images(dataset, dataset.split(split))
    examples = read_examples(dataset, images, folder, checkpoint.image_size, check_stop)
    network = network_of(checkpoint).to(choose_device())
    return evaluate_network(network, checkpoint.info, checkpoint.labels, examples, split, check_stop)


def evaluate_network(
    network: Network,
    info: catalog.ModelInfo,
    labels: Sequence[str],
    examples: Examples,
    split: Split,
    check_stop: Callable[[], None] = lambda: None,
) -> Evaluation:
    squares = [torch.from_numpy(square) for square in examples.squares]
    sizes = [(image.width, image.height) for image in examples.images]
    annotations = list(predicted_annotations(network, info, labels, squares, sizes, check_stop))
    head = {"task": info.task, "split": split, "image_count": len(examples)}
    if info.task == "detection":
        return _detection(head, examples.images, annotations, labels)
    return _classification(head, examples.images, annotations, labels)


def write_report(evaluation: Evaluation, path: Path) -> None:
    """Write `evaluation.json` so that a reader never sees half of it."""
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(json.dumps(evaluation.report), encoding="utf-8")
    temporary.replace(path)


def _detection(
    head: dict[str, Any],
    images: Sequence[ImageRecord],
    annotations: Sequence[Sequence[AnnotationRecord]],
    labels: Sequence[str],
) -> Evaluation:
    numbers, rows = coco_numbers(images, annotations, labels)
    predictions = [
        {
            "image": image.sha256,
            "truth": [_as_json(annotation) for annotation in image.annotations if annotation.box],
            "detections": [_as_json(annotation) for annotation in found if (annotation.score or 0.0) >= SHOWN_SCORE],
        }
        for image, found in zip(images[:SHOWN_IMAGES], annotations, strict=False)
    ]
    report = head | {"coco": numbers, "labels": rows, "predictions": predictions}
    return Evaluation({"AP": numbers["AP"], "AP50": numbers["AP50"]}, report)


def _classification(
    head: dict[str, Any],
    images: Sequence[ImageRecord],
    annotations: Sequence[Sequence[AnnotationRecord]],
    labels: Sequence[str],
) -> Evaluation:
    truth = [labels.index(image.annotations[0].label) for image in images]
    predicted = [labels.index(found[0].label) for found in annotations]
    numbers = classification_numbers(truth, predicted, labels)
    metrics = {"accuracy": numbers.accuracy, "macro_f1": numbers.macro_f1}
    predictions = [
        {
            "image": image.sha256,
            "truth": image.annotations[0].label,
            "scores": {m.label: _rounded(m.score) for m in found},
        }
        for image, found in zip(images[:SHOWN_IMAGES], annotations, strict=False)
    ]
    report = head | metrics | {"labels": numbers.labels, "confusion": numbers.confusion, "predictions": predictions}
    return Evaluation(metrics, report)


def _as_json(annotation: AnnotationRecord) -> dict[str, Any]:
    row: dict[str, Any] = {"label": annotation.label} | {
        side: round(getattr(annotation.box, side), 2) for side in SIDES
    }
    return row if annotation.score is None else row | {"score": _rounded(annotation.score)}


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 4)
