"""FiftyOne, with a MongoDB in the folder that it takes for its home."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import mongo
from answering import Data, answer, by_split, image

mongo.start(Path.home() / "database")
import fiftyone as fo  # noqa: E402 (it reads the environment when it is imported)

FIELD = "ground_truth"
OPENS: dict[str, Callable[[Path, str], dict[str, Any]]] = {
    "COCODetectionDataset": lambda folder, split: {
        "data_path": str(folder / "images" / split),
        "labels_path": str(folder / f"annotations/instances_{split}.json"),
        "include_id": False,
    },
    "YOLOv5Dataset": lambda folder, split: {
        "dataset_dir": str(folder),
        "yaml_path": "data.yaml",
        "split": split,
        "include_all_data": True,
    },
    "YOLOv4Dataset": lambda folder, split: {
        "dataset_dir": str(folder),
        "images_path": f"data/{'valid' if split == 'val' else split}.txt",
        "objects_path": "data/obj.names",
    },
    "TFObjectDetectionDataset": lambda folder, split: {
        "dataset_dir": str(folder),
        "tf_records_path": f"{split}*record*",
        "images_dir": str(folder / "pictures" / split),
    },
    "ImageClassificationDirectoryTree": lambda folder, split: {"dataset_dir": str(folder / split)},
}
WHOLE: dict[str, Callable[[Path], dict[str, Any]]] = {
    "VOCDetectionDataset": lambda folder: {
        "data_path": str(folder / "JPEGImages"),
        "labels_path": str(folder / "Annotations"),
    },
    "CVATImageDataset": lambda folder: {
        "data_path": str(folder / "images"),
        "labels_path": str(folder / "annotations.xml"),
    },
}
WRITES = (
    "COCODetectionDataset",
    "VOCDetectionDataset",
    "YOLOv4Dataset",
    "CVATImageDataset",
    "TFObjectDetectionDataset",
    "ImageClassificationDirectoryTree",
)


def open_splits(name: str, folder: Path) -> Data:
    splits = [split for split in ("train", "val", "test") if any(folder.rglob(f"*{split}*"))]
    return {"images": [one for split in splits for one in _opened(name, OPENS[name](folder, split), split)]}


def open_whole(name: str, folder: Path) -> Data:
    return {"images": _opened(name, WHOLE[name](folder), None)}


def _opened(name: str, options: dict[str, Any], split: str | None) -> list[Data]:
    dataset = fo.Dataset.from_dir(dataset_type=getattr(fo.types, name), label_field=FIELD, **options)
    dataset.compute_metadata()
    return [_image(sample, split) for sample in dataset]


def _image(sample: Any, split: str | None) -> Data:
    width, height = sample.metadata.width, sample.metadata.height
    said = next((sample[name] for name in (FIELD, f"{FIELD}_detections", "detections") if sample.has_field(name)), None)
    whole = [said.label] if isinstance(said, fo.Classification) else []
    boxes = [_box(one, width, height) for one in said.detections] if isinstance(said, fo.Detections) else []
    return {**image(sample.filepath, split, boxes, whole), "width": width, "height": height}


def _box(one: Any, width: int, height: int) -> list[Any]:
    x, y, w, h = one.bounding_box
    return [one.label, x * width, y * height, (x + w) * width, (y + h) * height]


def write_splits(name: str, folder: Path, data: Data) -> None:
    for split, images in by_split(data).items():
        _dataset(images).export(
            export_dir=str(folder / split),
            dataset_type=getattr(fo.types, name),
            label_field=FIELD,
            **({} if name in CLASSLESS else {"classes": data["labels"]}),
        )


def write_yolov5(folder: Path, data: Data) -> None:
    for split, images in by_split(data).items():
        _dataset(images).export(
            export_dir=str(folder),
            dataset_type=fo.types.YOLOv5Dataset,
            label_field=FIELD,
            split=split,
            classes=data["labels"],
        )


CLASSLESS = ("VOCDetectionDataset", "CVATImageDataset", "ImageClassificationDirectoryTree")


def _dataset(images: list[Data]) -> Any:
    dataset = fo.Dataset()
    dataset.add_samples([_sample(one) for one in images])
    dataset.compute_metadata()
    return dataset


def _sample(said: Data) -> Any:
    sample = fo.Sample(filepath=said["path"])
    if said["whole"]:
        sample[FIELD] = fo.Classification(label=said["whole"][0])
    else:
        sample[FIELD] = fo.Detections(detections=[_detection(one, said) for one in said["boxes"]])
    return sample


def _detection(box: list[Any], said: Data) -> Any:
    label, x_min, y_min, x_max, y_max = box
    width, height = said["width"], said["height"]
    return fo.Detection(
        label=label, bounding_box=[x_min / width, y_min / height, (x_max - x_min) / width, (y_max - y_min) / height]
    )


if __name__ == "__main__":
    opens = {name: partial(open_splits, name) for name in OPENS} | {name: partial(open_whole, name) for name in WHOLE}
    answer(opens, {name: partial(write_splits, name) for name in WRITES} | {"YOLOv5Dataset": write_yolov5})
