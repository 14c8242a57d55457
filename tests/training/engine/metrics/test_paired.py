"""Better than the last run only where the same images say so."""

from dataclasses import replace
from typing import Any

import pytest

from annotations.dataset.records import AnnotationRecord, ImageRecord
from tests.training.engine.metrics.drawn import LABELS, draw
from training.engine.metrics.detection import coco_numbers
from training.engine.metrics.paired import compare, compare_labels
from training.engine.tasks.classification import evaluation as classified
from training.engine.tasks.detection import evaluation as detected


def report(images: list[ImageRecord], found: list[list[AnnotationRecord]]) -> dict[str, Any]:
    return {"task": "detection"} | detected(images, found, LABELS)[1]()


def truth_of(images: list[ImageRecord]) -> list[list[AnnotationRecord]]:
    return [[replace(one, score=0.9) for one in image.annotations] for image in images]


def test_a_run_is_as_good_as_itself() -> None:
    mine = report(*draw(3, 40))
    assert compare(mine, mine) == {
        "image_count": 40,
        "changes": {name: {"change": 0.0, "low": 0.0, "high": 0.0} for name in ("AP", "AP50")},
    }


def test_the_change_is_the_difference_of_ap_on_the_shared_images() -> None:
    images, found = draw(3, 40)
    other = [*found[:20], *truth_of(images)[20:]]
    changes = compare(report(images[:30], found[:30]), report(images[10:], other[10:]))
    expected = [coco_numbers(images[10:30], seen[10:30], LABELS)[0]["AP50"] for seen in (found, other)]
    assert changes["image_count"] == 20
    assert changes["changes"]["AP50"]["change"] == pytest.approx((expected[0] or 0) - (expected[1] or 0), abs=0.01)


def test_much_better_is_clear_and_one_image_more_is_not() -> None:
    images, found = draw(3, 40)
    perfect = truth_of(images)
    clear = compare(report(images, perfect), report(images, found))["changes"]["AP50"]
    assert clear["low"] > 0
    one_better = [perfect[0], *found[1:]]
    slight = compare(report(images, one_better), report(images, found))["changes"]["AP50"]
    assert slight["low"] <= 0 <= slight["high"]


def test_images_whose_truth_has_changed_are_not_compared() -> None:
    images, found = draw(3, 4)
    relabelled = [replace(images[0], annotations=()), *images[1:]]
    assert compare(report(images, found), report(relabelled, found))["image_count"] == 3
    assert compare(report(images, found), report([], [])) == {"image_count": 0, "changes": {}}


def test_the_change_of_a_label_is_that_of_its_ap() -> None:
    images, found = draw(3, 40)
    first = LABELS[0]
    better = [
        [*(one for one in seen if one.label != first), *(one for one in truth if one.label == first)]
        for seen, truth in zip(found, truth_of(images), strict=True)
    ]
    changes = compare_labels(report(images, better), report(images, found))
    row = next(row for row in coco_numbers(images, found, LABELS)[1] if row["name"] == first)
    assert changes[first]["change"] == pytest.approx(1 - row["AP"], abs=0.01)
    assert changes[first]["low"] > 0
    others = [changes[name] for name in changes if name != first]
    assert others == [{"change": 0.0, "low": 0.0, "high": 0.0}] * len(others)
    assert compare_labels(report(images[:1], found[:1]), report(images, found)) == {}


def test_a_classifier_is_compared_by_accuracy() -> None:
    images = [ImageRecord("", f"{i:064d}", 9, 9, annotations=(AnnotationRecord(LABELS[i % 2]),)) for i in range(40)]
    right = [[AnnotationRecord(LABELS[i % 2], score=0.9)] for i in range(40)]
    always = [[AnnotationRecord(LABELS[0], score=0.9)] for _ in range(40)]
    mine, other = ({"task": "classification"} | classified(images, found, LABELS)[1]() for found in (right, always))
    change = compare(mine, other)["changes"]["accuracy"]
    assert change["change"] == pytest.approx(0.5)
    assert 0.3 < change["low"] < 0.5 < change["high"] < 0.7
    by_label = compare_labels(mine, other)
    assert [by_label[name]["change"] for name in LABELS[:2]] == pytest.approx([1 / 3, 1.0])
