"""How far an artifact's answers are from the checkpoint's, on the same images."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from training.engine.detectors.postprocess import USUAL, Suppression
from training.engine.exporters.answers import Answer, Floats
from training.engine.targets import ParityLimits


@dataclass(frozen=True, slots=True)
class Difference:
    """The largest differences seen. `unmatched` counts final detections that only one side has.

    `metric_loss`: what the artifact loses of AP or accuracy, and `client_loss` what it loses in its own client; None
    for one image, where there is no truth, and where no client is known.
    """

    box_px: float | None = None
    score: float = 0.0
    unmatched: int = 0
    metric_loss: float | None = None
    client_loss: float | None = None

    def within(self, limits: ParityLimits) -> bool:
        return self.agrees(limits) and self.keeps_metric(limits)

    def agrees(self, limits: ParityLimits) -> bool:
        """Answer by answer. False also for what is not a number."""
        boxes_agree = self.box_px is None or self.box_px <= limits.box_px
        return boxes_agree and self.score <= limits.score and self.unmatched == 0

    def keeps_metric(self, limits: ParityLimits) -> bool:
        losses = (self.metric_loss, limits.metric_loss), (self.client_loss, limits.client_loss)
        return all(loss is None or loss <= limit for loss, limit in losses)


def largest(
    differences: Iterable[Difference], metric_loss: float | None = None, client_loss: float | None = None
) -> Difference:
    """The worst of every kind, and the losses over all images. What is not a number is worse than any number."""
    seen = list(differences)
    boxes = [_not_nan(each.box_px) for each in seen if each.box_px is not None]
    return Difference(
        box_px=max(boxes) if boxes else None,
        score=max((_not_nan(each.score) for each in seen), default=0.0),
        unmatched=sum(each.unmatched for each in seen),
        metric_loss=metric_loss,
        client_loss=client_loss,
    )


def compare(
    checkpoint: Answer,
    artifact: Answer,
    size: tuple[int, int],
    limits: ParityLimits,
    suppression: Suppression = USUAL,
) -> Difference:
    """The differences on one image of `size` (width, height): raw outputs of all anchors, then final detections."""
    score = _largest_gap(checkpoint.scores, artifact.scores)
    if checkpoint.boxes is None or artifact.boxes is None:
        return Difference(score=score)
    scale = np.tile(np.asarray(size, np.float32), 2)
    box_px = _largest_gap(checkpoint.boxes * scale, artifact.boxes * scale)
    strays = _strays(checkpoint, artifact, scale, limits)
    return Difference(box_px, score, strays + _missing(checkpoint, artifact, limits, suppression))


def _strays(checkpoint: Answer, artifact: Answer, scale: Floats, limits: ParityLimits) -> int:
    """Detections of the artifact that no anchor of the checkpoint stands behind, with that label, score and box.

    Held against all anchors, not against the checkpoint's detections: of two overlapping boxes with equal scores
    either may survive suppression.
    """
    assert checkpoint.boxes is not None
    strays = 0
    for box, score, label in _rows(artifact):
        anchors = np.abs(checkpoint.scores[:, label + 1] - score) <= limits.score
        gaps = np.abs((checkpoint.boxes[anchors] - box) * scale).max(1)
        strays += not (gaps <= limits.box_px).any()
    return strays


def _missing(checkpoint: Answer, artifact: Answer, limits: ParityLimits, suppression: Suppression) -> int:
    """Detections of the checkpoint that the artifact neither has nor rightly suppressed.

    Whatever a greedy suppression drops overlaps a kept box of its label that scores as well: that is looked for.
    Boxes near the score threshold, or pushed out by a limit on detections or candidates, may go.
    """
    kept = _rows(artifact)
    is_full = len(kept) >= suppression.max_detections
    floor = min((row[1] for row in kept), default=0.0) if is_full else suppression.score
    floor = max(floor, artifact.floor)
    missing = 0
    for box, score, label in _rows(checkpoint):
        rivals = [row[0] for row in kept if row[2] == label and row[1] >= score - limits.score]
        found = any(_iou(box, rival) > suppression.iou - 0.05 for rival in rivals)
        missing += score > floor + limits.score and not found
    return missing


def _rows(answer: Answer) -> list[tuple[Floats, float, int]]:
    found = answer.detections
    if found is None:
        return []
    columns = (found.boxes.numpy(), found.scores.tolist(), found.labels.tolist())
    return list(zip(*columns, strict=True))


def _iou(first: Floats, second: Floats) -> float:
    sides = np.minimum(first[2:], second[2:]) - np.maximum(first[:2], second[:2])
    shared = float(np.prod(np.maximum(sides, 0)))
    areas = [float(np.prod(box[2:] - box[:2])) for box in (first, second)]
    return shared / max(sum(areas) - shared, 1e-12)


def _largest_gap(first: Floats, second: Floats) -> float:
    """Infinite where the shapes differ: such outputs can't be compared."""
    if first.shape != second.shape:
        return math.inf
    return _not_nan(float(np.abs(first - second).max(initial=0.0)))


def _not_nan(value: float) -> float:
    return math.inf if math.isnan(value) else value
