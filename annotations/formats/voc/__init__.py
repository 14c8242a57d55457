"""Pascal VOC: an XML file beside each image, with boxes in pixels. As LabelImg and its kin write it.

Coordinates are taken as they stand, as pixels with the origin at 0: the tools that write VOC today count so. Each
XML is hostile until parsed: no DTD, no entity, no network; what it says of the image's size yields to the image.
"""

import re
from collections.abc import Iterable, Iterator
from posixpath import dirname

from annotations.dataset.records import ImageRecord, Split
from annotations.formats.errors import FormatError
from annotations.formats.image_names import stem
from annotations.formats.layout import Entry, Header, Layout, Parsed, Part, ReadLimits, Recognition, Unreadable
from annotations.formats.listing import Listing
from annotations.formats.voc.pages import parse
from annotations.formats.voc.writing import LISTS, SPLITS, write

ROOT = re.compile(rb"<annotation[\s>]")
HEAD_BYTES = 4096

Splits = dict[tuple[str, str], Split]
"""By the folder of a list, which holds "ImageSets", and the stem of an image."""


class Voc(Layout):
    def recognise(self, listing: Listing) -> Recognition:
        texts = list(listing.texts_ending(".xml"))
        first = next((name for name in texts if ROOT.search(listing.head(name, HEAD_BYTES))), None)
        if first is None:
            return Recognition(0.0, "no XML file has <annotation> as its root" if texts else "there is no XML file")
        files = "1 XML file" if len(texts) == 1 else f"{len(texts)} XML files"
        return Recognition(0.9, f"{files}, and {first} has <annotation> as its root")

    def read(self, listing: Listing, limits: ReadLimits) -> tuple[Header, Iterator[Parsed]]:
        splits = _splits(listing, limits)
        pages = (_entry(name, listing, limits, splits) for name in listing.texts_ending(".xml"))
        return Header("detection"), pages

    def write(self, header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
        return write(images)


def _entry(name: str, listing: Listing, limits: ReadLimits, splits: Splits) -> Parsed:
    own = f"{stem(name)}.jpg"
    try:
        page = parse(listing.read(name, limits.text_bytes))
    except FormatError as error:
        return Unreadable(name, error.reason, error.line, (own,))
    names = (page.filename, own) if page.filename else (own,)
    split = splits.get((dirname(dirname(name)), stem(name)))
    return Entry(name, names, page.annotations, page.size, split=split)


def _splits(listing: Listing, limits: ReadLimits) -> Splits:
    """From `ImageSets/Main/train.txt` and its siblings. A list that can't be read tells nothing."""
    splits: Splits = {}
    for split in SPLITS:
        for name in listing.texts_ending(f"{LISTS}/{split}.txt".lower()):
            try:
                lines = listing.read(name, limits.text_bytes).decode(errors="replace").splitlines()
            except FormatError:
                continue
            splits |= {(dirname(dirname(dirname(name))), line.strip()): split for line in lines}
            if len(splits) > len(listing.images):
                return {}  # these are no lists of images
    return splits
