"""What counts as the same answer: case by case, without any model."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from training.engine.config import Config
from training.engine.detectors.postprocess import Detections
from training.engine.exporters.answers import Answer, with_detections
from training.engine.exporters.parity import Difference, compare, largest
from training.engine.targets import EXACT, HALF_PRECISION, TARGETS, ParityLimits

SIZE = (200, 100)
LIMITS = EXACT
USUAL = Config(model="any")


def detector_answer(*rows: tuple[tuple[float, float, float, float], float]) -> Answer:
    """One label; each row is an anchor: its box, as shares, and its score."""
    boxes = np.array([box for box, _ in rows], np.float32)
    scores = np.array([[1 - score, score] for _, score in rows], np.float32)
    return with_detections(USUAL, scores, boxes)


FAR_LEFT, FAR_RIGHT = (0.1, 0.1, 0.3, 0.5), (0.6, 0.2, 0.9, 0.8)
TWO = detector_answer((FAR_LEFT, 0.9), (FAR_RIGHT, 0.6))


def moved(answer: Answer, by: float) -> Answer:
    assert answer.boxes is not None
    return with_detections(USUAL, answer.scores, answer.boxes + np.float32(by))


def test_equal_answers_do_not_differ() -> None:
    assert compare(TWO, TWO, SIZE, LIMITS) == Difference(0.0, 0.0, 0)


def test_boxes_differ_in_pixels_of_the_original() -> None:
    small = compare(TWO, moved(TWO, 0.004), SIZE, LIMITS)
    large = compare(TWO, moved(TWO, 0.004), (4000, 2000), LIMITS)

    assert small.box_px == pytest.approx(0.8, abs=1e-3)
    assert small.within(LIMITS)
    assert large.box_px == pytest.approx(16, abs=1e-2)
    assert not large.within(LIMITS)


def test_every_anchor_counts_not_only_the_detections() -> None:
    quiet = detector_answer((FAR_LEFT, 0.9), (FAR_RIGHT, 0.001))
    louder = detector_answer((FAR_LEFT, 0.9), (FAR_RIGHT, 0.009))

    assert compare(quiet, louder, SIZE, LIMITS).score == pytest.approx(0.008, abs=1e-6)


def test_either_of_two_equal_overlapping_boxes_may_survive() -> None:
    here, there = (0.1, 0.1, 0.5, 0.5), (0.1, 0.1, 0.5, 0.55)
    one, other = detector_answer((here, 0.900001), (there, 0.9)), detector_answer((here, 0.9), (there, 0.900001))
    assert one.detections is not None
    assert len(one.detections.scores) == 1

    assert compare(one, other, SIZE, LIMITS).within(LIMITS)


def test_a_detection_that_is_missing_is_seen_though_the_raw_outputs_agree() -> None:
    assert TWO.detections is not None
    first = Detections(*(part[:1] for part in (TWO.detections.boxes, TWO.detections.scores, TWO.detections.labels)))
    difference = compare(TWO, replace(TWO, detections=first), SIZE, LIMITS)

    assert (difference.box_px, difference.score, difference.unmatched) == (0.0, 0.0, 1)
    assert not difference.within(LIMITS)


def test_what_scores_less_than_all_candidates_may_be_missing() -> None:
    assert TWO.detections is not None
    first = Detections(*(part[:1] for part in (TWO.detections.boxes, TWO.detections.scores, TWO.detections.labels)))

    assert compare(TWO, replace(TWO, detections=first, floor=0.6), SIZE, LIMITS).unmatched == 0
    assert compare(TWO, replace(TWO, detections=first, floor=0.5), SIZE, LIMITS).unmatched == 1


def test_a_detection_under_another_label_is_seen() -> None:
    both = Answer(np.array([[0.1, 0.9, 0.0]], np.float32), np.array([FAR_LEFT], np.float32))
    right = Detections(torch.tensor([FAR_LEFT]), torch.tensor([0.9]), torch.tensor([0]))
    wrong = replace(right, labels=torch.tensor([1]))

    difference = compare(replace(both, detections=right), replace(both, detections=wrong), SIZE, LIMITS)

    assert difference.unmatched == 2  # one that is missing, one that should not be there


@pytest.mark.parametrize("spoiled", [np.array([0.2, np.nan], np.float32), np.array([0.2, 0.3, 0.5], np.float32)])
def test_what_can_not_be_compared_is_never_within_limits(spoiled: np.ndarray) -> None:
    difference = compare(Answer(np.array([0.2, 0.8], np.float32)), Answer(spoiled), SIZE, LIMITS)

    assert difference.score == math.inf
    assert not difference.within(LIMITS)


def test_the_worst_picture_counts() -> None:
    seen = [Difference(0.1, 0.2, 1), Difference(0.3, 0.1, 2), Difference(math.nan, 0.0, 0)]

    assert largest(seen[:2]) == Difference(0.3, 0.2, 3)
    assert largest(seen).box_px == math.inf


def test_limits_of_boxes_may_grow_with_the_images() -> None:
    assert EXACT.on([(4000, 3000)], 0).box_px == 1.0
    assert HALF_PRECISION.on([(4000, 3000), (100, 100)], 0).box_px == 20.0
    assert HALF_PRECISION.on([(100, 100)], 0).box_px == 1.0


def test_what_one_annotation_decides_may_always_be_lost() -> None:
    limits = ParityLimits(metric_loss=0.02, client_loss=0.03)
    few, many = (limits.on([(100, 100)], one_annotation=share) for share in (0.2, 0.001))
    assert (few.metric_loss, few.client_loss) == pytest.approx((0.2, 0.2))
    assert (many.metric_loss, many.client_loss) == (0.02, 0.03)


@pytest.mark.parametrize("right", range(1, 7))
def test_one_image_of_six_may_be_lost_however_it_is_rounded(right: int) -> None:
    loss = right / 6 - (right - 1) / 6
    assert Difference(client_loss=loss).within(ParityLimits().on([(100, 100)], one_annotation=1 / 6))


@pytest.mark.parametrize(("loss", "passes"), [(None, True), (-0.5, True), (0.02, True), (0.021, False)])
def test_lost_metric_counts_as_pixels_do(loss: float | None, passes: bool) -> None:
    for difference in (Difference(0.0, metric_loss=loss), Difference(0.0, client_loss=loss)):
        assert difference.within(ParityLimits(metric_loss=0.02, client_loss=0.02)) is passes
        assert difference.agrees(ParityLimits())


def test_no_quantization_is_stricter_than_none() -> None:
    for info in TARGETS.values():
        for limits in info.limits.values():
            exact = info.limits["none"]
            assert limits.score >= exact.score
            assert limits.box_px >= exact.box_px
            assert limits.metric_loss >= exact.metric_loss
            assert limits.client_loss >= exact.client_loss
