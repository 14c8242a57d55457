"""Accuracy, precision, recall, F1 and the confusion of a classifier."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class ClassificationNumbers:
    """`confusion[t][p]` counts the images of label t that were taken for p; None where nothing is defined."""

    accuracy: float | None
    macro_f1: float | None
    """The mean F1 of the labels that occur in the truth."""
    labels: list[dict[str, Any]]
    confusion: list[list[int]]


def classification_numbers(
    truth: Sequence[int], predicted: Sequence[int], labels: Sequence[str]
) -> ClassificationNumbers:
    """`truth[i]` and `predicted[i]` are label indices of the i-th image."""
    confusion = np.zeros((len(labels), len(labels)), np.int64)
    np.add.at(confusion, (np.asarray(truth, np.int64), np.asarray(predicted, np.int64)), 1)
    rows = [_row(label, i, confusion) for i, label in enumerate(labels)]
    f1 = [row["f1"] for row in rows if row["truth_count"]]
    return ClassificationNumbers(
        accuracy=_share(int(confusion.trace()), len(truth)),
        macro_f1=sum(f1) / len(f1) if f1 else None,
        labels=rows,
        confusion=confusion.tolist(),
    )


def _row(label: str, i: int, confusion: npt.NDArray[np.int64]) -> dict[str, Any]:
    hits, truth, named = int(confusion[i, i]), int(confusion[i].sum()), int(confusion[:, i].sum())
    return {
        "name": label,
        "truth_count": truth,
        "precision": _share(hits, named),
        "recall": _share(hits, truth),
        "f1": _share(2 * hits, truth + named),
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
