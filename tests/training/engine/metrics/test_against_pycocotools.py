"""The twelve numbers and each label's AP are those of pycocotools, whatever is there and found."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.dataset.records import AnnotationRecord, ImageRecord
from tests.annotations.formats.depth import examples
from tests.training.engine.metrics.drawn import LABELS, draw
from training.engine.metrics.bootstrap import Weights, average_precisions
from training.engine.metrics.detection import NAMES, coco_numbers
from training.engine.metrics.matching import match

CLOSE = 1e-9


def in_coco(one: AnnotationRecord, image: int) -> dict[str, Any]:
    assert one.box is not None
    bbox = [one.box.x_min, one.box.y_min, one.box.width, one.box.height]
    crowd = int("crowd" in one.attributes)
    return {"image_id": image, "category_id": LABELS.index(one.label) + 1, "bbox": bbox, "iscrowd": crowd}


def evaluated(images: list[ImageRecord], found: list[list[AnnotationRecord]]) -> Any:
    """pycocotools, after `summarize`."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    truth = COCO()
    rows = [in_coco(one, i) for i, image in enumerate(images, 1) for one in image.annotations]
    truth.dataset = {
        "info": {},
        "images": [{"id": i, "width": one.width, "height": one.height} for i, one in enumerate(images, 1)],
        "annotations": [row | {"id": i, "area": row["bbox"][2] * row["bbox"][3]} for i, row in enumerate(rows, 1)],
        "categories": [{"id": i, "name": name} for i, name in enumerate(LABELS, 1)],
    }
    truth.createIndex()
    answers = [in_coco(one, i) | {"score": one.score} for i, few in enumerate(found, 1) for one in few]
    evaluation = COCOeval(truth, truth.loadRes(answers), "bbox")
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    return evaluation


def undefined_as_none(values: Any) -> list[float | None]:
    return [None if value < 0 else float(value) for value in values]


@examples(15, 300)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_twelve_numbers_are_those_of_pycocotools(seed: int) -> None:
    images, found = draw(seed)
    if not any("crowd" not in one.attributes for image in images for one in image.annotations):
        return  # pycocotools calls this -1 and we None, which the next module's tests show
    theirs = evaluated(images, found)
    numbers, rows = coco_numbers(images, found, LABELS)
    assert [numbers[name] for name in NAMES] == pytest.approx(undefined_as_none(theirs.stats), abs=CLOSE)
    for i, row in enumerate(rows):
        of_label = theirs.eval["precision"][:, :, i, 0, -1]
        expected = [np.mean(of_label), np.mean(of_label[0])] if row["truth_count"] else [None, None]
        assert [row["AP"], row["AP50"]] == pytest.approx(expected, abs=CLOSE)


@examples(15, 300)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_kept_matches_give_the_same_ap(seed: int) -> None:
    """On the images as they are, and on a resample; there without equal scores in an image, whose order is free."""
    images, found = draw(seed)
    expect_ap(images, found, np.ones(len(images), np.int32))
    drawn = np.random.default_rng(seed).multinomial(len(images), np.full(len(images), 1 / len(images)))
    expect_ap(images, [apart(few) for few in found], drawn.astype(np.int32))


def expect_ap(images: list[ImageRecord], found: list[list[AnnotationRecord]], weights: Weights) -> None:
    ap = average_precisions(match(images, found, LABELS), weights[None])
    chosen = np.repeat(np.arange(len(images)), weights)
    numbers, _ = coco_numbers([images[i] for i in chosen], [found[i] for i in chosen], LABELS)
    for name in ("AP", "AP50"):
        expected = np.nan if (value := numbers[name]) is None else value
        assert ap[name][0] == pytest.approx(expected, abs=CLOSE, nan_ok=True)


def apart(few: list[AnnotationRecord]) -> list[AnnotationRecord]:
    return [replace(one, score=(one.score or 0) + 1e-6 * i) for i, one in enumerate(reversed(few))][::-1]
