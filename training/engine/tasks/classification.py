"""Classification: one label for the whole image; judged by accuracy and F1."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import Tensor

from annotations.dataset.records import AnnotationRecord, ImageRecord
from training.engine.config import Config
from training.engine.metrics.bootstrap import accuracies, intervals
from training.engine.metrics.calibration import calibration
from training.engine.metrics.classification import ClassificationNumbers, classification_numbers
from training.engine.scoring import Scoring
from training.engine.tasks import SHOWN_IMAGES, Found, Metrics, Report


def truth(image: ImageRecord, labels: Sequence[str]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    return np.zeros((0, 4), np.float32), np.array([labels.index(image.annotations[0].label)])


def annotations(
    outputs: Tensor,
    scoring: Scoring,  # noqa: ARG001 both kinds of score are compared alike
    labels: Sequence[str],
    sizes: Sequence[tuple[int, int]],  # noqa: ARG001
    config: Config,  # noqa: ARG001
) -> Iterator[list[AnnotationRecord]]:
    for scores in outputs.float().cpu():
        yield classified_annotations(scores, labels)


def classified_annotations(scores: Tensor, labels: Sequence[str]) -> list[AnnotationRecord]:
    """Scores [C] as whole-image annotations, best first."""
    order = scores.argsort(descending=True, stable=True).tolist()
    return [AnnotationRecord(label=labels[i], score=float(scores[i]), source="model") for i in order]


def evaluation(images: Sequence[ImageRecord], found: Found, labels: Sequence[str]) -> tuple[Metrics, Report]:
    truths = [labels.index(image.annotations[0].label) for image in images]
    predicted = [labels.index(best.label) for best, *_ in found]
    numbers = classification_numbers(truths, predicted, labels)
    metrics: Metrics = {"accuracy": numbers.accuracy, "macro_f1": numbers.macro_f1}
    return metrics, lambda: metrics | _report(images, found, labels, numbers)


def _report(
    images: Sequence[ImageRecord], found: Found, labels: Sequence[str], numbers: ClassificationNumbers
) -> dict[str, Any]:
    truths = np.array([labels.index(image.annotations[0].label) for image in images], np.int64)
    said = np.array([labels.index(best.label) for best, *_ in found], np.int64)
    scores = np.array([best.score or 0.0 for best, *_ in found], np.float64)
    spread = intervals(len(images), lambda weights: accuracies(truths, said, len(labels), weights))
    return {
        "intervals": {name: one and one.as_json() for name, one in spread.items()},
        "labels": numbers.labels,
        "confusion": numbers.confusion,
        "calibration": calibration(scores, truths == said).as_json(),
        "predictions": _predictions(images, found),
    }


def _predictions(images: Sequence[ImageRecord], found: Found) -> list[dict[str, Any]]:
    return [
        {
            "image": image.sha256,
            "truth": image.annotations[0].label,
            "scores": {annotation.label: round(annotation.score or 0.0, 4) for annotation in of_image},
        }
        for image, of_image in zip(images[:SHOWN_IMAGES], found, strict=False)
    ]
