"""Which anchors and image size a set gets: measured by its boxes alone."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from annotations.dataset.attributes import CROWD
from annotations.dataset.records import AnnotationRecord, Box, ImageRecord
from training.engine import anchor_fit
from training.engine.anchor_layout import AnchorLayout
from training.engine.catalog import MODELS, complete_config, model_info
from training.engine.detectors.anchors import laid_out, pairwise_iou

DETECTOR = "ssdlite320_mobilenet_v3_large"
INFO = model_info(DETECTOR)
CONFIG = INFO.default_config
assert INFO.anchors is not None
LAYOUT: AnchorLayout = INFO.anchors
FINE = ((0.01, 0.02), (0.03, 0.03))


def image_with(boxes: Sequence[tuple[float, float, float]], side: int = 1280) -> ImageRecord:
    """A square image with squares at x, y of a side in pixels."""
    annotations = tuple(AnnotationRecord("bird", Box(x, y, x + size, y + size)) for x, y, size in boxes)
    return ImageRecord("sky.jpg", "0" * 64, side, side, 1, "labelled", "train", annotations)


def spread(size: float) -> ImageRecord:
    """Squares of one size at places that no grid favours."""
    return image_with([(37 * i % 1200, 91 * i % 1200, size) for i in range(1, 120)])


@pytest.mark.parametrize("layout", [LAYOUT, AnchorLayout(8, LAYOUT.shapes[:2], FINE)])
@given(x=st.floats(0, 0.9), y=st.floats(0, 0.9), width=st.floats(0.01, 0.1), height=st.floats(0.01, 0.1))
def test_the_best_anchor_is_that_of_all_laid_out(
    layout: AnchorLayout, x: float, y: float, width: float, height: float
) -> None:
    box = (x, y, x + width, y + height)
    expected = float(pairwise_iou(torch.tensor([box]), laid_out(layout, 96)).max())
    assert layout.best_ious([box], 96)[0] == pytest.approx(expected, abs=1e-4)


def test_a_box_around_a_crowd_counts_for_nothing() -> None:
    far = spread(20)
    crowds = tuple(replace(one, attributes={CROWD: True}) for one in far.annotations)
    near = image_with([(100 + i, 200 + i, 600) for i in range(30)])
    found = anchor_fit.fit(CONFIG, INFO, [near, replace(far, annotations=crowds)])
    assert found is not None
    assert found.config == CONFIG
    assert found.share == 1


@pytest.mark.parametrize("size", [300, 600, 900])
def test_where_the_anchors_serve_nothing_changes(size: int) -> None:
    found = anchor_fit.fit(CONFIG, INFO, [image_with([(100 + i, 200 + i, size) for i in range(30)])])
    assert found is not None
    assert found.config == CONFIG
    assert found.advice == ""


def test_small_boxes_get_finer_anchors_and_a_larger_image() -> None:
    found = anchor_fit.fit(CONFIG, INFO, [spread(20)])
    assert found is not None
    assert found.share_before == 0
    assert found.share > 0.6
    assert found.config.image_size > CONFIG.image_size
    assert found.config.crop > 0
    assert all(0.01 < side < 0.02 for shape in found.config.fine_anchors for side in shape)
    assert found.advice.startswith("100% of the boxes are too small for this model at 320 px.")


def of_label(label: str, image: ImageRecord) -> ImageRecord:
    return replace(image, annotations=tuple(replace(one, label=label) for one in image.annotations))


def near_and_far(far: int) -> list[ImageRecord]:
    """Four hundred boxes that the anchors serve, and some of another label that they don't."""
    large = [of_label("cell", image_with([(100 + i, 200 + i, 400) for i in range(100)])) for _ in range(4)]
    return [*large, of_label("platelet", image_with([(37 * i, 29 * i, 90) for i in range(far)]))]


def test_a_label_of_small_boxes_is_not_lost_among_large_ones() -> None:
    found = anchor_fit.fit(CONFIG, INFO, near_and_far(30))
    assert found is not None
    assert (found.label, found.share_before, found.share) == ("platelet", 0, 1)
    assert found.config.image_size == CONFIG.image_size
    assert all(0.06 < side < 0.08 for shape in found.config.fine_anchors for side in shape)
    assert found.advice == (
        "100% of the boxes of “platelet” are too small for this model at 320 px. "
        "The run stays at this size with finer anchors, which leaves 0%."
    )


def test_of_a_label_with_few_boxes_nothing_is_said() -> None:
    found = anchor_fit.fit(CONFIG, INFO, near_and_far(10))
    assert found is not None
    assert (found.label, found.config) == ("", CONFIG)


@pytest.mark.parametrize(("size", "magnified"), [(20, False), (13, True)])
def test_what_needs_the_largest_image_is_magnified(size: float, magnified: bool) -> None:
    found = anchor_fit.fit(CONFIG, INFO, [spread(size)])
    assert found is not None
    config = found.config
    assert config.magnified_size * config.anchor_scale == pytest.approx(CONFIG.image_size)
    assert config.crop * config.magnify == CONFIG.image_size
    assert ((config.image_size, config.magnify) == (1280, 2)) == magnified
    assert ("looks at 1280 px, magnified 2 times, with finer anchors" in found.advice) == magnified


@pytest.mark.parametrize("model", [name for name, info in MODELS.items() if info.anchors])
@pytest.mark.parametrize("size", [20, 40])
def test_what_is_chosen_the_model_can_do(model: str, size: float) -> None:
    info = model_info(model)
    found = anchor_fit.fit(info.default_config, info, [spread(size)])
    assert found is not None
    assert found.config.crop > 0
    info.check(found.config)


def test_whoever_asks_for_a_size_gets_it() -> None:
    config = complete_config({"model": DETECTOR, "image_size": 416})
    assert config.fit == "anchors"
    found = anchor_fit.fit(config, INFO, [spread(20)])
    assert found is not None
    assert (found.config.image_size, found.config.crop) == (416, 0)
    assert found.config.fine_anchors


def test_boxes_are_measured_in_tiles_where_there_are_any() -> None:
    whole, tiled = (
        anchor_fit.fit(complete_config({"model": DETECTOR, "tiles": n}), INFO, [spread(80)]) for n in (1, 4)
    )
    assert whole is not None
    assert tiled is not None
    assert whole.share_before < 0.5
    assert tiled.share_before > 0.5
    assert (tiled.config.tiles, tiled.config.image_size, tiled.config.crop) == (4, 320, 0)


def test_tiles_are_advised_where_no_size_serves() -> None:
    asked = complete_config({"model": DETECTOR, "image_size": 320})
    found = anchor_fit.fit(asked, INFO, [spread(16)])
    assert found is not None
    assert found.in_tiles is not None
    assert found.advice.endswith(
        f"With {found.in_tiles[0]} tiles along a side it would be {1 - found.in_tiles[1]:.0%}: see the expert settings."
    )
    followed = anchor_fit.fit(replace(asked, tiles=found.in_tiles[0]), INFO, [spread(16)])
    assert followed is not None
    assert followed.share == found.in_tiles[1]
    assert followed.in_tiles is None


def test_a_chosen_config_is_not_chosen_again() -> None:
    found = anchor_fit.fit(CONFIG, INFO, [spread(20)])
    assert found is not None
    assert anchor_fit.fit(found.config, INFO, [spread(20)]) is None
    assert anchor_fit.fit(complete_config({"model": DETECTOR, "fit": "none"}), INFO, [spread(20)]) is None
    assert anchor_fit.fit(model_info("mobilenet_v2").default_config, model_info("mobilenet_v2"), [spread(20)]) is None
    assert anchor_fit.fit(CONFIG, INFO, [image_with([])]) is None


def test_fine_anchors_are_learned_in_small_steps_unless_somebody_chose_others() -> None:
    def chosen(size: float, **changes: Any) -> tuple[str, int, int]:
        found = anchor_fit.fit(complete_config({"model": DETECTOR} | changes), INFO, [spread(size)])
        assert found is not None
        return found.config.optimizer, found.config.batch_size, found.config.crop

    assert chosen(20) == ("adamw", 4, 320)
    assert chosen(100) == ("adamw", 4, 0)
    assert chosen(20, batch_size=2) == ("sgd", 2, 320)
    assert chosen(600) == ("sgd", 16, 0)


def test_crops_are_seen_for_longer_unless_somebody_chose_how_long() -> None:
    def chosen(size: float, **changes: Any) -> tuple[int, str]:
        found = anchor_fit.fit(complete_config({"model": DETECTOR} | changes), INFO, [spread(size)])
        assert found is not None
        return found.config.epochs, found.advice

    epochs, advice = chosen(20)
    assert epochs == anchor_fit.EPOCHS_OF_CROPS
    assert advice.endswith("and takes 12 epochs.")
    assert chosen(20, epochs=4)[0] == 4
    assert chosen(100)[0] == CONFIG.epochs


@pytest.mark.parametrize(("boxes", "epochs"), [(9, CONFIG.epochs), (10, anchor_fit.EPOCHS_OF_CROPS)])
def test_crops_are_seen_for_longer_where_an_epoch_leaves_out_boxes(boxes: int, epochs: int) -> None:
    image = image_with([(37 * i, 91 * i, 20) for i in range(boxes)])
    found = anchor_fit.fit(CONFIG, INFO, [image] * 20 + [image_with([])] * 20)
    assert found is not None
    assert (found.config.crop, found.config.epochs) == (320, epochs)
    assert ("epochs" in found.advice) == (epochs != CONFIG.epochs)


def test_a_model_that_is_slow_on_crops_sees_them_for_longer() -> None:
    info = model_info("ssd_mobilenet_v1_075")
    found = anchor_fit.fit(info.default_config, info, [image_with([(37 * i, 91 * i, 20) for i in range(9)])])
    assert found is not None
    assert found.config.epochs == anchor_fit.EPOCHS_OF_CROPS


def test_typical_shapes_are_the_clusters() -> None:
    shapes = [(0.01 + i / 1e5, 0.01) for i in range(50)] + [(0.05, 0.1 + i / 1e5) for i in range(50)]
    small, large = anchor_fit.typical_shapes(shapes, 2)
    assert small == pytest.approx((0.0102, 0.01), abs=1e-3)
    assert large == pytest.approx((0.05, 0.1), abs=1e-3)
    assert anchor_fit.typical_shapes([(0.1, 0.1)], 3) == [(0.1, 0.1)]


def test_many_boxes_are_sampled_evenly() -> None:
    boxes = anchor_fit.box_shares([image_with([(i / 10, 0, 20) for i in range(5000)])], CONFIG)
    assert len(boxes) == anchor_fit.MOST_BOXES
    assert boxes[-1][0] > 0.38
