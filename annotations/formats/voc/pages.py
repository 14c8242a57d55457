"""One Pascal VOC file, parsed. Each XML is hostile until parsed: no DTD, no entity, no network."""

from dataclasses import dataclass

from lxml import etree

from annotations.dataset.records import Box
from annotations.formats.sizes import Size

LONGEST_TEXT = 300
"""Characters kept of a name or a file name: no label and no file has so many, and each stands in findings."""

SIDES = ("xmin", "ymin", "xmax", "ymax")


class VocError(Exception):
    """This XML file can't be read: line and reason."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.line = reason, line


@dataclass(frozen=True, slots=True)
class RawObject:
    """One `<object>`: its name and box as they stand in the file, or why they can't be read."""

    line: int | None
    name: str
    box: Box | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One XML file, parsed. `size` is (width, height) as declared; (0, 0) where it says nothing."""

    filename: str
    size: Size
    objects: tuple[RawObject, ...]


def parse(data: bytes, most_objects: int = 5_000) -> Page:
    """Raises VocError; resolves and loads nothing."""
    root = _root(data)
    count = sum(1 for _ in root.iterchildren("object"))
    if count > most_objects:
        raise VocError(f"{count} annotations; an image may carry {most_objects}")
    filename = (root.findtext("filename") or "").strip().replace("\\", "/").rpartition("/")[2][-LONGEST_TEXT:]
    size = (_whole(root.findtext("size/width")), _whole(root.findtext("size/height")))
    return Page(filename, size, tuple(_object(node) for node in root.findall("object")))


def _root(data: bytes) -> "etree._Element":
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise VocError(f"not well-formed XML: {error.msg}", error.lineno) from error
    except ValueError as error:
        raise VocError(f"not readable as XML: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise VocError("the XML declares a document type or entities, which is refused", 1)
    if root.tag != "annotation":
        raise VocError(f"the XML's root is <{root.tag}>, not <annotation>", _line(root))
    return root


def _line(node: "etree._Element") -> int | None:
    line = node.sourceline
    return line if isinstance(line, int) else None


def _whole(text: str | None) -> int:
    try:
        return max(0, int(float(text or 0)))
    except (ValueError, OverflowError):
        return 0


def _object(node: "etree._Element") -> RawObject:
    name, line = (node.findtext("name") or "").strip()[:LONGEST_TEXT], _line(node)
    corners = node.find("bndbox")
    if not name:
        return RawObject(line, "", None, "an object without a name")
    if corners is None:
        return RawObject(line, name, None, f"{name!r} has no <bndbox>")
    try:
        box = Box(*(float(corners.findtext(side) or "") for side in SIDES))
    except ValueError:
        return RawObject(line, name, None, f"the box of {name!r} needs numbers in {', '.join(SIDES)}")
    if not (box.width > 0 and box.height > 0):
        return RawObject(line, name, None, f"the box of {name!r} has no area: {show(box)}")
    return RawObject(line, name, box)


def show(box: Box) -> str:
    return f"({box.x_min:g}, {box.y_min:g}) to ({box.x_max:g}, {box.y_max:g})"
