"""Which detections meet which true boxes: COCO's greedy matching, kept by image so that images can be drawn again.

A box that is marked as a crowd need not be found; a detection that finds nothing and lies in one counts neither way.
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
    counts: Bools
    """[10, D]: False where it finds none and lies in a crowd."""


def match(images: Sequence[ImageRecord], found: Found, labels: Sequence[str]) -> list[LabelMatches]:
    """By label. `images` carry the truth; `found[i]`, with scores, belongs to `images[i]`; boxes in pixels."""
    return [_match_label(images, found, label) for label in labels]


def overlaps(detections: Floats, truth: Floats) -> Floats:
    """IoU [D, T] of boxes [D, 4] and [T, 4], as corners."""
    shared = _shared(detections, truth)
    return _quotient(shared, areas(detections)[:, None] + areas(truth)[None, :] - shared)


def areas(boxes: Floats) -> Floats:
    sides: Floats = boxes[:, 2:] - boxes[:, :2]
    return sides[:, 0] * sides[:, 1]


def corners(annotations: Sequence[AnnotationRecord]) -> Floats:
    """Boxes [n, 4] of annotations that all have one."""
    rows = [(box.x_min, box.y_min, box.x_max, box.y_max) for one in annotations if (box := one.box)]
    return np.array(rows, np.float64).reshape(-1, 4)


def shared_parts(detections: Floats, crowds: Floats) -> Floats:
    """Shares [D, C] of detections [D, 4] that lie in crowds [C, 4], as corners: what COCO takes for their overlap."""
    shared = _shared(detections, crowds)
    return _quotient(shared, np.broadcast_to(areas(detections)[:, None], shared.shape))


def true_boxes(image: ImageRecord) -> list[AnnotationRecord]:
    """Annotations that a detector is to find."""
    return [one for one in _boxes(image) if not one.is_crowd]


def crowds(image: ImageRecord) -> list[AnnotationRecord]:
    """Boxes around several objects that nobody told apart."""
    return [one for one in _boxes(image) if one.is_crowd]


def _boxes(image: ImageRecord) -> list[AnnotationRecord]:
    return [one for one in image.annotations if one.box is not None and one.box.area > 0]


def scores_of(annotations: Sequence[AnnotationRecord]) -> Floats:
    return np.array([one.score or 0.0 for one in annotations], np.float64)


def _shared(detections: Floats, others: Floats) -> Floats:
    """Areas [D, N] that boxes [D, 4] and [N, 4] have in common."""
    low = np.maximum(detections[:, None, :2], others[None, :, :2])
    high = np.minimum(detections[:, None, 2:], others[None, :, 2:])
    common: Floats = np.prod(np.clip(high - low, 0.0, None), axis=2)
    return common


def _quotient(part: Floats, whole: Floats) -> Floats:
    """0 where there is no whole."""
    found: Floats = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
    return found


def _match_label(images: Sequence[ImageRecord], found: Found, label: str) -> LabelMatches:
    truths = [[one for one in true_boxes(image) if one.label == label] for image in images]
    detections = [[one for one in of_image if one.label == label and one.box] for of_image in found]
    best = [sorted(few, key=lambda one: -(one.score or 0.0))[:MAX_DETECTIONS] for few in detections]
    found_corners = [corners(few) for few in best]
    hits = [_hits(overlaps(d, corners(t))) for d, t in zip(found_corners, truths, strict=True)]
    in_crowds = [_in_crowds(d, image, label) for d, image in zip(found_corners, images, strict=True)]
    counts = [hit | ~within for hit, within in zip(hits, in_crowds, strict=True)]
    scores = np.concatenate([scores_of(few) for few in best]) if best else np.zeros(0)
    order = np.argsort(-scores, kind="stable")
    of_image = np.repeat(np.arange(len(best)), [len(few) for few in best])
    return LabelMatches(
        truths=np.array([len(few) for few in truths], np.int64),
        images=of_image[order],
        scores=scores[order],
        hits=_joined(hits)[:, order],
        counts=_joined(counts)[:, order],
    )


def _joined(by_image: Sequence[Bools]) -> Bools:
    return np.concatenate(by_image, axis=1) if by_image else np.zeros((len(OVERLAPS), 0), np.bool_)


def _in_crowds(detections: Floats, image: ImageRecord, label: str) -> Bools:
    """Whether each detection [D, 4] of the label lies in a crowd of it, at each of OVERLAPS: [10, D]."""
    parts = shared_parts(detections, corners([one for one in crowds(image) if one.label == label]))
    within: Bools = parts.max(axis=1, initial=0.0) >= OVERLAPS[:, None]
    return within


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
