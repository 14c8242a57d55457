"""Intervals over images drawn again: right by hand, the same each time, and quick."""

import time

import numpy as np
import pytest

from tests.training.engine.metrics.drawn import LABELS, draw
from training.engine.metrics import bootstrap
from training.engine.metrics.bootstrap import accuracies, average_precisions, detection_intervals, interval, intervals
from training.engine.metrics.classification import classification_numbers
from training.engine.metrics.matching import match


def test_each_resample_is_as_large_as_the_set_and_always_the_same() -> None:
    weights = bootstrap.draw(38)
    assert weights.shape == (1000, 38)
    assert (weights.sum(axis=1) == 38).all()
    assert (weights == bootstrap.draw(38)).all()
    assert bootstrap.draw(5000).shape == (100, 5000)


def test_the_interval_of_a_share_is_the_binomials() -> None:
    """Of 100 images 80 are right: the normal approximation gives 0.80 ± 0.078."""
    truth = np.zeros(100, np.int64)
    said = np.array([0] * 80 + [1] * 20)
    found = intervals(100, lambda weights: accuracies(truth, said, 2, weights))["accuracy"]
    assert found is not None
    assert [found.low, found.high] == pytest.approx([0.722, 0.878], abs=0.02)


def test_weighted_accuracy_and_f1_are_those_of_the_repeated_images() -> None:
    truth, said = np.array([0, 0, 1, 2, 2]), np.array([0, 1, 1, 2, 0])
    weights = np.array([[1, 1, 1, 1, 1], [2, 0, 0, 1, 2], [0, 3, 2, 0, 0]], np.int32)
    found = accuracies(truth, said, 3, weights)
    for row, counts in enumerate(weights):
        numbers = classification_numbers(np.repeat(truth, counts).tolist(), np.repeat(said, counts).tolist(), LABELS)
        assert found["accuracy"][row] == pytest.approx(numbers.accuracy)
        assert found["macro_f1"][row] == pytest.approx(numbers.macro_f1)


def test_one_image_gives_no_interval_and_neither_do_numbers_that_are_mostly_undefined() -> None:
    assert intervals(1, lambda weights: {"AP": np.ones(len(weights))}) == {}
    assert intervals(0, lambda weights: {"AP": np.ones(len(weights))}) == {}
    assert interval(np.array([np.nan, np.nan, 0.5])) is None
    assert interval(np.full(3, np.nan)) is None


def test_each_labels_interval_is_that_of_its_matches_alone() -> None:
    images, found = draw(1, images=20, boxes=6)
    matches = match(images, found, LABELS)
    overall, of_labels = detection_intervals(20, matches)
    assert overall == intervals(20, lambda weights: average_precisions(matches, weights))
    alone = [detection_intervals(20, [one])[0]["AP"] for one in matches]
    assert of_labels == alone
    assert all(one and one.low < one.high for one in of_labels)
    assert detection_intervals(1, matches) == ({}, [None] * len(matches))


def test_ap_of_200_images_with_many_boxes_takes_less_than_a_second() -> None:
    """Two labels of 20 boxes and 100 detections an image: CPU seconds of resampling, without the matching."""
    images, found = draw(1, images=200, boxes=40)
    crowd = [[*few, *few, *few][:100] for few in found]
    matches = match(images, crowd, LABELS)
    began = time.process_time()
    found_intervals = intervals(200, lambda weights: average_precisions(matches, weights))
    assert time.process_time() - began < 1.0
    assert all(one and one.low < one.high for one in found_intervals.values())
