"""VGG Image Annotator 1 and 2: a project, its region data as JSON, or its CSV with JSON inside; shapes in pixels."""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice

from annotations.dataset.records import ImageRecord
from annotations.formats.each_file import each_file
from annotations.formats.layout import Header, Layout, Parsed, Part, ReadLimits, Recognition
from annotations.formats.listing import Listing
from annotations.formats.via.entries import entries
from annotations.formats.via.projects import labels_in
from annotations.formats.via.writing import losses, write

HEAD_BYTES = 2**14
MOST_LOOKED_AT = 50
PROJECT = re.compile(rb'"_via_(settings|img_metadata|attributes)"\s*:')
IMAGES = re.compile(rb'"(file_attributes|shape_attributes|region_attributes)"\s*:')
TABLE = re.compile(rb"\s*#?filename,file_size,file_attributes,region_count")
THIRD = re.compile(rb'"(vid_list|pname)"\s*:|CSV_HEADER = metadata_id')


class Via(Layout):
    def recognise(self, listing: Listing) -> Recognition:
        names = list(islice(listing.texts_ending(".json", ".csv"), MOST_LOOKED_AT))
        sure = max(((_confidence(listing.head(name, HEAD_BYTES)), name) for name in names), default=(0.0, ""))
        if not sure[0]:
            reason = "no JSON or CSV file has regions of images" if names else "there is no JSON or CSV file"
            return Recognition(0.0, reason)
        return Recognition(sure[0], f"{sure[1]} is of the VGG Image Annotator")

    def read(self, listing: Listing, limits: ReadLimits) -> tuple[Header, Iterator[Parsed]]:
        names = tuple(listing.texts_ending(".json", ".csv"))
        labels = dict.fromkeys(label for name in names for label in labels_in(listing, name, limits))
        return Header(labels=tuple(labels)), each_file(names, partial(entries, listing, limits))

    def write(self, header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
        return write(header, images)

    def loses(self, header: Header, image: ImageRecord) -> Iterable[str]:
        return losses(image)


def _confidence(head: bytes) -> float:
    text = head.removeprefix(b"\xef\xbb\xbf")
    if TABLE.match(text) or PROJECT.search(text):
        return 1.0
    if IMAGES.search(text) and b'"regions"' in text:
        return 0.95
    return 0.8 if THIRD.search(text) else 0.0
