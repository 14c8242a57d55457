"""LabelMe: a JSON beside each image, with shapes in pixels; image flags as its labels. X-AnyLabeling writes it too."""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from posixpath import basename

from annotations.dataset.records import ImageRecord
from annotations.formats.errors import FormatError
from annotations.formats.image_names import stem
from annotations.formats.labelme.pages import entry
from annotations.formats.labelme.writing import LISTS, NO_LABELS, losses, losses_of_labels, write
from annotations.formats.layout import Header, Layout, Parsed, Part, ReadLimits, Recognition, Unreadable
from annotations.formats.listing import Listing
from annotations.formats.texts import text_of

HEAD_BYTES = 4096
MOST_LOOKED_AT = 50
SHAPES = re.compile(rb'"shapes"\s*:\s*\[')
OTHERS = re.compile(rb'"(version|flags|imagePath|imageHeight)"\s*:')
PICTURE = re.compile(rb'"imageData"\s*:')


class LabelMe(Layout):
    def recognise(self, listing: Listing) -> Recognition:
        names = list(islice(listing.texts_ending(".json"), MOST_LOOKED_AT))
        sure = max(((_confidence(listing.head(name, HEAD_BYTES)), name) for name in names), default=(0.0, ""))
        if not sure[0]:
            return Recognition(0.0, "no JSON file has a list of shapes" if names else "there is no JSON file")
        return Recognition(sure[0], f"{sure[1]} has a list of shapes, as LabelMe writes it")

    def read(self, listing: Listing, limits: ReadLimits) -> tuple[Header, Iterator[Parsed]]:
        parse = partial(_entry, listing, limits)
        return Header(labels=_labels(listing, limits)), map(parse, listing.texts_ending(".json"))

    def write(self, header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
        return write(header, images)

    def loses(self, header: Header, image: ImageRecord) -> Iterable[str]:
        return losses(image)

    def loses_of_labels(self, header: Header) -> Iterable[str]:
        return losses_of_labels(header)


def _confidence(head: bytes) -> float:
    if SHAPES.search(head) and OTHERS.search(head):
        return 0.95
    return 0.5 if PICTURE.search(head) else 0.0


def _entry(listing: Listing, limits: ReadLimits, name: str) -> Parsed:
    try:
        return entry(listing, name, limits)
    except FormatError as error:
        return Unreadable(name, error.reason, error.line, (f"{stem(name)}.jpg",))


def _labels(listing: Listing, limits: ReadLimits) -> tuple[str, ...]:
    """From the lists that LabelMe is started with. One that can't be read tells nothing: shapes name theirs."""
    labels: dict[str, None] = {}
    for name in listing.texts_ending(*LISTS.values()):
        if basename(name) not in LISTS.values():
            continue
        try:
            text, _ = text_of(listing, name, limits.text_bytes)
        except FormatError:
            continue
        labels |= dict.fromkeys(line.strip() for line in text.split("\n"))
    return tuple(label for label in labels if label and label not in NO_LABELS)
