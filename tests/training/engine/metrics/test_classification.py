import pytest

from training.engine.metrics.classification import classification_numbers

LABELS = ["ant", "bee", "fly"]


def test_numbers_by_hand() -> None:
    numbers = classification_numbers([0, 0, 0, 1], [0, 0, 1, 1], LABELS)
    assert numbers.accuracy == 0.75
    assert numbers.confusion == [[2, 1, 0], [0, 1, 0], [0, 0, 0]]
    ant, bee, fly = numbers.labels
    assert (ant["precision"], ant["recall"], ant["f1"]) == (1.0, pytest.approx(2 / 3), pytest.approx(0.8))
    assert (bee["precision"], bee["recall"], bee["f1"]) == (0.5, 1.0, pytest.approx(2 / 3))
    assert (fly["truth_count"], fly["precision"], fly["recall"], fly["f1"]) == (0, None, None, None)
    assert numbers.macro_f1 == pytest.approx((0.8 + 2 / 3) / 2)


def test_a_label_never_named_has_no_precision_and_f1_zero() -> None:
    ant = classification_numbers([0], [1], LABELS).labels[0]
    assert (ant["precision"], ant["recall"], ant["f1"]) == (None, 0.0, 0.0)


def test_nothing_to_measure_is_undefined() -> None:
    numbers = classification_numbers([], [], LABELS)
    assert (numbers.accuracy, numbers.macro_f1) == (None, None)
