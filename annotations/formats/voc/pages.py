"""One Pascal VOC file, parsed. Each XML is hostile until parsed: no DTD, no entity, no network."""

from dataclasses import dataclass

from lxml import etree

from annotations.dataset.attributes import DIFFICULT, OCCLUDED, POSE, TRUNCATED
from annotations.dataset.records import NO_ATTRIBUTES, Attributes, Box
from annotations.formats.errors import FormatError
from annotations.formats.layout import RawAnnotation, Size
from annotations.formats.numbers import has_comma, number

LONGEST_NAME = 300
"""Characters kept of a file name: no file has so many, and it stands in findings."""

FLAGS = (TRUNCATED, DIFFICULT, OCCLUDED)
NO_POSE = "Unspecified"
SIDES = ("xmin", "ymin", "xmax", "ymax")

KNOWN = frozenset({"name", "bndbox", "pose", *FLAGS})


@dataclass(frozen=True, slots=True)
class Page:
    """One XML file, parsed. `size` is (width, height) as declared; (0, 0) where it says nothing."""

    filename: str
    size: Size
    annotations: tuple[RawAnnotation, ...]
    others: tuple[str, ...] = ()
    """What else objects have."""
    with_comma: tuple[int | None, ...] = ()
    """Lines of boxes whose numbers have a decimal comma."""


def parse(data: bytes) -> Page:
    """Raises FormatError; resolves and loads nothing."""
    root = _root(data)
    filename = (root.findtext("filename") or "").strip().replace("\\", "/").rpartition("/")[2][-LONGEST_NAME:]
    size = (_whole(root.findtext("size/width")), _whole(root.findtext("size/height")))
    nodes = root.findall("object")
    others = sorted({child.tag[:40] for node in nodes for child in node if _is_other(child)})
    commas = (_line(node) for node in nodes if any(has_comma(node.findtext(f"bndbox/{side}")) for side in SIDES))
    return Page(filename, size, tuple(map(_annotation, nodes)), tuple(others), tuple(commas))


def _is_other(child: "etree._Element") -> bool:
    return isinstance(child.tag, str) and child.tag not in KNOWN


def _root(data: bytes) -> "etree._Element":
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise FormatError(f"not well-formed XML: {error.msg}", error.lineno) from error
    except ValueError as error:
        raise FormatError(f"not readable as XML: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise FormatError("the XML declares a document type or entities, which is refused", 1)
    if root.tag != "annotation":
        raise FormatError(f"the XML's root is <{root.tag}>, not <annotation>", _line(root))
    return root


def _line(node: "etree._Element") -> int | None:
    line = node.sourceline
    return line if isinstance(line, int) else None


def _whole(text: str | None) -> int:
    try:
        return max(0, int(float(text or 0)))
    except (ValueError, OverflowError):
        return 0


def _annotation(node: "etree._Element") -> RawAnnotation:
    name, line = (node.findtext("name") or "").strip(), _line(node)
    corners = node.find("bndbox")
    if not name:
        return RawAnnotation("", line=line, problem="an object without a name")
    if corners is None:
        return RawAnnotation(name, line=line, problem=f"{name!r} has no <bndbox>")
    try:
        box = Box(*(number(corners.findtext(side) or "") for side in SIDES))
    except ValueError:
        return RawAnnotation(name, line=line, problem=f"the box of {name!r} needs numbers in {', '.join(SIDES)}")
    return RawAnnotation(name, box, line, attributes=_attributes(node))


def _attributes(node: "etree._Element") -> Attributes:
    """Flags that are set, and the pose where there is one."""
    found: dict[str, bool | float | str] = {name: True for name in FLAGS if (node.findtext(name) or "").strip() == "1"}
    pose = (node.findtext("pose") or "").strip()
    if pose not in {"", NO_POSE}:
        found[POSE] = pose
    return found or NO_ATTRIBUTES
