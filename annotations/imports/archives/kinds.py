"""The kinds of archive, known by their bytes and never by their name; a bare file of annotations is one of one file."""

import tarfile
import zipfile
import zlib
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from annotations.dataset.findings import Finding
from annotations.imports.archives.rules import ArchiveLimits, ArchiveRefused
from annotations.imports.archives.streams import Gunzipped
from annotations.imports.archives.tars import unpack_tar
from annotations.imports.archives.texts import lay_text, text_of
from annotations.imports.archives.zips import unpack_zip

HEAD = 64 * 2**10


class Kind(StrEnum):
    ZIP = "zip"
    TAR = "tar"
    TAR_GZ = "tar.gz"
    JSON = "json"
    XML = "xml"
    CSV = "csv"


TEXTS = (Kind.JSON, Kind.XML, Kind.CSV)


def kind_of(file: BinaryIO) -> Kind | None:
    """None: no archive that is read. Leaves the file at its start."""
    file.seek(0)
    head = file.read(HEAD)
    kind = _kind_by_head(head) or (Kind.ZIP if zipfile.is_zipfile(file) else None)
    file.seek(0)
    if kind is None and (text := text_of(head)):
        return Kind(text)
    return kind


def unpack(
    archive: Path, folder: Path, limits: ArchiveLimits, tick: Callable[[], None], name: str = ""
) -> tuple[Finding, ...]:
    """Unpack into the empty `folder`; answer what could not be read. Raises ArchiveRefused, NoRoom: nothing is kept.

    `name`: what the archive is called: a bare file of annotations keeps it.
    """
    with archive.open("rb") as file:
        kind = kind_of(file)
        if kind == Kind.TAR:
            return unpack_tar(file, folder, limits, tick)
        if kind == Kind.TAR_GZ:
            return unpack_tar(Gunzipped(file, limits, tick), folder, limits, tick)
        if kind == Kind.ZIP:
            return unpack_zip(file, folder, limits, tick)
        if kind in TEXTS:
            return lay_text(file, kind, name, folder, limits, tick)
    raise ArchiveRefused("the file is no zip, tar or tar.gz, and no JSON, XML or CSV")


def _kind_by_head(head: bytes) -> Kind | None:
    if head.startswith((b"PK\3\4", b"PK\5\6")):
        return Kind.ZIP
    if head.startswith(b"\x1f\x8b"):
        return Kind.TAR_GZ if _is_tar(_inflated(head)) else None
    return Kind.TAR if _is_tar(head) else None


def _inflated(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(head, tarfile.BLOCKSIZE)
    except zlib.error:
        return b""


def _is_tar(head: bytes) -> bool:
    """A header whose checksum is right. A tar of no files begins with zeros, and is not known as one."""
    try:
        tarfile.TarInfo.frombuf(head[: tarfile.BLOCKSIZE], "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError):
        return False
    return True
