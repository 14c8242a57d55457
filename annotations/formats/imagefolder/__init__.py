"""Hugging Face's ImageFolder: `metadata.jsonl` or `metadata.csv` beside the images, a line an image.

Objects are lists that go together, {"bbox": [[x, y, width, height], …], "categories": […]}, or a list of objects; a
label of the whole image is `label`. Folders train, validation and test are splits.
"""

from collections.abc import Iterable, Iterator
from posixpath import basename, dirname

from annotations.dataset.findings import Finding, Rule
from annotations.dataset.records import ImageRecord, Task
from annotations.formats.imagefolder.rows import Row, said_of
from annotations.formats.imagefolder.tables import rows_of
from annotations.formats.imagefolder.writing import write
from annotations.formats.layout import Entry, Header, Layout, Parsed, Part, ReadLimits, Recognition, Unreadable
from annotations.formats.listing import Listing
from annotations.formats.paths import split_above

NAMES = ("metadata.jsonl", "metadata.csv")
HEAD_BYTES = 2**14
KEYS = (b"objects", b"label")


class ImageFolder(Layout):
    def recognise(self, listing: Listing) -> Recognition:
        files = tables(listing)
        if not files:
            return Recognition(0.0, "there is no metadata.jsonl or metadata.csv")
        for name in files:
            head = listing.head(name, HEAD_BYTES)
            if b"file_name" in head and any(key in head for key in KEYS):
                return Recognition(0.95, f"{name} has file_name and what is on each image")
        return Recognition(0.0, f"{files[0]} names no images, or nothing that is on them")

    def read(self, listing: Listing, limits: ReadLimits) -> tuple[Header, Iterator[Parsed]]:
        files = tables(listing)
        if not files:
            return Header(), iter(())
        heads = [listing.head(name, HEAD_BYTES) for name in files]
        task: Task = "detection" if any(b"objects" in head for head in heads) else "classification"
        return Header(task), _entries(listing, files, limits)

    def write(self, header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
        return write(header, images)


def tables(listing: Listing) -> list[str]:
    return [name for name in listing.texts_ending(*NAMES) if basename(name).lower() in NAMES]


def _entries(listing: Listing, files: list[str], limits: ReadLimits) -> Iterator[Parsed]:
    for name in files:
        silent, numbered = 0, 0
        for row in rows_of(listing, name, limits):
            if not isinstance(row, Row):
                yield row
                continue
            said = said_of(row, name)
            numbered += said.is_numbered
            if said.problem:
                yield Unreadable(name, said.problem, row.line, said.names)
            elif said.is_silent:
                silent += 1
            else:
                split = split_above(f"{dirname(name)}/{said.names[0]}")
                yield Entry(name, said.names, said.annotations, said.size, split=split, findings=said.findings)
        if silent:
            yield Finding(
                Rule.UNLABELLED, name, f"{silent} lines say neither objects nor a label; not taken as looked at"
            )
        if numbered:
            reason = f'{numbered} lines give numbers in the place of labels; they are called "class 0" etc.'
            yield Finding(Rule.NO_NAMES, name, reason)
