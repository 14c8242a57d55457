"""Writing a project of VIA 2, which opens it beside `images/`."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from annotations.dataset.records import AnnotationRecord, ImageRecord
from annotations.formats.layout import BytesOf, Header, Part, Stream
from annotations.formats.numbers import shortest
from annotations.formats.written_names import WrittenNames

VERSION = "2.0.10"
OWN = frozenset({"label", "score"})
"""Attributes of regions that are ours."""


def write(header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
    """The project lists the images that are labelled."""

    def pieces(_: BytesOf) -> Iterator[bytes]:
        return _pieces(header, images)

    yield "via_project.json", Stream(pieces)
    for image, name in _named(images):
        yield f"images/{name}", image


def _named(images: Iterable[ImageRecord]) -> Iterator[tuple[ImageRecord, str]]:
    names = WrittenNames()
    for image in images:
        yield image, names.of(image)


def _pieces(header: Header, images: Iterable[ImageRecord]) -> Iterator[bytes]:
    core = {"buffer_size": 18, "filepath": {}, "default_filepath": "images/"}
    yield _start("{", "_via_settings") + _json({"ui": {}, "core": core, "project": {"name": header.project}})
    yield _start(",", "_via_attributes") + _json(_attributes(header, images))
    yield _start(",", "_via_data_format_version") + _json(VERSION)
    yield _start(",", "_via_img_metadata") + b"{"
    for place, (image, name) in enumerate(_labelled(images)):
        yield (b",\n" if place else b"\n") + _json(_key(image, name)) + b":" + _json(_image(image, name))
    yield b"}" + _start(",", "_via_image_id_list") + b"["
    for place, (image, name) in enumerate(_labelled(images)):
        yield (b",\n" if place else b"\n") + _json(_key(image, name))
    yield b"]}\n"


def _start(before: str, field: str) -> bytes:
    return f'{before}\n"{field}": '.encode()


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _labelled(images: Iterable[ImageRecord]) -> Iterator[tuple[ImageRecord, str]]:
    return ((image, name) for image, name in _named(images) if image.is_labelled)


def _key(image: ImageRecord, name: str) -> str:
    return f"{name}{image.size}"


def _attributes(header: Header, images: Iterable[ImageRecord]) -> dict[str, Any]:
    """The label with its options, in their order, and each attribute that occurs."""
    labels = {"type": "dropdown", "description": "", "default_options": {}}
    label = {"label": {**labels, "options": dict.fromkeys(header.labels, "")}}
    own = {"split": _text(), "group": _text()}
    if header.task == "classification":
        return {"region": {}, "file": {**label, **own}}
    found = {name: _text() for image in images for one in image.annotations for name in _region_attributes(one)}
    return {"region": {**found, **label}, "file": own}


def _text() -> dict[str, str]:
    return {"type": "text", "description": "", "default_value": ""}


def _image(image: ImageRecord, name: str) -> dict[str, Any]:
    said: dict[str, Any] = {"split": image.split} | ({"group": image.group} if image.group else {})
    whole = [one for one in image.annotations if one.box is None]
    said |= _own(whole[0]) if whole else {}
    regions = [_region(one) for one in image.annotations if one.box]
    return {"filename": name, "size": image.size, "regions": regions, "file_attributes": said}


def _region(one: AnnotationRecord) -> dict[str, Any]:
    shape: dict[str, Any] = {"name": "rect"}
    if box := one.box:
        sides = {"x": box.x_min, "y": box.y_min, "width": box.width, "height": box.height}
        shape |= {name: shortest(value) for name, value in sides.items()}
    return {"shape_attributes": shape, "region_attributes": _region_attributes(one)}


def _region_attributes(one: AnnotationRecord) -> dict[str, Any]:
    return {**{name: value for name, value in one.attributes.items() if name not in OWN}, **_own(one)}


def _own(one: AnnotationRecord) -> dict[str, Any]:
    return {"label": one.label} | ({"score": one.score} if one.score is not None else {})


def losses(image: ImageRecord) -> Iterator[str]:
    whole = [one for one in image.annotations if one.box is None]
    for one in image.annotations:
        if one.box is not None and OWN & set(one.attributes):
            yield "annotations with an attribute called label or score, which have a place of their own: it is lost"
        if one.box is None and one.attributes:
            yield "labels of whole images that lose their attributes"
    for _ in whole[1:]:
        yield "labels of whole images beside the first: VIA holds one"
