"""Which images an export uses: from the records alone."""

import pytest

from annotations.dataset.records import AnnotationRecord, ImageRecord, Split
from training.engine.export_images import CALIBRATED, COMPARED, calibration_sample, comparison_sample, images_of_export


def records(count: int, split: Split, queue: str = "labelled", label: str = "disc") -> list[ImageRecord]:
    annotations = (AnnotationRecord(label),) if label else ()
    names = [f"{split}-{queue}-{label}-{i}" for i in range(count)]
    return [ImageRecord(name, name, 8, 8, 1, queue, split, annotations) for name in names]


def test_validation_images_are_compared_on_and_training_images_calibrated_on() -> None:
    images = records(3, "train") + records(2, "val") + records(1, "test")
    assert (comparison_sample(images, "detection").split, calibration_sample(images, "detection").split) == (
        "val",
        "train",
    )
    assert images_of_export(images, "detection", "int8") == images[3:5] + images[:3]
    assert images_of_export(images, "detection", "fp16") == images[3:5]


@pytest.mark.parametrize("useless", [[], records(2, "val", label=""), records(2, "val", queue="unlabelled")])
def test_training_images_are_compared_on_where_no_validation_image_is_usable(useless: list[ImageRecord]) -> None:
    train = records(3, "train")
    sample = comparison_sample(useless + train, "classification")
    assert (sample.split, sample.images, sample.available) == ("train", tuple(train), 3)
    assert images_of_export(useless + train, "classification", "int8") == train  # each once


def test_a_detector_is_compared_on_images_without_a_box_too() -> None:
    assert comparison_sample(records(2, "val", label=""), "detection").available == 2


def test_a_validation_split_of_a_few_hundred_images_is_compared_whole() -> None:
    assert len(comparison_sample(records(142, "val"), "detection").images) == 142


def test_a_larger_split_is_sampled_evenly() -> None:
    images = records(COMPARED * 3, "val") + records(CALIBRATED + 1, "train")
    sample = comparison_sample(images, "detection")
    assert sample.images == tuple(images[: COMPARED * 3 : 3])
    assert sample.available == COMPARED * 3
    assert len(calibration_sample(images, "detection").images) == CALIBRATED


def test_where_an_image_takes_many_passes_fewer_are_compared() -> None:
    sample = comparison_sample(records(600, "val"), "detection")
    assert len(sample.thinned(9).images) == COMPARED // 9
    assert set(sample.thinned(9).images) < set(sample.images)
    assert sample.thinned(1) == sample
    assert len(comparison_sample(records(20, "val"), "detection").thinned(9).images) == 20
    assert len(sample.thinned(COMPARED + 1).images) == 1


def test_without_a_usable_image_the_samples_are_empty() -> None:
    assert images_of_export(records(2, "val", queue="skipped"), "detection", "int8") == []
