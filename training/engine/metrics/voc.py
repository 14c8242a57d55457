"""Pascal VOC's average precision at IoU 0.5, by the 11-point rule of VOC 2007 and by the area rule of 2010 and later.

As `VOCevaldet.m` of the devkit: each detection, best score first over all images, is held against the true box that
it overlaps most, taken or not; one that meets a `difficult` box counts neither way, and difficult boxes need not be
found. A crowd, which VOC does not know, is taken as one. Its boxes name their last pixel, so sides are 1 longer than
the corners' distance; our reader takes the corners as the file says them, so they are here too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annotations.dataset.attributes import DIFFICULT
from annotations.dataset.records import AnnotationRecord, ImageRecord
from training.engine.metrics.matching import (
    Bools,
    Floats,
    Found,
    corners,
    crowds,
    overlaps,
    scores_of,
    true_boxes,
)

OVERLAP = 0.5
TO_LAST_PIXEL: Floats = np.array([0.0, 0.0, 1.0, 1.0])
NAMES = ("AP_11_points", "AP_area")

VocNumbers = dict[str, float | None]


@dataclass(frozen=True, slots=True)
class _Judged:
    """Detections of one label in one image or all: `counts` is False of those that met a difficult box."""

    scores: Floats
    hits: Bools
    counts: Bools


def voc_numbers(
    images: Sequence[ImageRecord], found: Found, labels: Sequence[str]
) -> tuple[VocNumbers, list[VocNumbers]]:
    """NAMES as means over the labels that have a true box, and by label; None where a label has none."""
    rows = [_row(images, found, label) for label in labels]
    return {name: _mean([row[name] for row in rows]) for name in NAMES}, rows


def eleven_points(recall: Floats, precision: Floats) -> float:
    """The mean over recalls 0, 0.1 … 1 of the best precision at that recall or more."""
    best = [precision[recall >= tenth / 10].max(initial=0.0) for tenth in range(11)]
    return float(np.mean(best))


def area(recall: Floats, precision: Floats) -> float:
    """Under the curve, precision made falling."""
    steps = np.diff(recall, prepend=0.0)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float((steps * envelope).sum())


def _row(images: Sequence[ImageRecord], found: Found, label: str) -> VocNumbers:
    truths = [[one for one in (*true_boxes(image), *crowds(image)) if one.label == label] for image in images]
    wanted = sum(not _is_difficult(one) for few in truths for one in few)
    if not wanted:
        return dict.fromkeys(NAMES)
    detections = [[one for one in of_image if one.label == label and one.box] for of_image in found]
    judged = [_judge(truth, few) for truth, few in zip(truths, detections, strict=True)]
    order = np.argsort(-np.concatenate([one.scores for one in judged]), kind="stable")
    counts = np.concatenate([one.counts for one in judged])[order]
    hits = np.concatenate([one.hits for one in judged])[order][counts].cumsum()
    recall, precision = hits / wanted, hits / np.arange(1, len(hits) + 1)
    return dict(zip(NAMES, (eleven_points(recall, precision), area(recall, precision)), strict=True))


def _judge(truth: Sequence[AnnotationRecord], detections: Sequence[AnnotationRecord]) -> _Judged:
    best_first = sorted(detections, key=lambda one: -(one.score or 0.0))
    count = len(best_first)
    judged = _Judged(scores_of(best_first), np.zeros(count, np.bool_), np.ones(count, np.bool_))
    if not truth:
        return judged
    shared = overlaps(corners(best_first) + TO_LAST_PIXEL, corners(truth) + TO_LAST_PIXEL)
    taken = set()
    for i, nearest in enumerate(shared.argmax(axis=1)):
        if shared[i, nearest] < OVERLAP:
            continue
        judged.counts[i] = not _is_difficult(truth[nearest])
        judged.hits[i] = judged.counts[i] and nearest not in taken
        taken.add(nearest)
    return judged


def _is_difficult(annotation: AnnotationRecord) -> bool:
    return bool(annotation.attributes.get(DIFFICULT)) or annotation.is_crowd


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
