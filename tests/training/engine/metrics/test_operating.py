"""One score threshold: precision, recall, F1, the confusion and the calibration of a detector."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.dataset.records import AnnotationRecord, Box, ImageRecord
from tests.annotations.formats.depth import examples
from tests.training.engine.metrics.drawn import LABELS, draw
from training.engine.metrics.calibration import calibration
from training.engine.metrics.matching import match
from training.engine.metrics.operating import NO_SCORE, at_threshold, best_threshold, box_calibration, confusion, sizes

PETS = ["cat", "dog"]


def pet(label: str, x: float, score: float | None = None, side: float = 100) -> AnnotationRecord:
    return AnnotationRecord(label, Box(x, 0, x + side, side), score=score)


def image(*annotations: AnnotationRecord) -> ImageRecord:
    return ImageRecord("a.png", "0" * 64, 900, 400, annotations=annotations)


SCENE = [image(pet("cat", 0), pet("dog", 200), pet("dog", 400)), image()]
SEEN = [[pet("cat", 5, 0.9), pet("cat", 205, 0.8), pet("dog", 600, 0.2)], [pet("dog", 0, 0.1)]]


def test_the_threshold_with_the_best_f1() -> None:
    matches = match(SCENE, SEEN, PETS)
    assert best_threshold(matches) == 0.9  # one right of one: F1 2·1/(1+3)
    assert at_threshold(matches, 0.9) == {"precision": 1.0, "recall": pytest.approx(1 / 3), "f1": 0.5}
    assert at_threshold(matches, 0.95) == {"precision": None, "recall": 0.0, "f1": 0.0}


def test_without_a_right_answer_there_is_no_best_threshold() -> None:
    assert best_threshold(match(SCENE, [[], []], PETS)) == NO_SCORE
    assert best_threshold(match(SCENE, [[pet("dog", 0, 0.7)], []], PETS)) == NO_SCORE
    assert at_threshold(match([], [], PETS), 0.5) == {"precision": None, "recall": None, "f1": None}


@examples(25, 300)
@given(seed=st.integers(0, 2**32 - 1))
def test_no_score_has_a_better_f1(seed: int) -> None:
    images, found = draw(seed)
    matches = match(images, found, LABELS)
    best = at_threshold(matches, best_threshold(matches))["f1"] or 0.0
    assert all((at_threshold(matches, score)["f1"] or 0.0) <= best + 1e-12 for score in np.linspace(0, 1, 101))


def test_what_is_confused_with_what_and_with_nothing() -> None:
    assert confusion(SCENE, SEEN, PETS, 0.15) == [[1, 0, 0], [1, 0, 1], [0, 1, 0]]
    assert confusion(SCENE, SEEN, PETS, 0.0)[2] == [0, 2, 0]
    assert confusion([], [], PETS, 0.5) == [[0, 0, 0]] * 3


@examples(25, 300)
@given(seed=st.integers(0, 2**32 - 1), score=st.floats(0, 1))
def test_the_diagonal_is_what_is_found_and_each_box_counts_once(seed: int, score: float) -> None:
    images, found = draw(seed)
    counts = np.array(confusion(images, found, LABELS, score))
    matches = match(images, found, LABELS)
    assert [int(one.hits[0][one.scores >= score].sum()) for one in matches] == counts.diagonal()[:-1].tolist()
    assert [int(one.truths.sum()) for one in matches] == counts[:-1].sum(axis=1).tolist()
    assert [int((one.scores[one.counts[0]] >= score).sum()) for one in matches] == counts[:, :-1].sum(axis=0).tolist()
    assert counts[-1, -1] == 0


def test_what_lies_in_a_crowd_counts_neither_way() -> None:
    crowd = AnnotationRecord("cat", Box(300, 0, 800, 100), attributes={"crowd": True})
    scene, seen = [image(pet("cat", 0), crowd)], [[pet("cat", 0, 0.9), pet("cat", 400, 0.8), pet("dog", 500, 0.7)]]
    matches = match(scene, seen, PETS)
    assert at_threshold(matches, 0.5) == {"precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3)}
    assert confusion(scene, seen, PETS, 0.5) == [[1, 0, 0], [0, 0, 0], [0, 1, 0]]
    assert sum(one["count"] for one in box_calibration(matches).bins) == 2
    assert sizes(scene) == {"small": 0, "medium": 0, "large": 1}


def test_the_calibration_error_by_hand() -> None:
    found = calibration(np.array([0.95, 0.95, 0.55, 1.0]), np.array([True, False, True, True]))
    assert [(one["least"], one["count"], one["right"]) for one in found.bins] == [(0.5, 1, 1.0), (0.9, 3, 2 / 3)]
    assert found.error == pytest.approx((1 * 0.45 + 3 * abs(2 / 3 - 2.9 / 3)) / 4)
    assert calibration(np.zeros(0), np.zeros(0, np.bool_)).error is None


def test_only_scores_that_mean_something_are_held_against_the_truth() -> None:
    found = box_calibration(match([image(pet("cat", 0))], [[pet("cat", 0, 0.9), pet("cat", 500, 0.04)]], PETS))
    assert [one["count"] for one in found.bins] == [1]


def test_sizes_are_cocos() -> None:
    scene = image(pet("cat", 0, side=31), pet("cat", 0, side=32), pet("cat", 0, side=95), pet("cat", 0, side=96))
    assert sizes([scene]) == {"small": 1, "medium": 2, "large": 1}
