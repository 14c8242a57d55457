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
from training.engine.metrics.bootstrap import Weights, accuracies, average_precisions, draw, interval
from training.engine.metrics.matching import Floats, Ints, match

Report = Mapping[str, Any]
"""The content of an `evaluation.json`."""
Prediction = Mapping[str, Any]


def compare(report: Report, before: Report) -> dict[str, Any]:
    """`image_count` that both reports show with the same truth, and `changes`: `change`, `low` and `high` by metric.

    Metrics are those of these images, whose weakest detections the reports leave out. Without two such images, or
    where a number is undefined, there is no change.
    """
    earlier = {one["image"]: one for one in before["predictions"]}
    pairs = [(one, earlier[one["image"]]) for one in report["predictions"] if one["image"] in earlier]
    same = [(mine, other) for mine, other in pairs if mine["truth"] == other["truth"]]
    if len(same) < 2 or report["task"] != before["task"]:
        return {"image_count": len(same), "changes": {}}
    labels = [row["name"] for row in report["labels"]]
    weights = np.concatenate([np.ones((1, len(same)), np.int32), draw(len(same))])
    numbers = {"detection": _detection, "classification": _classification}[report["task"]]
    mine, other = (numbers([pair[i] for pair in same], labels, weights) for i in (0, 1))
    changes = {name: _change(mine[name] - other[name]) for name in mine}
    return {"image_count": len(same), "changes": {name: one for name, one in changes.items() if one}}


def _change(values: Floats) -> dict[str, float] | None:
    """Of differences [1 + R], the first that of the images as they are."""
    found = interval(values[1:])
    if found is None or np.isnan(values[0]):
        return None
    return {"change": float(values[0])} | found.as_json()


def _detection(predictions: Sequence[Prediction], labels: Sequence[str], weights: Weights) -> dict[str, Floats]:
    images = [
        ImageRecord("", one["image"], 0, 0, annotations=tuple(_annotation(row) for row in one["truth"]))
        for one in predictions
    ]
    found = [[_annotation(row) for row in one["detections"]] for one in predictions]
    return average_precisions(match(images, found, labels), weights)


def _classification(predictions: Sequence[Prediction], labels: Sequence[str], weights: Weights) -> dict[str, Floats]:
    truth = _indices([one["truth"] for one in predictions], labels)
    said = _indices([max(one["scores"], key=one["scores"].get) for one in predictions], labels)
    return accuracies(truth, said, len(labels), weights)


def _indices(names: Sequence[str], labels: Sequence[str]) -> Ints:
    """A label that the newer run does not know is none of these."""
    places = {label: i for i, label in enumerate(labels)}
    return np.array([places.get(name, len(labels)) for name in names], np.int64)


def _annotation(row: Mapping[str, Any]) -> AnnotationRecord:
    box, attributes = Box(*(row[side] for side in SIDES)), {CROWD: True} if row.get("crowd") else NO_ATTRIBUTES
    return AnnotationRecord(row["label"], box, score=row.get("score"), attributes=attributes)
