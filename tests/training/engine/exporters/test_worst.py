"""Which pictures of a failed artifact are shown beside the checkpoint's."""

from annotations.dataset.records import AnnotationRecord, Box, ImageRecord
from training.engine.exporters.worst import PICTURES, disagreement, worst_pictures

NAN = float("nan")


def found(score: float = 0.9, *, x: float = 0.0, label: str = "raccoon") -> AnnotationRecord:
    return AnnotationRecord(label, Box(x, 0.0, x + 100.0, 50.0), score=score)


def image(number: int) -> ImageRecord:
    return ImageRecord(f"{number}.jpg", str(number) * 64, 200, 100)


def test_what_is_equal_disagrees_by_nothing() -> None:
    assert disagreement([found(), found(0.5, x=60)], [found(0.5, x=60), found()]) == 0
    assert disagreement([], []) == 0


def test_a_box_that_went_counts_more_than_one_that_moved_or_lost_some_score() -> None:
    gone, renamed = disagreement([found()], []), disagreement([found()], [found(label="dog")])
    moved, weaker = disagreement([found()], [found(x=10)]), disagreement([found()], [found(0.8)])

    assert renamed > gone > moved > 0
    assert gone > weaker > 0
    assert disagreement([], [found()]) == gone


def test_a_classifier_disagrees_by_its_scores() -> None:
    before = [AnnotationRecord("disc", score=0.8), AnnotationRecord("square", score=0.2)]
    after = [AnnotationRecord("disc", score=0.6), AnnotationRecord("square", score=0.4)]

    worst = worst_pictures("LiteRT", [image(1)], [before], [after])

    assert worst.pictures[0]["artifact"] == [
        {"label": "disc", "score": 0.6, "box": None},
        {"label": "square", "score": 0.4, "box": None},
    ]


def test_the_worst_come_first_and_those_that_agree_not_at_all() -> None:
    images = [image(number) for number in range(8)]
    before = [[found()]] * 8
    after = [[found(0.9 - number / 20)] for number in range(8)]

    worst = worst_pictures("OpenCV", images, before, after)
    assert [one["image"][0] for one in worst.pictures] == ["7", "6", "5", "4", "3"]
    assert worst.pictures[0]["checkpoint"] == [{"label": "raccoon", "score": 0.9, "box": [0.0, 0.0, 0.5, 0.5]}]
    assert len(worst.pictures) == PICTURES
    assert worst_pictures("OpenCV", images[:1], before[:1], before[:1]).pictures == []


def test_what_is_no_number_or_too_weak_is_not_shown() -> None:
    (picture,) = worst_pictures("OpenCV", [image(1)], [[found()]], [[found(x=NAN), found(0.1)]]).pictures
    assert picture["artifact"] == []
