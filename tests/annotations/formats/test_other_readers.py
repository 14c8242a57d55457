"""A reader that is not ours and light enough for each run; the others are in tests/peers."""

from pathlib import Path

from annotations.dataset.records import AnnotationRecord, Box, ImageRecord
from annotations.formats import FORMATS
from annotations.formats.layout import Header
from tests.annotations.formats.laying import lay
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
]


def test_torchvision_opens_pascal_voc(tmp_path: Path) -> None:
    torchvision_ops.install()
    from torchvision.datasets import VOCDetection

    lay(FORMATS["voc"], HEADER, IMAGES, tmp_path / "VOCdevkit/VOC2012")
    dataset = VOCDetection(str(tmp_path), year="2012", image_set="train")
    said = {page["annotation"]["filename"]: page["annotation"]["object"] for _, page in dataset}
    assert [one["name"] for one in said["a.jpg"]] == ["dog", "cat"]
    assert said["a.jpg"][0]["bndbox"] == {"xmin": "1", "ymin": "2", "xmax": "30", "ymax": "40"}
