"""Writing Label Studio: `tasks.json`, which it imports, with its images as files that it serves from a local storage.

The storage's root is the folder in which `images/` lies; `label_config.xml` is the project's labelling interface.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from lxml import etree

from annotations.dataset.records import AnnotationRecord, Box, ImageRecord
from annotations.formats.layout import BytesOf, Header, Part, Stream
from annotations.formats.numbers import shortest
from annotations.formats.written_names import WrittenNames
from annotations.formats.xml_texts import clean

CONFIG = "label_config.xml"
ADDRESS = "/data/local-files/?d="


def write(header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
    """A task of an image that is not labelled has no annotation; one without anything on it has an empty one."""

    def pieces(_: BytesOf) -> Iterator[bytes]:
        return _pieces(images)

    yield CONFIG, _config(header)
    yield "tasks.json", Stream(pieces)
    for image, name in _named(images):
        yield f"images/{name}", image


def _named(images: Iterable[ImageRecord]) -> Iterator[tuple[ImageRecord, str]]:
    names = WrittenNames()
    for image in images:
        yield image, names.of(image)


def _pieces(images: Iterable[ImageRecord]) -> Iterator[bytes]:
    yield b"["
    for number, (image, name) in enumerate(_named(images), 1):
        yield b"\n" if number == 1 else b",\n"
        yield json.dumps(_task(number, name, image)).encode()
    yield b"\n]\n"


def _task(number: int, name: str, image: ImageRecord) -> dict[str, Any]:
    data = {"image": ADDRESS + quote(f"images/{name}")}
    data |= {"group": image.group} if image.group else {}
    task: dict[str, Any] = {"id": number, "data": data, "annotations": [], "predictions": []}
    if image.is_labelled:
        data["split"] = image.split
        results = [_result(f"{number}-{place}", one, image) for place, one in enumerate(image.annotations, 1)]
        task["annotations"] = [{"id": number, "was_cancelled": False, "ground_truth": False, "result": results}]
    return task


def _result(key: str, one: AnnotationRecord, image: ImageRecord) -> dict[str, Any]:
    result: dict[str, Any] = {"id": key, "to_name": "image", "source": "$image", "origin": "manual"}
    result |= {"original_width": image.width, "original_height": image.height, "image_rotation": 0}
    if one.box:
        value = {**_percent(one.box, image), "rotation": 0, "rectanglelabels": [one.label]}
        result |= {"type": "rectanglelabels", "from_name": "label", "value": value}
    else:
        result |= {"type": "choices", "from_name": "choice", "value": {"choices": [one.label]}}
    result |= {"score": one.score} if one.score is not None else {}
    return result | ({"meta": dict(one.attributes)} if one.attributes else {})


def _percent(box: Box, image: ImageRecord) -> dict[str, float]:
    across, down = 100 / image.width, 100 / image.height
    sides = {"x": box.x_min * across, "y": box.y_min * down, "width": box.width * across, "height": box.height * down}
    return {name: shortest(value) for name, value in sides.items()}


def _config(header: Header) -> bytes:
    view = etree.Element("View")
    etree.SubElement(view, "Image", {"name": "image", "value": "$image"})
    outer, inner = ("Choices", "Choice") if header.task == "classification" else ("RectangleLabels", "Label")
    name = "choice" if header.task == "classification" else "label"
    control = etree.SubElement(view, outer, {"name": name, "toName": "image"})
    for label in header.labels:
        etree.SubElement(control, inner, {"value": clean(label)})
    text: bytes = etree.tostring(view, pretty_print=True, encoding="utf-8")
    return text


def losses_of_labels(header: Header) -> Iterator[str]:
    for label in header.labels:
        if clean(label) != label:
            yield "labels with a character that XML can't carry: the labelling interface lacks it"
