"""CVAT for images 1.1: one XML with an <image> for each, boxes in pixels; `annotations.xml` beside `images/`.

As CVAT writes it of a task, a project or a job. Tracks, as "CVAT for video 1.1" has them, are refused.
"""

import re
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from functools import partial

from lxml import etree

from annotations.dataset.records import ImageRecord
from annotations.formats.cvat.shapes import entry
from annotations.formats.cvat.writing import losses, losses_of_labels, write
from annotations.formats.each_file import each_file
from annotations.formats.errors import FormatError
from annotations.formats.image_names import stem
from annotations.formats.layout import Header, Layout, Parsed, Part, ReadLimits, Recognition
from annotations.formats.listing import Listing
from annotations.formats.paths import split_above
from annotations.formats.splits import split_named
from annotations.formats.xml_texts import elements, line_of

HEAD_BYTES = 4096
ROOT = re.compile(rb"<annotations[\s>]")
OWN = re.compile(rb"<(version>1\.1|meta>|image\s|track\s)")
VIDEO = 'video tracks are not read; export the task from CVAT as "CVAT for images 1.1"'


class Cvat(Layout):
    def recognise(self, listing: Listing) -> Recognition:
        names = list(listing.texts_ending(".xml"))
        for name in names:
            head = listing.head(name, HEAD_BYTES)
            if ROOT.search(head):
                sure = 1.0 if OWN.search(head) else 0.4
                return Recognition(sure, f"{name} has <annotations> as its root, as CVAT writes it")
        return Recognition(0.0, "no XML file has <annotations> as its root" if names else "there is no XML file")

    def read(self, listing: Listing, limits: ReadLimits) -> tuple[Header, Iterator[Parsed]]:
        names = tuple(listing.texts_ending(".xml"))
        labels = dict.fromkeys(label for name in names for label in _labels(listing, name, limits))
        return Header(labels=tuple(labels)), each_file(names, partial(_entries, listing, limits))

    def write(self, header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
        return write(header, images)

    def loses(self, header: Header, image: ImageRecord) -> Iterable[str]:
        return losses(image)

    def loses_of_labels(self, header: Header) -> Iterable[str]:
        return losses_of_labels(header)


def _elements(listing: Listing, name: str, limits: ReadLimits) -> "Generator[etree._Element]":
    return elements(listing, name, "annotations", ("label", "subset", "image", "track"), limits.text_bytes)


def _labels(listing: Listing, name: str, limits: ReadLimits) -> list[str]:
    """In the order of <meta>. A file that can't be read has none here: its entries tell why."""
    labels: list[str] = []
    try:
        with closing(_elements(listing, name, limits)) as found:
            for node in found:
                if node.tag in {"image", "track"}:
                    break
                label = (node.findtext("name") or "").strip()
                if node.tag == "label" and label and node.find("parent") is None:
                    labels.append(label)
                if len(labels) > limits.labels:
                    break
    except FormatError:
        return []
    return labels


def _entries(listing: Listing, limits: ReadLimits, name: str) -> Iterator[Parsed]:
    subset = stem(name) if split_named(stem(name)) else split_above(name) or ""
    for node in _elements(listing, name, limits):
        if node.tag == "track":
            raise FormatError(VIDEO, line_of(node), name)
        if node.tag == "subset" and _is_of_the_task(node):
            subset = (node.text or "").strip()
        if node.tag == "image":
            yield entry(node, name, subset)


def _is_of_the_task(node: "etree._Element") -> bool:
    """An export of one task names its subset once for all images; one of a project has those of its tasks in a list."""
    task = node.getparent()
    above = task.getparent() if task is not None else None
    return above is not None and above.tag == "meta"
