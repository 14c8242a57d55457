"""VOC's average precision against its devkit, whose definition is written down here once more, loop by loop."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.dataset.records import AnnotationRecord, Box, ImageRecord
from tests.annotations.formats.depth import examples
from tests.training.engine.metrics.drawn import LABELS, draw
from training.engine.metrics.voc import voc_numbers


def devkit(images: list[ImageRecord], found: list[list[AnnotationRecord]], label: str) -> tuple[float, float] | None:
    """`VOCevaldet.m` and `VOCap.m` (2010), and the 11 points of 2007; a box with an attribute is difficult."""
    truth = [[one for one in image.annotations if one.label == label] for image in images]
    wanted = sum(not one.attributes for few in truth for one in few)
    if not wanted:
        return None
    detections = [(one, i) for i, few in enumerate(found) for one in few if one.label == label]
    detections.sort(key=lambda pair: -(pair[0].score or 0))
    taken: set[tuple[int, int]] = set()
    tp, fp, recall, precision = 0, 0, [], []
    for one, i in detections:
        best, place = float("-inf"), -1
        for k, other in enumerate(truth[i]):
            if (shared := overlap(one, other)) > best:
                best, place = shared, k
        if best >= 0.5:
            if not truth[i][place].attributes:
                tp, fp = (tp, fp + 1) if (i, place) in taken else (tp + 1, fp)
                taken.add((i, place))
        else:
            fp += 1
        recall.append(tp / wanted)
        precision.append(tp / (tp + fp) if tp + fp else 0.0)
    return eleven(recall, precision), area(recall, precision)


def overlap(a: AnnotationRecord, b: AnnotationRecord) -> float:
    assert a.box is not None
    assert b.box is not None
    across = min(a.box.x_max, b.box.x_max) - max(a.box.x_min, b.box.x_min) + 1
    down = min(a.box.y_max, b.box.y_max) - max(a.box.y_min, b.box.y_min) + 1
    if across <= 0 or down <= 0:
        return float("-inf")
    return across * down / (pixels(a.box) + pixels(b.box) - across * down)


def pixels(box: Box) -> float:
    return (box.width + 1) * (box.height + 1)


def eleven(recall: list[float], precision: list[float]) -> float:
    return sum(max([p for r, p in zip(recall, precision, strict=True) if r >= t / 10] or [0]) / 11 for t in range(11))


def area(recall: list[float], precision: list[float]) -> float:
    r, p = [0.0, *recall, 1.0], [0.0, *precision, 0.0]
    for i in range(len(p) - 2, -1, -1):
        p[i] = max(p[i], p[i + 1])
    return sum((r[i] - r[i - 1]) * p[i] for i in range(1, len(r)) if r[i] != r[i - 1])


@examples(25, 300)
@given(seed=st.integers(0, 2**32 - 1))
def test_both_rules_are_the_devkits(seed: int) -> None:
    images, found = draw(seed)
    expected = [devkit(images, found, label) for label in LABELS]
    means, rows = voc_numbers(images, found, LABELS)
    for row, wanted in zip(rows, expected, strict=True):
        assert tuple(row.values()) == (pytest.approx(wanted, abs=1e-12) if wanted else (None, None))
    known = [one for one in expected if one]
    assert tuple(means.values()) == pytest.approx(
        tuple(sum(column) / len(known) for column in zip(*known, strict=True)) if known else (None, None), abs=1e-12
    )


def box(score: float | None = None, side: float = 99, **attributes: bool) -> AnnotationRecord:
    return AnnotationRecord("cat", Box(0, 0, side, 99), score=score, attributes=attributes)


def image(*annotations: AnnotationRecord) -> ImageRecord:
    return ImageRecord("a.png", "0" * 64, 400, 400, annotations=annotations)


def test_what_meets_a_difficult_box_counts_neither_way() -> None:
    images = [image(box()), image(box(difficult=True))]
    with_it, _ = voc_numbers(images, [[box(0.8)], [box(0.9)]], ["cat"])
    assert with_it == {"AP_11_points": 1.0, "AP_area": 1.0}
    elsewhere = AnnotationRecord("cat", Box(200, 200, 300, 300), score=0.9)
    assert voc_numbers(images, [[box(0.8)], [elsewhere]], ["cat"])[0] == {"AP_11_points": 0.5, "AP_area": 0.5}


def test_a_second_detection_of_a_box_is_wrong_even_beside_a_free_one() -> None:
    """Unlike COCO's rule: the box that it overlaps most is taken."""
    beside = AnnotationRecord("cat", Box(0, 0, 85, 99))
    found = [[box(0.9), box(0.8, side=98)]]
    assert voc_numbers([image(box(), beside)], found, ["cat"])[0]["AP_area"] == 0.5


def test_nothing_there_is_undefined_and_nothing_found_zero() -> None:
    assert voc_numbers([image()], [[box(0.9)]], ["cat"])[0] == {"AP_11_points": None, "AP_area": None}
    assert voc_numbers([image(box())], [[]], ["cat"])[0] == {"AP_11_points": 0.0, "AP_area": 0.0}
    assert voc_numbers([], [], ["cat"]) == (
        {"AP_11_points": None, "AP_area": None},
        [{"AP_11_points": None, "AP_area": None}],
    )
