"""Archives that strangers make to harm, and what is said of each."""

import gzip
import io
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable

from tests.annotations.archives import member, tarred, voc, zipped
from tests.annotations.images import picture

PAGE = voc("good.jpg", ("cat", 1, 1, 9, 9))
GOOD = {"good.jpg": picture(1), "good.xml": PAGE}


def with_more(name: str, data: bytes = b"x", mode: int = 0) -> bytes:
    """The good files, and one more entry."""
    out = io.BytesIO(zipped(GOOD))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def twice(first: str, second: str) -> bytes:
    """Two pictures under names that a system may take for one."""
    out = io.BytesIO(zipped(GOOD))
    with zipfile.ZipFile(out, "a") as archive:
        for number, name in enumerate((first, second)):
            archive.writestr(zipfile.ZipInfo(name), picture(number + 5))
    return out.getvalue()


def patched(place: bytes, offset: int, value: bytes) -> bytes:
    """The good files, with other bytes at `offset` from the mark `place`."""
    data = bytearray(zipped(GOOD))
    start = data.rindex(place) + offset
    data[start : start + len(value)] = value
    return bytes(data)


def wrong_checksum() -> bytes:
    """Of the annotation file: only the bytes in the table of contents are other ones."""
    return patched(b"PK\1\2", 16, b"\1\2\3\4")


def declared(size: int) -> bytes:
    return patched(b"PK\1\2", 24, struct.pack("<I", size))


END_OF_ZIP64 = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)


def zip64(records: int, size: int) -> bytes:
    """An end of an archive that has more to say of itself than is true."""
    data, end = zipped(GOOD), zipped(GOOD).rindex(b"PK\5\6")
    start = data.index(b"PK\1\2")
    far = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, records, records, size, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, end, 1)
    return data[:end] + far + locator + END_OF_ZIP64


def odd_tar(**fields: object) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, data in GOOD.items():
            member(archive, name, data)
        member(archive, "odd.jpg", b"", **fields)
    return out.getvalue()


Row = tuple[Callable[[], bytes], str, str, str, tuple[int, int] | None]
"""What makes it; the rule, file and reason of a finding, or a reason of the refusal alone; how many pictures and boxes
come in, None where the archive is refused."""

ARCHIVES: dict[str, Row] = {
    "a zip in the zip": (
        lambda: with_more("more.zip", zipped({"a.jpg": picture(3)})),
        "unreadable",
        "more.zip",
        "not unpacked",
        (1, 1),
    ),
    "a bomb in a zip in the zip": (
        lambda: with_more("more.zip", zipped({"bomb.bin": bytes(9 * 2**20)})),
        "unreadable",
        "more.zip",
        "not unpacked",
        (1, 1),
    ),
    "a tar.gz in the zip": (
        lambda: with_more("more.tar.gz", tarred(GOOD, "w:gz")),
        "unreadable",
        "more.tar.gz",
        "not unpacked",
        (1, 1),
    ),
    "a zip that calls itself a picture": (
        lambda: with_more("odd.jpg", zipped(GOOD)),
        "image_refused",
        "odd.jpg",
        "this is a zip",
        (1, 1),
    ),
    "a picture that is a zip too": (
        lambda: with_more("odd.jpg", picture(3) + zipped(GOOD)),
        "unlabelled",
        "",
        "1 image",
        (2, 1),
    ),
    "a zip behind other bytes": (lambda: b"#!/bin/sh\nexit\n" + zipped(GOOD), "", "", "", (1, 1)),
    "a zip before other bytes": (lambda: zipped(GOOD) + b"something" * 9, "", "", "", (1, 1)),
    "a zip that is cut off": (lambda: zipped(GOOD)[:-30], "", "", "no readable zip", None),
    "the first half of a zip": (lambda: zipped(GOOD)[:400], "", "", "no readable zip", None),
    "a wrong checksum": (wrong_checksum, "unreadable", "good.xml", "Bad CRC-32", None),
    "4 GB declared": (lambda: declared(2**32 - 2), "unsafe", "good.xml", "grows more than 100 times", None),
    "more declared than there is": (lambda: declared(5_000), "", "", "", (1, 1)),
    "zip64 with entries that are not there": (lambda: zip64(2**40, 100), "", "", "1,099,511,627,776 files", None),
    "zip64 with a table of 2**60 bytes": (lambda: zip64(2, 2**60), "", "", "table of contents has", None),
    "an encrypted entry": (lambda: patched(b"PK\1\2", 8, b"\1\0"), "unsafe", "good.xml", "encrypted", None),
    "an entry that begins behind the end": (
        lambda: patched(b"PK\1\2", 42, b"\xff\xff\xff\x7f"),
        "unreadable",
        "good.xml",
        "can't be unpacked",
        None,
    ),
    "an entry without its own head": (
        lambda: patched(b"PK\3\4", 0, b"XXXX"),
        "unreadable",
        "good.xml",
        "can't be unpacked",
        None,
    ),
    "a named pipe": (
        lambda: with_more("odd.txt", b"", stat.S_IFIFO | 0o644),
        "unsafe",
        "odd.txt",
        "a named pipe",
        None,
    ),
    "a device": (lambda: with_more("odd.txt", b"", stat.S_IFCHR | 0o644), "unsafe", "odd.txt", "a device", None),
    "nothing but an end": (lambda: zipped({}), "not_this_format", "", "there is no XML file", None),
    "a tar with a link": (
        lambda: odd_tar(type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        "unsafe",
        "odd.jpg",
        "a symbolic link",
        None,
    ),
    "a tar with a device": (lambda: odd_tar(type=tarfile.BLKTYPE), "unsafe", "odd.jpg", "a device", None),
    "a tar with a sparse file": (
        lambda: odd_tar(type=tarfile.GNUTYPE_SPARSE),
        "unsafe",
        "odd.jpg",
        "a sparse file",
        None,
    ),
    "a way out": (lambda: with_more("a/../../../odd.jpg"), "unsafe", "a/../../../odd.jpg", "leaves the archive", None),
    "a path of Windows": (lambda: with_more("D:odd.jpg"), "unsafe", "D:odd.jpg", "an absolute path", None),
    "a share of Windows": (
        lambda: with_more("\\\\host\\share\\odd.jpg"),
        "unsafe",
        "\\\\host\\share\\odd.jpg",
        "an absolute path",
        None,
    ),
    "the same name twice": (
        lambda: twice("a.jpg", "b.jpg").replace(b"b.jpg", b"a.jpg"),
        "same_name",
        "a.jpg",
        "holds this name twice",
        (2, 1),
    ),
    "names that differ by case": (lambda: twice("a.jpg", "A.JPG"), "unlabelled", "", "2 images", (3, 1)),
    "names that differ by how an accent is written": (
        lambda: twice("\u00e9.jpg", "e\u0301.jpg"),
        "unlabelled",
        "",
        "2 images",
        (3, 1),
    ),
    "a name with a null character": (
        lambda: with_more("odd_.jpg", picture(3)).replace(b"odd_.jpg", b"odd\0.jpg"),
        "unsafe",
        "odd",
        "null character",
        None,
    ),
    "a name with control characters": (
        lambda: with_more("odd\x07\n\x1b[2J.jpg", picture(3)),
        "unlabelled",
        "",
        "1 image",
        (2, 1),
    ),
    "a name of 300 characters": (
        lambda: with_more("n" * 296 + ".jpg", picture(3)),
        "unreadable",
        "n" * 296 + ".jpg",
        "name is too long",
        (1, 1),
    ),
    "a name that is written from the right": (
        lambda: with_more("odd\u202egpj.exe.jpg", picture(3)),
        "unlabelled",
        "",
        "1 image",
        (2, 1),
    ),
    "a name of a device of Windows": (lambda: with_more("CON.jpg", picture(3)), "unlabelled", "", "1 image", (2, 1)),
    "a name that is a formula": (
        lambda: with_more("=cmd|'/c calc'!A1.jpg", b""),
        "image_refused",
        "=cmd|'/c calc'!A1.jpg",
        "empty",
        (1, 1),
    ),
    "a name that is markup": (
        lambda: with_more("<img src=x onerror=alert(1)>.jpg", b""),
        "image_refused",
        "<img src=x onerror=alert(1)>.jpg",
        "empty",
        (1, 1),
    ),
    "a file that is a folder too": (
        lambda: with_more("good.jpg/odd.jpg", picture(3)),
        "unreadable",
        "good.jpg/odd.jpg",
        "can't be unpacked: File exists",
        (1, 1),
    ),
    "33 folders": (
        lambda: with_more("d/" * 33 + "odd.jpg", picture(3)),
        "unreadable",
        "d/" * 33 + "odd.jpg",
        "folders deep",
        (1, 1),
    ),
}
NO_ARCHIVES: dict[str, Callable[[], bytes]] = {
    "a gz of a gz": lambda: gzip.compress(gzip.compress(tarred(GOOD))),
    "a gz of a zip": lambda: gzip.compress(zipped(GOOD)),
    "7-Zip": lambda: b"7z\xbc\xaf\x27\x1c" + bytes(500),
    "RAR": lambda: b"Rar!\x1a\x07\x01\x00" + bytes(500),
    "no bytes": lambda: b"",
}
