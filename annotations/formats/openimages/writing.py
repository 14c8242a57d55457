"""Writing Open Images: pictures named by their ID in a folder a split, and the CSVs of each.

Readers in Python (pandas) take an ID that is a number for one, and lose its zeros: it gets a word before it.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePosixPath

from annotations.dataset.records import AnnotationRecord, ImageRecord, Split
from annotations.formats.layout import BytesOf, Header, Part, Stream
from annotations.formats.numbers import shortest
from annotations.formats.openimages.reading import AS_NUMBER, FLAGS, FOLDERS, MACHINE
from annotations.formats.rows import csv_line
from annotations.formats.written_names import WrittenNames

JPEG = frozenset({".jpg", ".jpeg", ".jpe", ".jfif"})
WORDS = frozenset({"na", "null", "none", "true", "false"})
"""What pandas takes for something else than a text, beside numbers."""

BOXES = ("ImageID", "Source", "LabelName", "Confidence", "XMin", "XMax", "YMin", "YMax")
BOXES_FLAGS = ("IsOccluded", "IsTruncated", "IsGroupOf", "IsDepiction", "IsInside")
LABELS = ("ImageID", "Source", "LabelName", "Confidence", "ClassName")
IMAGES = (
    *("ImageID", "Subset", "OriginalURL", "OriginalLandingURL", "License", "AuthorProfileURL", "Author", "Title"),
    *("OriginalSize", "OriginalMD5", "Thumbnail300KURL", "Rotation"),
)
OF_IMAGES = {
    "train": "train-images-boxable-with-rotation.csv",
    "val": "validation-images-with-rotation.csv",
    "test": "test-images-with-rotation.csv",
}
SUB = ("id", "ClassName")

Lines = Callable[[ImageRecord, str], Iterator[tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Named:
    """Images, and the ID of each."""

    images: Iterable[ImageRecord]
    ids: list[str]


def write(header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
    names, ids = WrittenNames(), list[str]()
    for image in images:
        path = PurePosixPath(names.of(_with_a_word(image)))
        ids.append(path.stem)
        yield f"{FOLDERS[image.split]}/{path.stem}{'.jpg' if path.suffix.lower() in JPEG else path.suffix}", image
    yield "class-descriptions-boxable.csv", _class_names(header)
    for split in FOLDERS:
        yield from _tables(header, Named(images, ids), split)


def _class_names(header: Header) -> bytes:
    """Without a first line of columns, as the boxable classes are published; with it where it would be empty."""
    names = [(code_of(label), label) for label in header.labels] or [("LabelName", "DisplayName")]
    return b"".join(csv_line(*name) for name in names)


def _tables(header: Header, named: Named, split: Split) -> Iterator[Part]:
    table = partial(_table, named, split)
    folder = FOLDERS[split]
    if header.task == "classification":
        yield f"{folder}-annotations-human-imagelabels-boxable.csv", table(LABELS, _label_lines)
    else:
        columns = (*BOXES, *BOXES_FLAGS)
        yield f"{folder}-annotations-bbox.csv", table(columns, _box_lines)
        yield f"sub-{folder}-annotations-bbox.csv", table((*columns, *SUB), _sub_lines)
    yield OF_IMAGES[split], table(IMAGES, _image_lines)


def _table(named: Named, split: Split, columns: Iterable[str], lines: Lines) -> Stream:
    def pieces(_: BytesOf) -> Iterator[bytes]:
        yield csv_line(*columns)
        for image, id_ in zip(named.images, named.ids, strict=True):
            if image.split == split and image.is_labelled:
                yield b"".join(csv_line(*line) for line in lines(image, id_))

    return Stream(pieces)


def _with_a_word(image: ImageRecord) -> ImageRecord:
    stem = PurePosixPath(image.name).stem.strip(". ")
    return replace(image, name=f"{AS_NUMBER}{image.name.strip('. ')}") if _is_no_text(stem) else image


def _is_no_text(stem: str) -> bool:
    try:
        float(stem)
    except ValueError:
        return stem.lower() in WORDS
    return True


def code_of(label: str) -> str:
    """The same for a label each time; none of Open Images' own."""
    return f"/m/0box{hashlib.sha256(label.encode('utf-8', 'replace')).hexdigest()[:12]}"


def _box_lines(image: ImageRecord, id_: str) -> Iterator[tuple[str, ...]]:
    return ((id_, *_said(one), *_sides(one, image), *_flags(one)) for one in image.annotations if one.box)


def _sub_lines(image: ImageRecord, id_: str) -> Iterator[tuple[str, ...]]:
    boxed = (one for one in image.annotations if one.box)
    lines = zip(boxed, _box_lines(image, id_), strict=True)
    return ((*line, code_of(one.label), one.label) for one, line in lines)


def _label_lines(image: ImageRecord, id_: str) -> Iterator[tuple[str, ...]]:
    return ((id_, *_said(one, "verification"), one.label) for one in image.annotations)


def _image_lines(image: ImageRecord, id_: str) -> Iterator[tuple[str, ...]]:
    yield (id_, FOLDERS[image.split], *[""] * 5, image.name, str(image.size or ""), "", "", "")


def _said(one: AnnotationRecord, by_people: str = "xclick") -> tuple[str, str, str]:
    confidence = "1" if one.score is None else repr(shortest(one.score))
    return by_people if one.score is None else MACHINE, code_of(one.label), confidence


def _sides(one: AnnotationRecord, image: ImageRecord) -> tuple[str, ...]:
    box = one.box
    if box is None:
        return ()
    shares = (box.x_min / image.width, box.x_max / image.width, box.y_min / image.height, box.y_max / image.height)
    return tuple(repr(shortest(share)) for share in shares)


def _flags(one: AnnotationRecord) -> tuple[str, ...]:
    return tuple("1" if one.attributes.get(FLAGS[column.lower()]) is True else "0" for column in BOXES_FLAGS)
