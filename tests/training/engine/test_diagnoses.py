"""Each reason for a result near zero is found, and none where there is none."""

from dataclasses import replace
from typing import Any

from annotations.dataset.records import AnnotationRecord, Box, Dataset, ImageRecord, Split
from training.engine.catalog import complete_config, model_info
from training.engine.diagnoses import Diagnosis, diagnoses

DETECTOR = model_info("ssdlite320_mobilenet_v3_large")
CLASSIFIER = model_info("mobilenet_v2")
FALLING = [{"loss": 3.0}, {"loss": 2.0}]


def image(i: int, split: Split, *labels: str, side: float = 300) -> ImageRecord:
    boxes = tuple(AnnotationRecord(label, Box(10 + i, 20 + i, 10 + i + side, 20 + i + side)) for label in labels)
    return ImageRecord(f"{i}.jpg", f"{i:064}", 1000, 1000, 1, "labelled", split, boxes)


def dataset(train: int = 30, side: float = 300, **more: Any) -> Dataset:
    images = [image(i, "train" if i < train else "val", "cat", side=side) for i in range(train + 5)]
    return Dataset(**({"task": "detection", "labels": ("cat",), "images": tuple(images)} | more))


def found(data: Dataset, headline: float | None = 0.01, curve: Any = FALLING, **config: Any) -> list[Diagnosis]:
    return diagnoses(complete_config({"model": DETECTOR.name, **config}), DETECTOR, data, headline, curve)


def codes(data: Dataset, **options: Any) -> list[str]:
    return [diagnosis.code for diagnosis in found(data, **options)]


def test_a_good_or_unmeasured_run_has_none() -> None:
    assert codes(dataset(), headline=0.4) == []
    assert codes(dataset(), headline=None) == []


def test_boxes_without_an_anchor() -> None:
    [diagnosis] = found(dataset(side=12))
    assert diagnosis.code == "no_anchor"
    assert "100% of the training boxes are too small for this model at 320 px" in diagnosis.detail
    assert diagnosis.detail.endswith("Use a larger image size, or set fit to auto.")


def test_boxes_without_an_anchor_in_tiles() -> None:
    [diagnosis] = found(dataset(side=6), tiles=2)
    assert diagnosis.detail.endswith("Use a larger image size, or more tiles.")
    assert found(dataset(side=30), tiles=8, headline=0.01)[0].code != "no_anchor"


def test_few_images() -> None:
    [diagnosis] = found(dataset(train=6))
    assert (diagnosis.code, diagnosis.detail[:6]) == ("few_images", "Only 6")


def test_labels_that_one_split_lacks() -> None:
    data = dataset(labels=("cat", "dog", "owl"))
    others = (image(90, "train", "dog"), image(91, "val", "owl"))
    details = [diagnosis.detail for diagnosis in found(replace(data, images=data.images + others))]
    assert details == [
        "No validation image shows dog: nothing measures it. Label more of it.",
        "No training image shows owl: it can't be learned. Label more of it.",
    ]


def test_a_rate_that_diverged() -> None:
    [diagnosis] = found(dataset(), curve=[{"loss": 2.0}, {"loss": 9.5}], learning_rate=0.5)
    assert diagnosis.code == "diverged"
    assert diagnosis.detail.endswith("Try 0.1.")


def test_nothing_measurable_is_said_too() -> None:
    assert codes(dataset()) == ["unknown"]


def test_a_classifier_at_chance() -> None:
    data = dataset(task="classification", labels=("cat", "dog"))
    config = complete_config({"model": CLASSIFIER.name})
    [diagnosis] = diagnoses(config, CLASSIFIER, data, 0.52, FALLING)
    assert diagnosis.code == "unknown"
    assert "box" not in diagnosis.detail
    assert diagnoses(config, CLASSIFIER, data, 0.9, FALLING) == []
