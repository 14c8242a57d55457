"""YOLO: a text beside or mirroring each image, a line a box. As Ultralytics, darknet, labelImg and their kin write it.

One reader for all: whatever names the classes and the splits counts. An image with an empty text was looked at and
carries nothing; one without a text was not.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from posixpath import basename

from annotations.dataset.findings import Finding, Rule
from annotations.dataset.records import ImageRecord
from annotations.formats.errors import FormatError
from annotations.formats.layout import Entry, Header, Layout, Parsed, Part, ReadLimits, Recognition, Unreadable
from annotations.formats.listing import Listing
from annotations.formats.paths import mirrored
from annotations.formats.texts import text_of
from annotations.formats.yolo import writing
from annotations.formats.yolo.descriptions import (
    Description,
    Names,
    data_files,
    descriptions,
    lists_of_names,
    yaml_files,
)
from annotations.formats.yolo.images import Images, LabelFiles, Splits, has_boxes
from annotations.formats.yolo.lines import Lines

LOOKED_AT = 50
"""Label files, at most, to recognise the format by."""


class Yolo(Layout):
    def recognise(self, listing: Listing) -> Recognition:
        if files := yaml_files(listing):
            return Recognition(0.95, f"{files[0]} names classes")
        if data_files(listing):
            return Recognition(0.4, f"{data_files(listing)[0]} is of darknet")
        text = _first_with_boxes(listing)
        if text is None:
            return Recognition(0.0, 'there is no data.yaml, and no text with lines of "class x y width height"')
        if lists := lists_of_names(listing):
            return Recognition(0.9, f"{lists[0]} names classes, and {text} has lines of numbers")
        sure = 0.7 if mirrored(text) or Images(listing).of(text) else 0.5
        return Recognition(sure, f"{text} has lines of a class and four numbers")

    def read(self, listing: Listing, limits: ReadLimits) -> tuple[Header, Iterator[Parsed]]:
        found = descriptions(listing, limits)
        names = Names(found)
        return Header("detection", names.labels), _parsed(listing, limits, names, found)

    def write(self, header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
        return writing.write(header, images)


class Darknet(Yolo):
    def recognise(self, listing: Listing) -> Recognition:
        if not (files := data_files(listing)):
            return Recognition(0.0, "there is no .data file that names lists")
        if yaml_files(listing):
            return Recognition(0.4, f"{files[0]} is of darknet, and there is a data.yaml of Ultralytics")
        return Recognition(0.95, f"{files[0]} names classes and lists of images")

    def write(self, header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
        return writing.write_darknet(header, images)


def _first_with_boxes(listing: Listing) -> str | None:
    texts = islice(listing.texts_ending(".txt"), LOOKED_AT)
    return next((name for name in texts if has_boxes(listing, name)), None)


def _parsed(listing: Listing, limits: ReadLimits, names: Names, found: list[Description]) -> Iterator[Parsed]:
    images = Images(listing)
    splits = Splits(listing, images, found[0] if found else None, limits)
    yield from splits.findings
    others = frozenset(splits.lists) | {one.source for one in found}
    yield from names.doubles
    is_named = bool(found)
    for name in LabelFiles(listing, images, others):
        if not is_named:
            reason = 'nothing names the classes (data.yaml, obj.names, classes.txt); they are called "class 0" etc.'
            yield Finding(Rule.NO_NAMES, name, reason)
            is_named = True
        yield from _entries(name, listing, limits, names.of(name), images, splits)


def _entries(
    name: str, listing: Listing, limits: ReadLimits, description: Description | None, images: Images, splits: Splits
) -> Iterator[Parsed]:
    found = images.of(name) or (images.expected(name),)
    try:
        text, finding = text_of(listing, name, limits.text_bytes)
    except FormatError as error:
        yield from (Unreadable(name, error.reason, error.line, (image,)) for image in found)
        return
    lines = Lines(name, text, description)
    annotations = tuple(lines.annotations())
    findings = (*([finding] if finding else []), *lines.findings())
    for image in found:
        yield Entry(name, (image, basename(image)), annotations, None, "shares", splits.of(image), findings=findings)
