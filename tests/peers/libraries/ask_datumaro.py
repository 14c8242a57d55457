"""Datumaro: Intel's, and CVAT's, own converter of data sets."""

import csv
from functools import partial
from pathlib import Path
from shutil import copytree
from typing import Any

import datumaro as dm
from answering import Data, answer, image


def open_as(name: str, folder: Path) -> Data:
    dataset = dm.Dataset.import_from(str(folder), name)
    labels = [one.name for one in dataset.categories()[dm.AnnotationType.label]]
    return {"labels": labels, "images": [_image(item, labels) for item in dataset]}


def _image(item: Any, labels: list[str]) -> Data:
    boxes = [one for one in item.annotations if one.type == dm.AnnotationType.bbox]
    whole = [labels[one.label] for one in item.annotations if one.type == dm.AnnotationType.label]
    path = getattr(item.media, "path", "") or f"{item.id}.jpg"
    said = image(path, item.subset.partition("-")[0], [[labels[one.label], *one.points] for one in boxes], whole)
    height, width = item.media.size
    attributes = [{name: value for name, value in one.attributes.items() if value is not False} for one in boxes]
    return {**said, "width": width, "height": height, "attributes": attributes}


def open_images(folder: Path) -> Data:
    """Files where it looks for them, which is not where the data set's own downloaders leave them; codes for labels."""
    for split in ("train", "validation", "test"):
        copytree(folder / split, folder / "images" / split)
        (folder / f"sub-{split}-annotations-bbox.csv").unlink()
    (folder / "train-images-boxable-with-rotation.csv").rename(folder / "train-images-with-rotation.csv")
    with (folder / "class-descriptions-boxable.csv").open(newline="") as file:
        names = dict(csv.reader(file))
    found = open_as("open_images", folder)
    for one in found["images"]:
        one["boxes"] = [[names[code], *sides] for code, *sides in one["boxes"]]
    return {"images": found["images"]}


def write_as(name: str, folder: Path, data: Data) -> None:
    items = [_item(one, data["labels"]) for one in data["images"]]
    labels = dm.LabelCategories.from_iterable(data["labels"])
    labels.attributes.update(name for one in data["images"] for said in one["attributes"] for name in said)
    dataset = dm.Dataset.from_iterable(items, categories={dm.AnnotationType.label: labels})
    dataset.export(str(folder), name, save_media=True)


def _item(said: Data, labels: list[str]) -> Any:
    boxes = [
        dm.Bbox(x_min, y_min, x_max - x_min, y_max - y_min, label=labels.index(label), attributes=attributes)
        for (label, x_min, y_min, x_max, y_max), attributes in zip(said["boxes"], said["attributes"], strict=True)
    ]
    whole = [dm.Label(labels.index(label)) for label in said["whole"]]
    picture = dm.Image.from_file(said["path"], size=(said["height"], said["width"]))
    return dm.DatasetItem(Path(said["name"]).stem, subset=said["split"], media=picture, annotations=[*boxes, *whole])


OPENS = (
    "coco",
    "coco_instances",
    "voc",
    "voc_detection",
    "yolo",
    "cvat",
    "tf_detection_api",
    "imagenet_with_subset_dirs",
)
WRITES = (
    "coco",
    "coco_instances",
    "voc",
    "voc_detection",
    "yolo",
    "yolo_ultralytics",
    "cvat",
    "open_images",
    "tf_detection_api",
    "imagenet_with_subset_dirs",
)

if __name__ == "__main__":
    opens = {name: partial(open_as, name) for name in OPENS}
    answer(
        opens | {"open_images": open_images},
        {name: partial(write_as, name) for name in WRITES},
    )
