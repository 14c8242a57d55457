"""Classification: one label for the whole image; judged by accuracy and F1."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import Tensor

from annotations.dataset.records import AnnotationRecord, ImageRecord
from training.engine.metrics.classification import classification_numbers
from training.engine.scoring import Scoring
from training.engine.tasks import SHOWN_IMAGES, Found, Metrics


def truth(image: ImageRecord, labels: Sequence[str]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    return np.zeros((0, 4), np.float32), np.array([labels.index(image.annotations[0].label)])


def annotations(
    outputs: Tensor,
    scoring: Scoring,  # noqa: ARG001 both kinds of score are compared alike
    labels: Sequence[str],
    sizes: Sequence[tuple[int, int]],  # noqa: ARG001
) -> Iterator[list[AnnotationRecord]]:
    for scores in outputs.float().cpu():
        yield classified_annotations(scores, labels)


def classified_annotations(scores: Tensor, labels: Sequence[str]) -> list[AnnotationRecord]:
    """Scores [C] as whole-image annotations, best first."""
    order = scores.argsort(descending=True, stable=True).tolist()
    return [AnnotationRecord(label=labels[i], score=float(scores[i]), source="model") for i in order]


def evaluation(images: Sequence[ImageRecord], found: Found, labels: Sequence[str]) -> tuple[Metrics, dict[str, Any]]:
    truths = [labels.index(image.annotations[0].label) for image in images]
    predicted = [labels.index(best.label) for best, *_ in found]
    numbers = classification_numbers(truths, predicted, labels)
    metrics: Metrics = {"accuracy": numbers.accuracy, "macro_f1": numbers.macro_f1}
    predictions = [
        {
            "image": image.sha256,
            "truth": image.annotations[0].label,
            "scores": {annotation.label: round(annotation.score or 0.0, 4) for annotation in of_image},
        }
        for image, of_image in zip(images[:SHOWN_IMAGES], found, strict=False)
    ]
    report = metrics | {"labels": numbers.labels, "confusion": numbers.confusion, "predictions": predictions}
    return metrics, report
