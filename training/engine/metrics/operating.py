"""A detector at one score threshold: precision, recall, F1, what it confuses, whether its scores can be believed."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from annotations.dataset.records import AnnotationRecord, ImageRecord
from training.engine.metrics.calibration import Calibration, calibration
from training.engine.metrics.matching import (
    OVERLAPS,
    Bools,
    Floats,
    Found,
    Ints,
    LabelMatches,
    corners,
    crowds,
    overlaps,
    shared_parts,
    true_boxes,
)

OVERLAP: float = float(OVERLAPS[0])
"""IoU from which a detection finds a true box."""

NO_SCORE = 0.5
"""The threshold where no detection is right at any."""

BELIEVED_SCORE = 0.05
"""Detections below it are what suppression left over; calibration looks at the others."""


def best_threshold(matches: Sequence[LabelMatches]) -> float:
    """The score from which on detections have the best F1, over all labels; the highest of several."""
    scores, right = _judged(matches)
    order = np.argsort(-scores, kind="stable")
    scores, hits = scores[order], right[order].cumsum()
    if not len(hits) or not hits[-1]:
        return NO_SCORE
    truths = sum(int(one.truths.sum()) for one in matches)
    f1 = 2 * hits / (np.arange(1, len(hits) + 1) + truths)
    ends = np.append(scores[1:] < scores[:-1], True)  # a threshold takes all detections of one score
    return float(scores[np.where(ends, f1, -1.0).argmax()])


def at_threshold(matches: Sequence[LabelMatches], score: float) -> dict[str, float | None]:
    """`precision`, `recall` and `f1` of all detections from `score` on; None where nothing defines them."""
    hits = sum(int(one.hits[0][one.scores >= score].sum()) for one in matches)
    named = sum(int((one.scores[one.counts[0]] >= score).sum()) for one in matches)
    truths = sum(int(one.truths.sum()) for one in matches)
    return {
        "precision": _share(hits, named),
        "recall": _share(hits, truths),
        "f1": _share(2 * hits, named + truths) if truths else None,
    }


def confusion(images: Sequence[ImageRecord], found: Found, labels: Sequence[str], score: float) -> list[list[int]]:
    """Counts [truth][answer] over the labels and, last, the background: missed boxes and boxes where nothing is.

    Detections from `score` on, best first, take the free true box of their label that they overlap most; then those
    left over take what is left of any label, but for those in a crowd of their own, which are not counted. So the
    diagonal counts what `at_threshold` calls found.
    """
    counts = np.zeros((len(labels) + 1, len(labels) + 1), np.int64)
    for image, of_image in zip(images, found, strict=True):
        shown = [one for one in of_image if one.box and (one.score or 0.0) >= score]
        shown.sort(key=lambda one: -(one.score or 0.0))
        _count_image(counts, image, shown, labels)
    rows: list[list[int]] = counts.tolist()
    return rows


def box_calibration(matches: Sequence[LabelMatches]) -> Calibration:
    """Of detections from BELIEVED_SCORE on: how often one of a score finds a true box."""
    scores, right = _judged(matches)
    believed = scores >= BELIEVED_SCORE
    return calibration(scores[believed], right[believed])


def sizes(images: Sequence[ImageRecord]) -> dict[str, int]:
    """True boxes by COCO's sizes: areas in pixels of the image up to 32², up to 96², larger."""
    found = np.array([one.box.area for image in images for one in true_boxes(image) if one.box], np.float64)
    small, medium = int((found < 32**2).sum()), int((found < 96**2).sum())
    return {"small": small, "medium": medium - small, "large": len(found) - medium}


def label_rows(matches: Sequence[LabelMatches], score: float) -> list[dict[str, Any]]:
    """By label: `at_threshold`, and the label's own `best_score`."""
    return [at_threshold([one], score) | {"best_score": _own_best(one)} for one in matches]


def _judged(matches: Sequence[LabelMatches]) -> tuple[Floats, Bools]:
    """Scores of all labels' detections that count, and whether each finds a true box."""
    if not matches:
        return np.zeros(0), np.zeros(0, np.bool_)
    scores = np.concatenate([one.scores[one.counts[0]] for one in matches])
    return scores, np.concatenate([one.hits[0][one.counts[0]] for one in matches])


def _own_best(label: LabelMatches) -> float | None:
    return best_threshold([label]) if label.hits[0].any() else None


def _count_image(
    counts: npt.NDArray[np.int64],
    image: ImageRecord,
    shown: Sequence[AnnotationRecord],
    labels: Sequence[str],
) -> None:
    truth, around = true_boxes(image), crowds(image)
    truths, answers = _indices(truth, labels), _indices(shown, labels)
    shared = overlaps(corners(shown), corners(truth))
    same = answers[:, None] == truths[None, :]
    partner = np.full(len(shown), -1)
    free = np.ones(len(truth), np.bool_)
    _pair(np.where(same, shared, -1.0), partner, free)
    own_crowd = answers[:, None] == _indices(around, labels)[None, :]
    within = np.where(own_crowd, shared_parts(corners(shown), corners(around)), 0.0).max(axis=1, initial=0.0)
    judged = (partner >= 0) | (within < OVERLAP)
    _pair(np.where(~same & judged[:, None], shared, -1.0), partner, free)
    background = len(labels)
    met = np.where(partner < 0, background, np.append(truths, background)[partner])
    np.add.at(counts, (met[judged], answers[judged]), 1)
    np.add.at(counts, (truths[free], np.full(int(free.sum()), background)), 1)


def _pair(shared: npt.NDArray[np.float64], partner: Ints, free: npt.NDArray[np.bool_]) -> None:
    """Fill `partner` of those without one, and `free`."""
    if not shared.shape[1]:
        return
    for i in np.flatnonzero(partner < 0):
        open_to = np.where(free, shared[i], -1.0)
        chosen = len(free) - 1 - int(open_to[::-1].argmax())
        if open_to[chosen] >= OVERLAP:
            partner[i] = chosen
            free[chosen] = False


def _indices(annotations: Sequence[AnnotationRecord], labels: Sequence[str]) -> Ints:
    return np.array([labels.index(one.label) for one in annotations], np.int64)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
