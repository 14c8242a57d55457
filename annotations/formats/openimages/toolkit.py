"""OIDv4 ToolKit's tree: `train/Apple/abc.jpg`, and beside it `train/Apple/Label/abc.txt` with labels and pixels.

A picture that was fetched for several classes lies in the folder of each, with the boxes of that class: they are put
together.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from posixpath import basename, dirname

from annotations.dataset.findings import Finding
from annotations.dataset.records import Box
from annotations.formats.errors import FormatError
from annotations.formats.image_names import stem
from annotations.formats.layout import Entry, Parsed, RawAnnotation, ReadLimits, Unreadable
from annotations.formats.listing import Listing
from annotations.formats.numbers import number
from annotations.formats.split_paths import split_of_folders
from annotations.formats.texts import text_of

FOLDER = "Label"
LINE = re.compile(r"\S.*(\s+-?\d+([.,]\d+)?){4}\s*")
LOOKED_AT = 20


def toolkit_files(listing: Listing) -> list[str]:
    return [name for name in listing.texts_ending(".txt") if basename(dirname(name)) == FOLDER]


def is_toolkit(listing: Listing, files: list[str]) -> bool:
    """Whether the first of them that is not empty has a label and four numbers in its first line."""
    heads = (listing.head(name, 500) for name in files[:LOOKED_AT])
    first = next((head for head in heads if head.strip()), None)
    return first is not None and LINE.fullmatch(first.decode(errors="replace").strip().splitlines()[0]) is not None


def toolkit_entries(listing: Listing, files: list[str], limits: ReadLimits) -> Iterator[Parsed]:
    for _, same in groupby(sorted(files, key=_image), key=_image):
        yield from _entries(listing, list(same), limits)


def _image(file: str) -> tuple[str, str]:
    """The folder of its split, and its stem."""
    return dirname(dirname(dirname(file))), stem(file)


def _entries(listing: Listing, files: list[str], limits: ReadLimits) -> Iterator[Parsed]:
    first = files[0]
    names = (f"{basename(dirname(dirname(first)))}/{stem(first)}.jpg", f"{stem(first)}.jpg")
    annotations: list[RawAnnotation] = []
    findings: list[Finding] = []
    for file in files:
        try:
            text, told = text_of(listing, file, limits.text_bytes)
        except FormatError as error:
            yield Unreadable(file, error.reason, error.line, names)
            return
        annotations += _annotations(text, file, first)
        findings += [told] if told else []
    yield Entry(first, names, tuple(annotations), split=split_of_folders(first), findings=tuple(findings))


def _annotations(text: str, file: str, first: str) -> Iterator[RawAnnotation]:
    """Lines are told of the first file, others are named in words."""
    where = "" if file == first else f" in {file}"
    for line, said in enumerate(text.splitlines(), 1):
        if said.strip():
            yield _annotation(said, None if where else line, where)


def _annotation(said: str, line: int | None, where: str) -> RawAnnotation:
    label, *sides = said.strip().rsplit(None, 4)
    try:
        return RawAnnotation(label, Box(*(number(side) for side in sides)), line)
    except (ValueError, TypeError):
        problem = f"expected: label x_min y_min x_max y_max{where}; found {said.strip()[:60]!r}"
        return RawAnnotation(label, line=line, problem=problem)
