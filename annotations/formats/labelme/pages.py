"""One file of LabelMe: its shapes as boxes, or the flags of its image as labels."""

from collections.abc import Iterator
from posixpath import dirname, join, normpath
from typing import Any

from annotations.dataset.findings import Rule
from annotations.dataset.records import Split
from annotations.formats.errors import FormatError
from annotations.formats.image_names import stem
from annotations.formats.json_stream import shown
from annotations.formats.labelme.files import parsed, read_without_picture
from annotations.formats.labelme.shapes import annotation
from annotations.formats.layout import Entry, RawAnnotation, ReadLimits, Size
from annotations.formats.listing import Listing
from annotations.formats.notes import Notes
from annotations.formats.splits import split_named


def entry(listing: Listing, name: str, limits: ReadLimits) -> Entry:
    """Raises FormatError."""
    data, picture = read_without_picture(listing, name, limits.text_bytes)
    document, encoding = parsed(data, name)
    shapes = document.get("shapes")
    if not isinstance(shapes, list):
        raise FormatError('no file of LabelMe: it has no list "shapes"', file=name)
    names, notes = _names(name, document.get("imagePath")), Notes(name)
    found = tuple(annotation(shape, f"shapes[{number}]", notes) for number, shape in enumerate(shapes))
    labels = tuple(_labels(document, notes, is_whole=not shapes))
    findings = (*((encoding,) if encoding else ()), *notes.findings())
    size, split = _size(document), _split(name)
    return Entry(name, names, found + labels, size, split=split, findings=findings, picture=picture)


def _names(file: str, path: Any) -> tuple[str, ...]:
    """As the file names it, from the file's folder; else as the file is called."""
    own = f"{stem(file)}.jpg"
    if not isinstance(path, str) or not path.strip():
        return (own,)
    path = path.replace("\\", "/")
    return path, normpath(join(dirname(file), path)), own


def _size(document: dict[str, Any]) -> Size | None:
    width: Any = document.get("imageWidth")
    height: Any = document.get("imageHeight")
    if width is None and height is None:
        return None
    return (width, height) if _is_side(width) and _is_side(height) else (0, 0)


def _is_side(value: Any) -> bool:
    return type(value) is int and 0 < value < 2**31


def _split(file: str) -> Split | None:
    """By the nearest folder that is called like one."""
    found = map(split_named, reversed(dirname(file).split("/")))
    return next((split for split in found if split), None)


def _labels(document: dict[str, Any], notes: Notes, *, is_whole: bool) -> Iterator[RawAnnotation]:
    """Flags that are set. Beside shapes they are no labels."""
    flags, scores = document.get("flags"), document.get("scores")
    if flags and not isinstance(flags, dict):
        notes.add(Rule.ATTRIBUTE, f"the flags of the image are not taken: {shown(flags)}")
        return
    for name in (name for name, value in (flags or {}).items() if value is True):
        if is_whole:
            yield RawAnnotation(name, score=scores.get(name) if isinstance(scores, dict) else None)
        else:
            notes.add(Rule.ATTRIBUTE, f"the flag {name[:60]!r} of the image is not taken, as it has shapes")
