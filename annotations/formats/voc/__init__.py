"""Pascal VOC: an XML file beside each image, with boxes in pixels. As LabelImg and its kin write it.

Coordinates are taken as they stand, as pixels with the origin at 0: the tools that write VOC today count so. Each
XML is hostile until parsed: no DTD, no entity, no network; what it says of the image's size yields to the image.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from annotations.dataset.findings import Finding, Rule
from annotations.dataset.records import ImageRecord, Split
from annotations.formats.errors import FormatError
from annotations.formats.image_names import stem
from annotations.formats.layout import Entry, Header, Layout, Parsed, Part, ReadLimits, Recognition, Unreadable
from annotations.formats.listing import Listing
from annotations.formats.voc.label_map import NAME, LabelMap, holds, written
from annotations.formats.voc.pages import Page, parse
from annotations.formats.voc.splits import Splits
from annotations.formats.voc.writing import write

ROOT = re.compile(rb"<annotation[\s>]")
HEAD_BYTES = 4096
NOT_HELD = f"labels that {NAME} can't list: Datumaro and CVAT refuse boxes that carry them"


class Voc(Layout):
    def recognise(self, listing: Listing) -> Recognition:
        texts = list(listing.texts_ending(".xml"))
        first = next((name for name in texts if ROOT.search(listing.head(name, HEAD_BYTES))), None)
        if first is None:
            return Recognition(0.0, "no XML file has <annotation> as its root" if texts else "there is no XML file")
        files = "1 XML file" if len(texts) == 1 else f"{len(texts)} XML files"
        return Recognition(0.9, f"{files}, and {first} has <annotation> as its root")

    def read(self, listing: Listing, limits: ReadLimits) -> tuple[Header, Iterator[Parsed]]:
        label_map = LabelMap(listing, limits)
        return Header("detection", label_map.labels), chain(label_map.said, _parsed(listing, limits))

    def write(self, header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
        yield from write(images)
        yield NAME, written(header.labels)

    def loses_of_labels(self, header: Header) -> Iterable[str]:
        return (NOT_HELD for label in header.labels if not holds(label))


def _parsed(listing: Listing, limits: ReadLimits) -> Iterator[Parsed]:
    splits = Splits(listing, limits)
    yield from splits.findings
    for name in listing.texts_ending(".xml"):
        yield _entry(name, listing, limits, splits.of(name))


def _entry(name: str, listing: Listing, limits: ReadLimits, split: Split | None) -> Parsed:
    own = f"{stem(name)}.jpg"
    try:
        page = parse(listing.read(name, limits.text_bytes))
    except FormatError as error:
        return Unreadable(name, error.reason, error.line, (own,))
    names = (page.filename, own) if page.filename else (own,)
    return Entry(name, names, page.annotations, page.size, split=split, findings=tuple(_remarks(name, page)))


def _remarks(name: str, page: Page) -> Iterator[Finding]:
    """Once a file."""
    if page.others:
        tags = ", ".join(f"<{tag}>" for tag in page.others[:5])
        yield Finding(Rule.ATTRIBUTE, name, f"objects have {tags}: left out")
    if page.with_comma:
        many = len(page.with_comma)
        reason = f"{many} boxes with a decimal comma; read as decimal points"
        yield Finding(Rule.DECIMAL_COMMA, name, reason, page.with_comma[0])
