"""Hugging Face's datasets: the builder `imagefolder`, offline."""

from pathlib import Path
from shutil import copy
from typing import Any

import datasets
from answering import Data, answer, by_split, image


def opened(folder: Path) -> Data:
    found = datasets.load_dataset("imagefolder", data_dir=str(folder), cache_dir=str(folder.parent / "cache"))
    return {"images": [_image(row, split, rows.features) for split, rows in found.items() for row in rows]}


def _image(row: Data, split: str, features: Any) -> Data:
    """The builder takes the column file_name for the picture itself, which keeps the path."""
    width, height = row["image"].size
    said = row.get("objects") or {"bbox": [], "categories": []}
    boxes = [[label, x, y, x + w, y + h] for label, (x, y, w, h) in zip(said["categories"], said["bbox"], strict=True)]
    label = row.get("label")
    whole = [] if label is None else [label if isinstance(label, str) else features["label"].int2str(label)]
    return {**image(row["image"].filename, split, boxes, whole), "width": width, "height": height}


def write(folder: Path, data: Data) -> None:
    """The metadata by the library's own writer of JSON Lines."""
    for split, images in by_split(data).items():
        own = folder / split
        own.mkdir()
        for one in images:
            copy(one["path"], own)
        rows = [{"file_name": one["name"], "objects": _objects(one["boxes"])} for one in images]
        datasets.Dataset.from_list(rows).to_json(str(own / "metadata.jsonl"))


def _objects(boxes: list[Any]) -> Data:
    return {"bbox": [[a, b, c - a, d - b] for _, a, b, c, d in boxes], "categories": [box[0] for box in boxes]}


if __name__ == "__main__":
    answer({"imagefolder": opened}, {"imagefolder": write})
