"""globox: reads and writes the files of annotation tools."""

from collections.abc import Callable
from pathlib import Path
from shutil import copy

import yaml
from answering import Data, answer, image
from globox import Annotation, AnnotationSet, BoundingBox


def _said(found: AnnotationSet, split: str | None = None, names: list[str] | None = None) -> list[Data]:
    return [
        image(one.image_id, split, [[names[int(box.label)] if names else box.label, *box.ltrb] for box in one.boxes])
        for one in found
    ]


def _each_split(opened: Callable[[str], list[Data]]) -> Data:
    return {"images": [one for split in ("train", "val", "test") for one in opened(split)]}


def open_coco(folder: Path) -> Data:
    return _each_split(
        lambda split: _said(AnnotationSet.from_coco(folder / f"annotations/instances_{split}.json"), split)
    )


def open_yolo(folder: Path) -> Data:
    names = list(yaml.safe_load((folder / "data.yaml").read_text())["names"].values())
    return _each_split(
        lambda split: _said(
            AnnotationSet.from_yolo_v5(folder / "labels" / split, image_folder=folder / "images" / split), split, names
        )
    )


def open_darknet(folder: Path) -> Data:
    names = (folder / "data/obj.names").read_text().splitlines()

    def opened(split: str) -> list[Data]:
        own = folder / f"data/obj_{split}_data"
        return _said(AnnotationSet.from_yolo_darknet(own, image_folder=own), split, names)

    return _each_split(opened)


def open_labelme(folder: Path) -> Data:
    return _each_split(lambda split: _said(AnnotationSet.from_labelme(folder / split), split))


OPENS = {
    "coco": open_coco,
    "yolo": open_yolo,
    "darknet": open_darknet,
    "labelme": open_labelme,
    "voc": lambda folder: {"images": _said(AnnotationSet.from_pascal_voc(folder / "Annotations"))},
    "cvat": lambda folder: {"images": _said(AnnotationSet.from_cvat(folder / "annotations.xml"))},
    "via": lambda folder: {
        "images": _said(AnnotationSet.from_via_json(folder / "via_project.json", label_key="label"))
    },
}


def _found(folder: Path, data: Data) -> AnnotationSet:
    found = AnnotationSet()
    for one in data["images"]:
        copy(one["path"], folder)
        boxes = [BoundingBox(label=label, xmin=a, ymin=b, xmax=c, ymax=d) for label, a, b, c, d in one["boxes"]]
        found.add(Annotation(one["name"], (one["width"], one["height"]), boxes))
    return found


def write_yolo(folder: Path, data: Data) -> None:
    numbers = {label: number for number, label in enumerate(data["labels"])}
    _found(folder, data).save_yolo_darknet(folder, label_to_id=numbers)
    (folder / "classes.txt").write_text("".join(f"{label}\n" for label in data["labels"]))


WRITES = {
    "coco": lambda folder, data: _found(folder, data).save_coco(folder / "annotations.json", auto_ids=True),
    "voc": lambda folder, data: _found(folder, data).save_pascal_voc(folder),
    "labelme": lambda folder, data: _found(folder, data).save_labelme(folder),
    "cvat": lambda folder, data: _found(folder, data).save_cvat(folder / "annotations.xml"),
    "openimages": lambda folder, data: _found(folder, data).save_openimage(folder / "pets-annotations-bbox.csv"),
    "via": lambda folder, data: _found(folder, data).save_via_json(folder / "via.json", image_folder=folder),
    "yolo": write_yolo,
}

if __name__ == "__main__":
    answer(OPENS, WRITES)
