"""Readers and writers that are not ours: what we write they open, what they write we read."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from annotations.dataset.records import AnnotationRecord, Box, ImageRecord
from annotations.formats import FORMATS
from annotations.formats.layout import Choices, Header
from tests.annotations.formats.laying import lay
from tests.annotations.formats.other_libraries import library
from tests.annotations.formats.reading_of import came, findings, found_in
from training.engine import torchvision_ops

HEADER = Header("detection", ("cat", "dog"), "Pets")
IMAGES = [
    ImageRecord(
        "a.jpg",
        "1" * 64,
        64,
        48,
        queue="labelled",
        annotations=(AnnotationRecord("dog", Box(1, 2, 30, 40)), AnnotationRecord("cat", Box(8, 8, 64, 48))),
    ),
    ImageRecord("b.jpg", "2" * 64, 64, 48, queue="labelled"),
    ImageRecord("c.jpg", "3" * 64, 64, 48),
]


def boxes_of(dataset: Any) -> dict[str, list[tuple[str, list[float]]]]:
    return {
        Path(path).name: sorted(
            (dataset.classes[int(number)], [round(float(side), 3) for side in box])
            for box, number in zip(said.xyxy, said.class_id, strict=True)
        )
        for path, _, said in dataset
    }


EXPECTED = {"a.jpg": [("cat", [8, 8, 64, 48]), ("dog", [1, 2, 30, 40])], "b.jpg": []}


@pytest.mark.full
def test_supervision_opens_yolo_and_writes_it(tmp_path: Path) -> None:
    lay(FORMATS["yolo"], HEADER, IMAGES, tmp_path)
    dataset = library("supervision").DetectionDataset.from_yolo(
        str(tmp_path / "images/train"), str(tmp_path / "labels/train"), str(tmp_path / "data.yaml")
    )
    assert dataset.classes == ["cat", "dog"]
    assert boxes_of(dataset) == EXPECTED
    out = tmp_path / "out"
    dataset.as_yolo(str(out / "images"), str(out / "labels"), str(out / "data.yaml"))
    found = found_in("yolo", out, {})
    assert {name: sorted(labels or ()) for name, (_, labels) in came(found).items()} == {
        "images/a.jpg": ["cat", "dog"],
        "images/b.jpg": [],
    }
    assert findings(found) == []


@pytest.mark.full
def test_supervision_opens_pascal_voc_and_writes_it(tmp_path: Path) -> None:
    """It takes pixels as counted from one: a box reaches a pixel further to the left and up."""
    lay(FORMATS["voc"], HEADER, IMAGES[:2], tmp_path)
    dataset = library("supervision").DetectionDataset.from_pascal_voc(
        str(tmp_path / "JPEGImages"), str(tmp_path / "Annotations")
    )
    from_one = {"a.jpg": [("cat", [7, 7, 64, 48]), ("dog", [0, 1, 30, 40])], "b.jpg": []}
    assert boxes_of(dataset) == from_one
    out = tmp_path / "out"
    dataset.as_pascal_voc(str(out / "images"), str(out / "annotations"))
    found = found_in("voc", out, {})
    assert {name: sorted(labels or ()) for name, (_, labels) in came(found).items()} == {
        "images/a.jpg": ["cat", "dog"],
        "images/b.jpg": [],
    }
    first = found_in("voc", out, {}, Choices(first_pixel=1))[0]
    assert sorted((one.label, one.box) for one in first.annotations if one.box) == [
        (label, Box(*sides)) for label, sides in from_one["a.jpg"]
    ]


def test_torchvision_opens_pascal_voc(tmp_path: Path) -> None:
    torchvision_ops.install()
    from torchvision.datasets import VOCDetection

    lay(FORMATS["voc"], HEADER, IMAGES[:2], tmp_path / "VOCdevkit/VOC2012")
    dataset = VOCDetection(str(tmp_path), year="2012", image_set="train")
    said = {page["annotation"]["filename"]: page["annotation"]["object"] for _, page in dataset}
    assert [one["name"] for one in said["a.jpg"]] == ["dog", "cat"]
    assert said["a.jpg"][0]["bndbox"] == {"xmin": "1", "ymin": "2", "xmax": "30", "ymax": "40"}


@pytest.mark.full
def test_datasets_opens_an_imagefolder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    datasets = library("datasets")
    more = replace(IMAGES[0], name="d.jpg", sha256="4" * 64, split="val", annotations=IMAGES[0].annotations[:1])
    lay(FORMATS["imagefolder"], HEADER, [*IMAGES, more], tmp_path / "set")
    opened = datasets.load_dataset("imagefolder", data_dir=str(tmp_path / "set"), cache_dir=str(tmp_path / "cache"))
    assert {split: [row["objects"] for row in rows] for split, rows in opened.items()} == {
        "train": [
            {"bbox": [[1, 2, 29, 38], [8, 8, 56, 40]], "categories": ["dog", "cat"]},
            {"bbox": [], "categories": []},
        ],
        "validation": [{"bbox": [[1, 2, 29, 38]], "categories": ["dog"]}],
    }
