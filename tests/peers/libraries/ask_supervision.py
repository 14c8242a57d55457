"""supervision: Roboflow's loaders. Each split is a data set of its own."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import supervision as sv
from answering import Data, answer, by_split, image

SPLITS = {"train": "train", "val": "val", "test": "test"}
ROBOFLOW_SPLITS = {"train": "train", "val": "valid", "test": "test"}


def coco(folder: Path, split: str) -> Any:
    return sv.DetectionDataset.from_coco(
        str(folder / "images" / split), str(folder / f"annotations/instances_{split}.json")
    )


def yolo(folder: Path, split: str) -> Any:
    return sv.DetectionDataset.from_yolo(
        str(folder / "images" / split), str(folder / "labels" / split), str(folder / "data.yaml")
    )


def createml(folder: Path, split: str) -> Any:
    own = folder / ROBOFLOW_SPLITS[split]
    return sv.DetectionDataset.from_createml(str(own), str(own / "_annotations.createml.json"))


def labelme(folder: Path, split: str) -> Any:
    return sv.DetectionDataset.from_labelme(str(folder / split), str(folder / split))


def folders(folder: Path, split: str) -> Any:
    return sv.ClassificationDataset.from_folder_structure(str(folder / split))


def voc(folder: Path) -> Data:
    dataset = sv.DetectionDataset.from_pascal_voc(str(folder / "JPEGImages"), str(folder / "Annotations"))
    return {"images": _images(dataset, None)}


def open_splits(opened: Callable[[Path, str], Any], folder: Path) -> Data:
    there = {split: opened(folder, split) for split in SPLITS if _has(folder, split)}
    labels = next(iter(there.values())).classes
    return {"labels": labels, "images": [one for split, dataset in there.items() for one in _images(dataset, split)]}


def _has(folder: Path, split: str) -> bool:
    own = {split, ROBOFLOW_SPLITS[split]}
    return any(path.name in own and any(path.iterdir()) for path in folder.rglob("*") if path.is_dir())


def _images(dataset: Any, split: str | None) -> list[Data]:
    return [_image(dataset, path, said, split) for path, _, said in dataset]


def _image(dataset: Any, path: str, said: Any, split: str | None) -> Data:
    labels = [dataset.classes[int(number)] for number in said.class_id]
    if isinstance(said, sv.Classifications):
        return image(path, split, [], labels)
    boxes = [[label, *map(float, box)] for label, box in zip(labels, said.xyxy, strict=True)]
    return image(path, split, boxes)


def write_splits(name: str, folder: Path, data: Data) -> None:
    for split, images in by_split(data).items():
        own = folder / ROBOFLOW_SPLITS[split]
        own.mkdir(parents=True, exist_ok=True)
        WRITES[name](_dataset(images, data["labels"]), own)


def _dataset(images: list[Data], labels: list[str]) -> Any:
    paths = [one["path"] for one in images]
    return sv.DetectionDataset(labels, paths, {one["path"]: _detections(one["boxes"], labels) for one in images})


def _detections(boxes: list[Any], labels: list[str]) -> Any:
    if not boxes:
        return sv.Detections.empty()
    numbers = np.array([labels.index(label) for label, *_ in boxes])
    return sv.Detections(np.array([box for _, *box in boxes], dtype=float), class_id=numbers)


WRITES: dict[str, Callable[[Any, Path], Any]] = {
    "coco": lambda dataset, own: dataset.as_coco(str(own), str(own / "_annotations.coco.json")),
    "yolo": lambda dataset, own: dataset.as_yolo(
        str(own / "images"), str(own / "labels"), str(own.parent / "data.yaml")
    ),
    "voc": lambda dataset, own: dataset.as_pascal_voc(str(own / "images"), str(own / "annotations")),
    "createml": lambda dataset, own: dataset.as_createml(str(own), str(own / "_annotations.createml.json")),
    "labelme": lambda dataset, own: dataset.as_labelme(str(own), str(own)),
}

if __name__ == "__main__":
    each = {"coco": coco, "yolo": yolo, "createml": createml, "labelme": labelme, "folders": folders}
    opens = {name: partial(open_splits, opened) for name, opened in each.items()}
    answer({**opens, "voc": voc}, {name: partial(write_splits, name) for name in WRITES})
