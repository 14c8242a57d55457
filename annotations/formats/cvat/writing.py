"""Writing CVAT for images 1.1, as CVAT imports it into a project: the labels with their attributes, then the images."""

from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree

from annotations.dataset.attributes import OCCLUDED
from annotations.dataset.records import AnnotationRecord, ImageRecord, Split
from annotations.formats.cvat.attributes import as_text, comes_back
from annotations.formats.cvat.shapes import NUMBERS
from annotations.formats.layout import BytesOf, Header, Part, Stream
from annotations.formats.numbers import shortest
from annotations.formats.written_names import WrittenNames
from annotations.formats.xml_texts import clean

Kinds = dict[str, dict[str, str]]
"""Of each label: its attributes, and CVAT's kind of input for them."""

SPLITS: tuple[Split, ...] = ("train", "val", "test")
TASKS = "".join(f"<task><name>{split}</name><subset>{split}</subset></task>\n" for split in SPLITS)
SUBSETS = f"<subsets>train\nval\ntest</subsets>\n<tasks>\n{TASKS}</tasks>\n".encode()
"""A project of CVAT has its subsets by its tasks; Datumaro looks for them there."""


def write(header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
    """Images that are not labelled come without an <image>."""

    def pieces(_: BytesOf) -> Iterator[bytes]:
        return _pieces(header, images)

    yield "annotations.xml", Stream(pieces)
    for image, name, folder in _named(images):
        yield f"images/{folder}{name}", image


def _named(images: Iterable[ImageRecord]) -> Iterator[tuple[ImageRecord, str, str]]:
    names = WrittenNames()
    for image in images:
        yield image, names.of(image), f"{image.split}/" if image.is_labelled else ""


def _pieces(header: Header, images: Iterable[ImageRecord]) -> Iterator[bytes]:
    yield b'<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n<version>1.1</version>\n<meta>\n<project>\n'
    yield _line(_text("name", header.project)) + b"<labels>\n"
    kinds = _kinds(images)
    for label in dict.fromkeys((*header.labels, *kinds)):
        yield _line(_label(label, kinds.get(label, {})))
    yield b"</labels>\n" + SUBSETS + b"</project>\n</meta>\n"
    labelled = (one for one in _named(images) if one[0].is_labelled)
    for number, (image, name, _) in enumerate(labelled):
        yield _line(_image(number, name, image))
    yield b"</annotations>\n"


def _kinds(images: Iterable[ImageRecord]) -> Kinds:
    kinds: Kinds = {}
    for one in (one for image in images if image.is_labelled for one in image.annotations):
        of_label = kinds.setdefault(one.label, {})
        for name, value in own_attributes(one).items():
            kind = "checkbox" if isinstance(value, bool) else "text"
            of_label[name] = kind if of_label.get(name, kind) == kind else "text"
    return kinds


def own_attributes(one: AnnotationRecord) -> dict[str, Any]:
    """Those without a place in the XML."""
    return {name: value for name, value in one.attributes.items() if name not in _in_xml(one)}


def _in_xml(one: AnnotationRecord) -> dict[str, str]:
    said = one.attributes
    found = {name: as_text(said[name]) for name in NUMBERS if type(said.get(name)) is int and said[name]}
    return {**found, OCCLUDED: "1"} if said.get(OCCLUDED) is True else found


def _label(label: str, kinds: dict[str, str]) -> "etree._Element":
    node = etree.Element("label")
    node.append(_text("name", label))
    attributes = etree.SubElement(node, "attributes")
    for name, kind in kinds.items():
        attribute = etree.SubElement(attributes, "attribute")
        default = "false" if kind == "checkbox" else ""
        told = {"name": name, "mutable": "False", "input_type": kind, "default_value": default, "values": default}
        attribute.extend([_text(tag, text) for tag, text in told.items()])
    return node


def _image(number: int, name: str, image: ImageRecord) -> "etree._Element":
    size = {"width": str(image.width), "height": str(image.height)}
    node = etree.Element("image", {"id": str(number), "name": name, "subset": image.split, **size})
    for one in image.annotations:
        node.append(_shape(one))
    return node


def _shape(one: AnnotationRecord) -> "etree._Element":
    told = {"label": clean(one.label), "source": "manual", **_in_xml(one)}
    node = etree.Element("tag", told)
    if one.box:
        sides = {"xtl": one.box.x_min, "ytl": one.box.y_min, "xbr": one.box.x_max, "ybr": one.box.y_max}
        corners = {side: str(shortest(value)) for side, value in sides.items()}
        node = etree.Element("box", {"occluded": "0", "z_order": "0", **told, **corners})
    for name, value in own_attributes(one).items():
        etree.SubElement(node, "attribute", {"name": clean(name)}).text = as_text(value)
    return node


def _text(tag: str, text: str) -> "etree._Element":
    node = etree.Element(tag)
    node.text = clean(text)
    return node


def _line(node: "etree._Element") -> bytes:
    data: bytes = etree.tostring(node, encoding="utf-8")
    return data + b"\n"


def losses(image: ImageRecord) -> Iterator[str]:
    for one in image.annotations:
        if not all(comes_back(value) for value in own_attributes(one).values()):
            yield "annotations with an attribute's text that looks like a number, true or false: it comes back as such"


def losses_of_labels(header: Header) -> Iterator[str]:
    for label in header.labels:
        if clean(label) != label:
            yield "labels with a character that XML can't carry: it is left out"
