"""How far an artifact's answers are from the checkpoint's, on the same images."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch

from training.engine.detectors.anchors import pairwise_iou
from training.engine.detectors.postprocess import USUAL, Detections, Suppression
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
    found = _found(artifact)
    scores, boxes = found.scores.double().numpy(), found.boxes.numpy()
    strays = 0
    for box, score, label in zip(boxes, scores, found.labels.tolist(), strict=True):
        anchors = np.abs(checkpoint.scores[:, label + 1] - score) <= limits.score
        gaps = np.abs((checkpoint.boxes[anchors] - box) * scale).max(1)
        strays += not (gaps <= limits.box_px).any()
    return strays


def _missing(checkpoint: Answer, artifact: Answer, limits: ParityLimits, suppression: Suppression) -> int:
    """Detections of the checkpoint that the artifact neither has nor rightly suppressed.

    Whatever a greedy suppression drops overlaps a kept box of its label that scores as well: that is looked for.
    Boxes near the score threshold, or pushed out by a limit on detections or candidates, may go.
    """
    expected, kept = _found(checkpoint), _found(artifact)
    is_full = len(kept.scores) >= suppression.max_detections
    floor = max(float(kept.scores.min()) if is_full else suppression.score, artifact.floor)
    scores = expected.scores.double()
    is_rival = (expected.labels[:, None] == kept.labels) & (kept.scores.double() >= scores[:, None] - limits.score)
    is_near = pairwise_iou(expected.boxes, kept.boxes) > suppression.iou - 0.05
    return int(((scores > floor + limits.score) & ~(is_rival & is_near).any(1)).sum())


def _found(answer: Answer) -> Detections:
    return answer.detections or Detections(torch.zeros(0, 4), torch.zeros(0), torch.zeros(0, dtype=torch.int64))


def _largest_gap(first: Floats, second: Floats) -> float:
    """Infinite where the shapes differ: such outputs can't be compared."""
    if first.shape != second.shape:
        return math.inf
    return _not_nan(float(np.abs(first - second).max(initial=0.0)))


def _not_nan(value: float) -> float:
    return math.inf if math.isnan(value) else value
