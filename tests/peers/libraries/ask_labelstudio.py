"""Label Studio's converter: what its server exports, and what it imports other formats with."""

import json
from pathlib import Path
from shutil import copy
from typing import Any
from urllib.parse import unquote

from answering import Data, answer, image
from label_studio_sdk.converter import Converter
from label_studio_sdk.converter.imports.coco import convert_coco_to_ls

UPLOADS = "/data/upload/1"
"""Where its server keeps the pictures of project 1."""


def opened(folder: Path) -> Data:
    converter = Converter(str(folder / "label_config.xml"), str(folder), download_resources=False)
    items = list(converter.iter_from_json_file(str(folder / "tasks.json")))
    return {"images": [_image(item) for item in items]}


def _image(item: Data) -> Data:
    found = [one for values in item["output"].values() for one in values]
    boxes = [_box(one) for one in found if "rectanglelabels" in one]
    whole = [label for one in found for label in one.get("choices", [])]
    return image(unquote(item["input"]["image"]), item["input"].get("split"), boxes, whole)


def _box(one: Data) -> list[Any]:
    across, down = one["original_width"] / 100, one["original_height"] / 100
    x, y = one["x"] * across, one["y"] * down
    return [one["rectanglelabels"][0], x, y, x + one["width"] * across, y + one["height"] * down]


def write_tasks(folder: Path, data: Data) -> Path:
    """From COCO by its own importer: the tasks, numbered as its server numbers them, and their configuration."""
    (folder / "coco.json").write_text(json.dumps(_coco(data)))
    tasks = folder / "tasks.json"
    convert_coco_to_ls(str(folder / "coco.json"), str(tasks), image_root_url=UPLOADS)
    (folder / "coco.json").unlink()
    numbered = [{"id": number, **task} for number, task in enumerate(json.loads(tasks.read_text()), 1)]
    tasks.write_text(json.dumps(numbered))
    return tasks


def _coco(data: Data) -> Data:
    return {
        "categories": [{"id": number, "name": label} for number, label in enumerate(data["labels"])],
        "images": [
            {"id": number, "file_name": one["name"], "width": one["width"], "height": one["height"]}
            for number, one in enumerate(data["images"])
        ],
        "annotations": [
            {
                "id": 100 * number + place,
                "image_id": number,
                "category_id": data["labels"].index(label),
                "bbox": [a, b, c - a, d - b],
                "iscrowd": 0,
            }
            for number, one in enumerate(data["images"])
            for place, (label, a, b, c, d) in enumerate(one["boxes"])
        ],
    }


def convert(kind: str, folder: Path, data: Data) -> None:
    """What its server answers to "Export", with pictures where the format has a place for them."""
    source = folder.parent / f"{folder.name}-source"
    uploads = source / "1"
    uploads.mkdir(parents=True)
    for one in data["images"]:
        copy(one["path"], uploads)
    tasks = write_tasks(source, data)
    config = str(tasks.with_suffix(".label_config.xml"))
    converter = Converter(config, str(folder), upload_dir=str(source), download_resources=True)
    converter.convert(str(tasks), str(folder), kind, is_dir=False)


KINDS = ("JSON_MIN", "COCO", "VOC", "YOLO")

if __name__ == "__main__":
    writes: dict[str, Any] = {kind: (lambda folder, data, kind=kind: convert(kind, folder, data)) for kind in KINDS}
    answer({"labelstudio": opened}, {"labelstudio": write_tasks, **writes})
