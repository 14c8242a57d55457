"""What XML can carry, and elements of a long file, one at a time."""

import re
from collections.abc import Generator, Iterator
from typing import BinaryIO

from lxml import etree

from annotations.formats.errors import FormatError
from annotations.formats.listing import Listing

CHUNK = 2**15
NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """What XML can't carry goes."""
    return NO_XML.sub("", text)


class _Source:
    """What the parser reads from; `seen` bytes since the last element ended."""

    def __init__(self, file: BinaryIO, name: str, most: int) -> None:
        self.file, self.name, self.most = file, name, most
        self.seen = 0

    def read(self, size: int = CHUNK) -> bytes:
        chunk = self.file.read(min(size, CHUNK))
        self.seen += len(chunk)
        if self.seen > self.most + CHUNK:
            raise FormatError(f"an element of the XML has more than {self.most / 2**20:g} MB", file=self.name)
        return chunk


def elements(listing: Listing, name: str, root: str, tags: tuple[str, ...], most: int) -> "Generator[etree._Element]":
    """Each element with one of the tags, whole; it is emptied when the next one is asked for.

    `most`: bytes between the ends of two of them. Resolves and loads nothing. Raises FormatError, also while drawn.
    """
    with listing.path(name).open("rb") as file:
        source = _Source(file, name, most)
        try:
            yield from _elements(source, root, tags)
        except etree.XMLSyntaxError as error:
            raise FormatError(f"not well-formed XML: {error.msg}", error.lineno, name) from error
        except (ValueError, LookupError) as error:
            raise FormatError(f"not readable as XML: {error}", file=name) from error


def _elements(source: _Source, root: str, tags: tuple[str, ...]) -> "Iterator[etree._Element]":
    events = ("start", "end")
    parsing = etree.iterparse(
        source, events, tag=(root, *tags), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    for event, node in parsing:
        if event == "start":
            _expect_root(node.getroottree(), root, source.name)
        elif node.tag != root:
            yield node
            _empty(node)
            source.seen = 0
    _expect_root(parsing.root.getroottree(), root, source.name)


def _expect_root(tree: "etree._ElementTree", root: str, name: str) -> None:
    found = tree.getroot()
    if tree.docinfo.internalDTD is not None:
        raise FormatError("the XML declares a document type or entities, which is refused", 1, name)
    if found.tag != root:
        raise FormatError(f"the XML's root is <{found.tag}>, not <{root}>", line_of(found), name)


def _empty(node: "etree._Element") -> None:
    """With those before it, which would stay as empty ones."""
    node.clear()
    parent = node.getparent()
    while parent is not None and (before := node.getprevious()) is not None:
        parent.remove(before)


def line_of(node: "etree._Element") -> int | None:
    line = node.sourceline
    return line if isinstance(line, int) else None
