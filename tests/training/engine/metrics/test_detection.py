"""The COCO numbers against truths worked out by hand."""

import pytest

from annotations.dataset.records import AnnotationRecord, Box, ImageRecord
from training.engine.metrics.detection import NAMES, coco_numbers


def image(*annotations: AnnotationRecord) -> ImageRecord:
    return ImageRecord("a.png", "0" * 64, 400, 400, annotations=annotations)


def cat(x: float, side: float = 100, score: float | None = None) -> AnnotationRecord:
    return AnnotationRecord("cat", Box(x, 0, x + side, side), score=score)


def test_a_perfect_answer_is_one() -> None:
    numbers, rows = coco_numbers([image(cat(0))], [[cat(0, score=0.9)]], ["cat"])
    assert numbers["AP"] == pytest.approx(1)
    assert numbers["AR1"] == pytest.approx(1)
    assert rows == [{"name": "cat", "truth_count": 1, "AP": pytest.approx(1), "AP50": pytest.approx(1)}]


def test_half_of_the_objects_found_is_half() -> None:
    numbers, _ = coco_numbers([image(cat(0), cat(200))], [[cat(0, score=0.9)]], ["cat"])
    assert numbers["AP50"] == pytest.approx(51 / 101)  # precision 1 on recalls 0.00 to 0.50


def test_a_better_scored_mistake_halves_the_precision() -> None:
    found = [cat(250, score=0.95), cat(0, score=0.9)]
    numbers, _ = coco_numbers([image(cat(0))], [found], ["cat"])
    assert numbers["AP50"] == pytest.approx(0.5)


def test_ap_is_the_mean_over_the_ten_overlaps() -> None:
    numbers, _ = coco_numbers([image(cat(0))], [[AnnotationRecord("cat", Box(0, 0, 100, 72), score=0.9)]], ["cat"])
    assert numbers["AP"] == pytest.approx(0.5)  # IoU 0.72: right at 0.50, 0.55, 0.60, 0.65, 0.70
    assert numbers["AP50"] == pytest.approx(1)
    assert numbers["AP75"] == pytest.approx(0)


def test_sizes_are_pixels_of_the_original() -> None:
    numbers, _ = coco_numbers([image(cat(0, side=20))], [[cat(0, side=20, score=0.9)]], ["cat"])
    assert numbers["AP_small"] == pytest.approx(1)
    assert numbers["AP_large"] is None


def test_a_label_without_truth_has_no_number() -> None:
    numbers, rows = coco_numbers([image(cat(0))], [[cat(0, score=0.9)]], ["cat", "dog"])
    assert numbers["AP"] == pytest.approx(1)
    assert rows[1] == {"name": "dog", "truth_count": 0, "AP": None, "AP50": None}


def test_nothing_found_is_zero_and_nothing_there_is_undefined() -> None:
    assert coco_numbers([image(cat(0))], [[]], ["cat"])[0] == dict.fromkeys(NAMES, 0.0)
    assert coco_numbers([image()], [[cat(0, score=0.9)]], ["cat"])[0] == dict.fromkeys(NAMES)
    assert coco_numbers([], [], ["cat"])[0] == dict.fromkeys(NAMES)


def test_a_find_on_a_negative_costs_precision() -> None:
    found = [[cat(0, score=0.8)], [cat(0, score=0.9)]]
    assert coco_numbers([image(cat(0)), image()], found, ["cat"])[0]["AP50"] == pytest.approx(0.5)


def test_the_numbers_print_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    coco_numbers([image(cat(0))], [[cat(0, score=0.9)]], ["cat"])
    assert capfd.readouterr().out == ""
