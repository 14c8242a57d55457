"""Whether one run is better than another: the change on the images that both were evaluated on, with its interval.

Each resample draws the same images for both: what makes an image hard is no difference between them. Torch-free.
Source: Koehn, Statistical Significance Tests for Machine Translation Evaluation (2004), section 4.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from annotations.dataset.attributes import CROWD
from annotations.dataset.manifest import SIDES
from annotations.dataset.records import NO_ATTRIBUTES, AnnotationRecord, Box, ImageRecord
from training.engine.metrics.bootstrap import (
    Weights,
    accuracies,
    average_precisions,
    draw,
    interval,
    label_f1,
    label_precisions,
)
from training.engine.metrics.matching import Floats, Ints, LabelMatches, match

Report = Mapping[str, Any]
"""The content of an `evaluation.json`."""
Prediction = Mapping[str, Any]


def compare(report: Report, before: Report) -> dict[str, Any]:
    """`image_count` that both reports show with the same truth, and `changes`: `change`, `low` and `high` by metric.

    Metrics are those of these images, whose weakest detections the reports leave out. Without two such images, or
    where a number is undefined, there is no change.
    """
    mine, other = _shown_by_both(report, before)
    if len(mine) < 2 or report["task"] != before["task"]:
        return {"image_count": len(mine), "changes": {}}
    labels, weights = _labels(report), _weights(len(mine))
    numbers = {"detection": _detection, "classification": _classification}[report["task"]]
    now, then = numbers(mine, labels, weights), numbers(other, labels, weights)
    changes = {name: _change(now[name] - then[name]) for name in now}
    return {"image_count": len(mine), "changes": {name: one for name, one in changes.items() if one}}


def compare_labels(report: Report, before: Report) -> dict[str, dict[str, float]]:
    """Of the AP (detection) or F1 (classification) of each label `change`, `low` and `high`, as `compare` has them."""
    mine, other = _shown_by_both(report, before)
    if len(mine) < 2:
        return {}
    labels, weights = _labels(report), _weights(len(mine))
    numbers = {"detection": _detection_labels, "classification": _classification_labels}[report["task"]]
    differences = numbers(mine, labels, weights) - numbers(other, labels, weights)
    changes = {label: _change(values) for label, values in zip(labels, differences, strict=True)}
    return {label: one for label, one in changes.items() if one}


def _shown_by_both(report: Report, before: Report) -> tuple[list[Prediction], list[Prediction]]:
    """What each says of the images that both show with the same truth."""
    earlier = {one["image"]: one for one in before["predictions"]}
    pairs = [(one, earlier[one["image"]]) for one in report["predictions"] if one["image"] in earlier]
    same = [(mine, other) for mine, other in pairs if mine["truth"] == other["truth"]]
    return [mine for mine, _ in same], [other for _, other in same]


def _labels(report: Report) -> list[str]:
    return [row["name"] for row in report["labels"]]


def _weights(images: int) -> Weights:
    """Each image once, then the resamples."""
    return np.concatenate([np.ones((1, images), np.int32), draw(images)])


def _change(values: Floats) -> dict[str, float] | None:
    """Of differences [1 + R], the first that of the images as they are."""
    found = interval(values[1:])
    if found is None or np.isnan(values[0]):
        return None
    return {"change": float(values[0])} | found.as_json()


def _detection(predictions: Sequence[Prediction], labels: Sequence[str], weights: Weights) -> dict[str, Floats]:
    return average_precisions(_matches(predictions, labels), weights)


def _detection_labels(predictions: Sequence[Prediction], labels: Sequence[str], weights: Weights) -> Floats:
    means: Floats = label_precisions(_matches(predictions, labels), weights).mean(axis=1)
    return means


def _matches(predictions: Sequence[Prediction], labels: Sequence[str]) -> list[LabelMatches]:
    images = [
        ImageRecord("", one["image"], 0, 0, annotations=tuple(_annotation(row) for row in one["truth"]))
        for one in predictions
    ]
    found = [[_annotation(row) for row in one["detections"]] for one in predictions]
    return match(images, found, labels)


def _classification(predictions: Sequence[Prediction], labels: Sequence[str], weights: Weights) -> dict[str, Floats]:
    truth, said = _answers(predictions, labels)
    return accuracies(truth, said, len(labels), weights)


def _classification_labels(predictions: Sequence[Prediction], labels: Sequence[str], weights: Weights) -> Floats:
    truth, said = _answers(predictions, labels)
    return label_f1(truth, said, len(labels), weights)


def _answers(predictions: Sequence[Prediction], labels: Sequence[str]) -> tuple[Ints, Ints]:
    truth = _indices([one["truth"] for one in predictions], labels)
    return truth, _indices([max(one["scores"], key=one["scores"].get) for one in predictions], labels)


def _indices(names: Sequence[str], labels: Sequence[str]) -> Ints:
    """A label that the newer run does not know is none of these."""
    places = {label: i for i, label in enumerate(labels)}
    return np.array([places.get(name, len(labels)) for name in names], np.int64)


def _annotation(row: Mapping[str, Any]) -> AnnotationRecord:
    box, attributes = Box(*(row[side] for side in SIDES)), {CROWD: True} if row.get("crowd") else NO_ATTRIBUTES
    return AnnotationRecord(row["label"], box, score=row.get("score"), attributes=attributes)
