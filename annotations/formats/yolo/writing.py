"""Writing YOLO: as Ultralytics trains on it where it is unpacked, and as darknet does."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

import yaml

from annotations.dataset.records import Box, ImageRecord, Split
from annotations.formats.layout import Header, Part
from annotations.formats.written_names import WrittenNames

SPLITS: tuple[Split, ...] = ("train", "val", "test")


def write(header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
    """images/<split>/ and labels/<split>/, and data.yaml; those that are not labelled are in no split."""
    names, numbers = WrittenNames(), _numbers(header)
    used: set[Split] = set()
    for image in images:
        name = names.of(image)
        if image.is_labelled:
            used.add(image.split)
            yield f"images/{image.split}/{name}", image
            yield f"labels/{image.split}/{_stem(name)}.txt", to_text(image, numbers)
        else:
            yield f"images/unlabelled/{name}", image
    yield "data.yaml", _description(header, used)


def _description(header: Header, used: set[Split]) -> bytes:
    """Ultralytics wants `train` and `val`: the one stands in for the other where that has no images."""
    wanted: set[Split] = used | {"train", "val"} if used else set()
    first = next((split for split in SPLITS if split in used), "train")
    said: dict[str, object] = {
        split: f"images/{split if split in used else first}" for split in SPLITS if split in wanted
    }
    said |= {"nc": len(header.labels), "names": dict(enumerate(header.labels))}
    return yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=2**20).encode()


def write_darknet(header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
    """A folder "data", as lists name images from the folder around it: there darknet is started."""
    names, numbers = WrittenNames(), _numbers(header)
    lists: dict[Split, list[str]] = {split: [] for split in SPLITS}
    for image in images:
        name = names.of(image)
        folder = f"data/obj_{image.split}_data" if image.is_labelled else "data/unlabelled"
        yield f"{folder}/{name}", image
        if image.is_labelled:
            lists[image.split].append(f"{folder}/{name}\n")
            yield f"{folder}/{_stem(name)}.txt", to_text(image, numbers)
    files = {"train": "train.txt", "val": "valid.txt", "test": "test.txt"}
    for split, lines in lists.items():
        yield f"data/{files[split]}", "".join(lines).encode()
    yield "data/obj.names", "".join(f"{label}\n" for label in header.labels).encode()
    settings = {"classes": str(len(header.labels)), "train": "data/train.txt", "valid": "data/valid.txt"}
    settings |= {"test": "data/test.txt", "names": "data/obj.names", "backup": "backup/"}
    yield "data/obj.data", "".join(f"{key} = {value}\n" for key, value in settings.items()).encode()


def _numbers(header: Header) -> dict[str, int]:
    return {label: number for number, label in enumerate(header.labels)}


def _stem(name: str) -> str:
    return PurePosixPath(name).stem


def to_text(image: ImageRecord, numbers: Mapping[str, int]) -> bytes:
    """A line a box; nothing for an image that was looked at and carries nothing."""
    boxes = ((numbers[one.label], one.box) for one in image.annotations if one.box)
    return "".join(f"{number} {_shares(box, image)}\n" for number, box in boxes).encode()


def _shares(box: Box, image: ImageRecord) -> str:
    x, y = (box.x_min + box.x_max) / 2 / image.width, (box.y_min + box.y_max) / 2 / image.height
    return " ".join(repr(value) for value in (x, y, box.width / image.width, box.height / image.height))
