"""What extended headers say of the file behind them: GNU's long names and the records of POSIX (pax)."""

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, replace

from annotations.imports.archives.rules import ArchiveRefused

DAMAGED = "the archive is damaged: an extended header can't be read"


@dataclass(frozen=True, slots=True)
class Extras:
    name: str = ""
    size: int | None = None
    is_sparse: bool = False


def read_extras(kind: bytes, data: bytes, before: Extras) -> Extras:
    """`before` with what this header adds to it."""
    if kind == tarfile.GNUTYPE_LONGLINK:
        return before
    if kind == tarfile.GNUTYPE_LONGNAME:
        return replace(before, name=_decoded(data.rstrip(b"\0")))
    extras = before
    for key, value in _records(data):
        if kind == tarfile.XGLTYPE and key in {"path", "size"}:
            raise ArchiveRefused("the archive is unsafe: a global header names or measures every file")
        extras = _with(extras, key, value)
    return extras


def _with(extras: Extras, key: str, value: bytes) -> Extras:
    if key == "path":
        return replace(extras, name=_decoded(value))
    if key == "size":
        return replace(extras, size=_number(value))
    return replace(extras, is_sparse=True) if key.startswith("GNU.sparse.") else extras


def _records(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Each is "LENGTH KEY=VALUE\\n", where LENGTH counts the whole record."""
    while data.strip(b"\0"):
        said, blank, _ = data[:8].partition(b" ")
        length = _number(said) if blank else 0
        record, data = data[:length], data[length:]
        key, equals, value = record[len(said) + 1 : -1].partition(b"=")
        if not equals or len(record) < length or not record.endswith(b"\n"):
            raise ArchiveRefused(DAMAGED)
        yield key.decode("utf-8", "replace"), value


def _number(text: bytes) -> int:
    if not text.isdigit() or len(text) > 18:
        raise ArchiveRefused(DAMAGED)
    return int(text)


def _decoded(name: bytes) -> str:
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode("latin-1")
