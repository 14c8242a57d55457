"""Which detections meet which true boxes: COCO's greedy matching, kept by image so that images can be drawn again.

What follows from it (precision, calibration, intervals) counts these matches and looks at no box again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from annotations.dataset.records import AnnotationRecord, ImageRecord

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

OVERLAPS: Floats = np.linspace(0.5, 0.95, 10)
"""The IoUs that COCO's AP is the mean over; the first is AP50's."""

MAX_DETECTIONS = 100
"""Of one label in one image, the best by score, as COCO counts them."""

Found = Sequence[Sequence[AnnotationRecord]]


@dataclass(frozen=True, slots=True)
class LabelMatches:
    """One label's detections in all images, best score first; of equal scores the earlier image's."""

    truths: Ints
    """[images]: true boxes."""
    images: Ints
    """[D]: index of the detection's image."""
    scores: Floats
    """[D]"""
    hits: Bools
    """[10, D]: whether the detection finds a true box, at each of OVERLAPS."""


def match(images: Sequence[ImageRecord], found: Found, labels: Sequence[str]) -> list[LabelMatches]:
    """By label. `images` carry the truth; `found[i]`, with scores, belongs to `images[i]`; boxes in pixels."""
    return [_match_label(images, found, label) for label in labels]


def overlaps(detections: Floats, truth: Floats) -> Floats:
    """IoU [D, T] of boxes [D, 4] and [T, 4], as corners."""
    low = np.maximum(detections[:, None, :2], truth[None, :, :2])
    high = np.minimum(detections[:, None, 2:], truth[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0.0, None), axis=2)
    union = areas(detections)[:, None] + areas(truth)[None, :] - shared
    found: Floats = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return found


def areas(boxes: Floats) -> Floats:
    sides: Floats = boxes[:, 2:] - boxes[:, :2]
    return sides[:, 0] * sides[:, 1]


def corners(annotations: Sequence[AnnotationRecord]) -> Floats:
    """Boxes [n, 4] of annotations that all have one."""
    rows = [(box.x_min, box.y_min, box.x_max, box.y_max) for one in annotations if (box := one.box)]
    return np.array(rows, np.float64).reshape(-1, 4)


def true_boxes(image: ImageRecord) -> list[AnnotationRecord]:
    """Annotations that a detector can find."""
    return [one for one in image.annotations if one.box is not None and one.box.area > 0]


def scores_of(annotations: Sequence[AnnotationRecord]) -> Floats:
    return np.array([one.score or 0.0 for one in annotations], np.float64)


def _match_label(images: Sequence[ImageRecord], found: Found, label: str) -> LabelMatches:
    truths = [[one for one in true_boxes(image) if one.label == label] for image in images]
    detections = [[one for one in of_image if one.label == label and one.box] for of_image in found]
    best = [sorted(few, key=lambda one: -(one.score or 0.0))[:MAX_DETECTIONS] for few in detections]
    hits = [_hits(overlaps(corners(d), corners(t))) for d, t in zip(best, truths, strict=True)]
    scores = np.concatenate([scores_of(few) for few in best]) if best else np.zeros(0)
    order = np.argsort(-scores, kind="stable")
    of_image = np.repeat(np.arange(len(best)), [len(few) for few in best])
    return LabelMatches(
        truths=np.array([len(few) for few in truths], np.int64),
        images=of_image[order],
        scores=scores[order],
        hits=np.concatenate(hits, axis=1)[:, order] if hits else np.zeros((len(OVERLAPS), 0), np.bool_),
    )


def _hits(shared: Floats) -> Bools:
    """Best first, each detection takes the free true box that it overlaps most; of `shared` [D, T] gives [10, D]."""
    hits = np.zeros((len(OVERLAPS), len(shared)), np.bool_)
    free = np.ones((len(OVERLAPS), shared.shape[1]), np.bool_)
    levels = np.arange(len(OVERLAPS))
    for i in np.flatnonzero((shared >= OVERLAPS[0]).any(axis=1)):
        open_to = np.where(free, shared[i], -1.0)
        chosen = shared.shape[1] - 1 - np.argmax(open_to[:, ::-1], axis=1)  # of equals the last, as COCO does
        hits[:, i] = open_to[levels, chosen] >= OVERLAPS
        free[levels[hits[:, i]], chosen[hits[:, i]]] = False
    return hits
