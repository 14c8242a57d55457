"""A file of annotations sent as it is, without an archive: known by its bytes, and laid out under its own name."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from posixpath import splitext
from typing import BinaryIO

from annotations.dataset.findings import Finding
from annotations.imports.archives.disk import CHUNK, Disk
from annotations.imports.archives.rules import ArchiveLimits, expect_bytes

SUFFIXES = {
    "json": (".json", ".jsonl", ".ndjson"),
    "xml": (".xml",),
    "csv": (".csv", ".tsv", ".txt"),
}
"""Of each kind of text; the first where the file's name has none of them."""
BOM = b"\xef\xbb\xbf"
UNSEEN = bytes(set(range(32)) - set(b"\t\n\r\f"))


def text_of(head: bytes) -> str:
    """json, xml or csv; empty where the file that begins so is none."""
    text = head.removeprefix(BOM).lstrip()
    if not text or text.translate(None, UNSEEN) != text:
        return ""
    if text[:1] in b"{[":
        return "json"
    if text[:1] == b"<":
        return "xml"
    first, end, _ = text.replace(b"\r", b"\n").partition(b"\n")
    return "csv" if end and any(mark in first for mark in (b",", b";", b"\t")) else ""


def lay_text(
    file: BinaryIO, kind: str, name: str, folder: Path, limits: ArchiveLimits, tick: Callable[[], None]
) -> tuple[Finding, ...]:
    """Raises ArchiveRefused, NoRoom."""
    size = os.fstat(file.fileno()).st_size
    expect_bytes(size, limits)
    disk = Disk(folder, limits.spare_bytes, tick)
    disk.expect(size)
    known = splitext(name)[1].lower() in SUFFIXES[kind]
    left_out = disk.write(name if known else f"{name or 'annotations'}{SUFFIXES[kind][0]}", _pieces(file))
    return (left_out,) if left_out else ()


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(CHUNK):
        yield piece
