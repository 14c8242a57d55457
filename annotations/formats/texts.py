"""Texts of unknown encoding, as streams: UTF-8 with or without a mark, UTF-16 with one, else Latin-1.

Decoding never fails; what is not UTF-8 is told by a finding.
"""

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, TextIO

from annotations.dataset.findings import Finding, Rule
from annotations.formats.errors import FormatError
from annotations.formats.listing import Listing

CHUNK = 2**16
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def encoding_of(listing: Listing, name: str) -> tuple[str, Finding | None]:
    """Python's name of it. Reads a file without a mark to its end. Raises FormatError: there is no such file."""
    head = listing.read_head(name, 4)
    for mark, encoding in MARKS.items():
        if head.startswith(mark):
            told = Finding(Rule.ENCODING, name, "the text is UTF-16; read as such") if encoding == "utf-16" else None
            return encoding, told
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with listing.path(name).open("rb") as file:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "latin-1", Finding(Rule.ENCODING, name, "the text is not UTF-8; read as Latin-1")
    return "utf-8", None


@contextmanager
def opened(listing: Listing, name: str, encoding: str, newline: str | None = None) -> Iterator[TextIO]:
    with listing.path(name).open(encoding=encoding, errors="replace", newline=newline) as file:
        yield file


def text_of(listing: Listing, name: str, most: int) -> tuple[str, Finding | None]:
    """A whole file of at most `most` bytes. Raises FormatError."""
    data = listing.read(name, most)
    encoding, finding = encoding_of(listing, name)
    return data.decode(encoding, errors="replace"), finding


def lines_of(file: TextIO, name: str, most: int) -> Iterator[tuple[int, str]]:
    """Number and text of each line, without its end. Raises FormatError at one of more than `most` characters."""
    number = 0
    while line := file.readline(most + 1):
        number += 1
        if len(line) > most:
            raise FormatError(f"a line has more than {most:,} characters", number, name)
        yield number, line.rstrip("\r\n")


class AsUtf8(io.RawIOBase):
    """The bytes of a text in another encoding, as UTF-8 without a mark."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        super().__init__()
        self.file, self.decoder = file, codecs.getincrementaldecoder(encoding)(errors="replace")
        self.left = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while not self.left:
            chunk = self.file.read(CHUNK)
            self.left = self.decoder.decode(chunk, final=not chunk).encode("utf-8", "replace")
            if not chunk:
                break
        size = len(self.left) if size < 0 else size
        taken, self.left = self.left[:size], self.left[size:]
        return taken
