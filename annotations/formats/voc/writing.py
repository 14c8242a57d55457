"""Writing Pascal VOC: Annotations/, JPEGImages/ and the lists of each split in ImageSets/Main/."""

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from lxml import etree

from annotations.dataset.attributes import POSE
from annotations.dataset.records import AnnotationRecord, ImageRecord, Split
from annotations.formats.layout import Part
from annotations.formats.voc.pages import FLAGS, NO_POSE
from annotations.formats.written_names import WrittenNames
from annotations.formats.xml_texts import clean

LISTS = "ImageSets/Main"
SPLITS: tuple[Split, ...] = ("train", "val", "test")


def write(images: Iterable[ImageRecord]) -> Iterator[Part]:
    """Images that are not labelled come without an XML; a labelled one without boxes has an XML without objects."""
    names = WrittenNames()
    lists: dict[Split, list[str]] = {split: [] for split in SPLITS}
    for image in images:
        name = names.of(image)
        yield f"JPEGImages/{name}", image
        if image.is_labelled:
            stem = PurePosixPath(name).stem
            lists[image.split].append(stem)
            yield f"Annotations/{stem}.xml", to_xml(image, name)
    for split, stems in lists.items():
        yield f"{LISTS}/{split}.txt", "".join(f"{stem}\n" for stem in stems).encode()


def to_xml(image: ImageRecord, name: str) -> bytes:
    root = etree.Element("annotation")
    _texts(root, folder="JPEGImages", filename=name)
    _texts(etree.SubElement(root, "size"), width=str(image.width), height=str(image.height), depth="3")
    _texts(root, segmented="0")
    for annotation in image.annotations:
        _object(root, annotation)
    text: bytes = etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8")
    return text


def _object(root: "etree._Element", annotation: AnnotationRecord) -> None:
    if annotation.box is None:
        return
    node = etree.SubElement(root, "object")
    said = annotation.attributes
    _texts(node, name=clean(annotation.label), pose=clean(str(said.get(POSE) or NO_POSE)))
    _texts(node, **{name: "1" if said.get(name) is True else "0" for name in FLAGS})
    box = annotation.box
    corners = {"xmin": box.x_min, "ymin": box.y_min, "xmax": box.x_max, "ymax": box.y_max}
    _texts(etree.SubElement(node, "bndbox"), **{side: _number(value) for side, value in corners.items()})


def _texts(parent: "etree._Element", **children: str) -> None:
    for tag, text in children.items():
        etree.SubElement(parent, tag).text = text


def _number(value: float) -> str:
    """Whole pixels as such; anything else so that reading gives the same float."""
    return str(int(value)) if value == int(value) else repr(value)
