"""The pictures on which an artifact that failed differs most from its checkpoint, for whoever asks what went wrong."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from annotations.dataset.boxes import overlap
from annotations.dataset.records import AnnotationRecord, ImageRecord

PICTURES = 5
SHOWN, LEAST_SCORE = 10, 0.2
"""Annotations of each side that are told: the best, and none that is weaker."""


@dataclass(frozen=True, slots=True)
class WorstPictures:
    """`where`: the runtime or the client whose answers stand beside the checkpoint's."""

    where: str
    pictures: list[dict[str, Any]]


def worst_pictures(
    where: str,
    images: Sequence[ImageRecord],
    checkpoint: Sequence[Sequence[AnnotationRecord]],
    artifact: Sequence[Sequence[AnnotationRecord]],
) -> WorstPictures:
    """Those that differ at all, the worst first; boxes as shares of the picture."""
    rows = zip(images, checkpoint, artifact, strict=True)
    judged = sorted(
        ((disagreement(own, given), image, own, given) for image, own, given in rows), key=lambda row: -row[0]
    )
    return WorstPictures(
        where,
        [
            {"image": image.sha256, "checkpoint": _told(own, image), "artifact": _told(given, image)}
            for cost, image, own, given in judged[:PICTURES]
            if cost > 0
        ],
    )


def disagreement(first: Sequence[AnnotationRecord], second: Sequence[AnnotationRecord]) -> float:
    """How much of each side's scores the other one does not have, at that place and under that label; 0 where equal."""
    return _missing(first, second) + _missing(second, first)


def _missing(wanted: Iterable[AnnotationRecord], given: Sequence[AnnotationRecord]) -> float:
    return sum(
        min((_gap(one, other) for other in given if other.label == one.label), default=_score(one)) for one in wanted
    )


def _gap(one: AnnotationRecord, other: AnnotationRecord) -> float:
    shared = overlap(one.box, other.box) if one.box and other.box else 1.0
    return min(_score(one), (1 - shared) * _score(one) + abs(_score(one) - _score(other)))


def _score(one: AnnotationRecord) -> float:
    return one.score or 0.0


def _told(found: Iterable[AnnotationRecord], image: ImageRecord) -> list[dict[str, Any]]:
    """What is no number, as a damaged model may say, can't be shown."""
    shown = [(one, _shares(one, image)) for one in found if _score(one) >= LEAST_SCORE]
    told = [(one, shares) for one, shares in shown if all(map(math.isfinite, shares))]
    return [{"label": one.label, "score": round(_score(one), 3), "box": shares or None} for one, shares in told[:SHOWN]]


def _shares(one: AnnotationRecord, image: ImageRecord) -> list[float]:
    """The box's sides; none of a whole image's label."""
    if one.box is None:
        return []
    box, width, height = one.box, image.width, image.height
    return [round(side, 4) for side in (box.x_min / width, box.y_min / height, box.x_max / width, box.y_max / height)]
