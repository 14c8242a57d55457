"""Tars and tar.gzs: the same dangers as zips, refused by name with nothing left, though they are read only once."""

import gzip
import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.imports.archives import ArchiveLimits, ArchiveRefused, Kind, kind_of
from annotations.imports.archives.streams import Gunzipped
from boxwright.errors import NoRoom
from tests.annotations.archives import member, tarred, zipped
from tests.annotations.test_archives import LIMITS, deep, files, unpacked
from tests.services.server import ROOT

GOOD = tarred({"good.txt": b"good", "b.txt": b"x" * 2000})
BLOCK = tarfile.BLOCKSIZE


def odd(name: str = "odd.txt", data: bytes = b"", **fields: object) -> bytes:
    """A good file, and behind it one with odd fields."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        member(archive, "good.txt", b"good")
        member(archive, name, data, **fields)
    return out.getvalue()


def pax(records: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        member(archive, "good.txt", b"good")
        member(archive, "odd.txt", b"odd", pax_headers=records)
    return out.getvalue()


def header(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    """A header alone, whose checksum is right whatever it says."""
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    return info.tobuf(tarfile.GNU_FORMAT)


def with_byte(data: bytes, place: int, value: int) -> bytes:
    return data[:place] + bytes([value]) + data[place + 1 :]


def gz_bomb() -> bytes:
    return gzip.compress(header("zeros.bin", 200 * 2**20) + bytes(200 * 2**20))


def wrong_crc() -> bytes:
    data = bytearray(gzip.compress(tarred({"a": b"a"})))
    data[-8] ^= 1
    return bytes(data)


def many_members() -> bytes:
    return gzip.compress(tarred({"a": b"a"})) + gzip.compress(b"") * 4


def sparse_by_pax() -> bytes:
    return pax({"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "10000000000"})


def global_path() -> bytes:
    return tarred({"a.txt": b"a"}, format=tarfile.PAX_FORMAT, pax_headers={"path": "elsewhere.txt"})


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "a way out": (lambda: odd("../out.txt"), "leaves the archive"),
    "a way out in the middle": (lambda: odd("a/../../out.txt"), "leaves the archive"),
    "a way out by backslashes": (lambda: odd("a\\..\\..\\out.txt"), "leaves the archive"),
    "a way out by a pax path": (lambda: pax({"path": "../out.txt"}), "leaves the archive"),
    "a way out by a GNU long name": (lambda: odd("../" + "n" * 200), "leaves the archive"),
    "an absolute path": (lambda: odd("/etc/passwd"), "an absolute path"),
    "a drive letter": (lambda: odd("C:\\out.txt"), "an absolute path"),
    "a share of Windows": (lambda: odd("\\\\host\\out.txt"), "an absolute path"),
    "a null character": (lambda: pax({"path": "a\0b.txt"}), "a null character"),
    "a symbolic link": (lambda: odd(type=tarfile.SYMTYPE, linkname="/etc/passwd"), "a symbolic link"),
    "a hard link": (lambda: odd(type=tarfile.LNKTYPE, linkname="good.txt"), "a hard link"),
    "a character device": (lambda: odd(type=tarfile.CHRTYPE, devmajor=1, devminor=5), "a device"),
    "a block device": (lambda: odd(type=tarfile.BLKTYPE), "a device"),
    "a named pipe": (lambda: odd(type=tarfile.FIFOTYPE), "a named pipe"),
    "a sparse file of GNU": (lambda: odd(type=tarfile.GNUTYPE_SPARSE), "a sparse file"),
    "a sparse file of pax": (sparse_by_pax, "a sparse file"),
    "an unknown kind": (lambda: odd(type=b"M"), "an unknown kind"),
    "a path for all files": (global_path, "global header"),
    "10 GB declared": (lambda: header("a.bin", 10 * 2**30), "at most 1024 are allowed"),
    "a size by pax": (lambda: pax({"size": "99999999999"}), "at most 1024 are allowed"),
    "a pax size that is no number": (lambda: pax({"size": "-4"}), "can't be read"),
    "a negative size": (lambda: header("a.bin", -5), "negative size"),
    "a long name of 1 GB": (lambda: GOOD[:1024] + header("././@LongLink", 2**30, b"L"), "extended header has"),
    "a pax header of 1 GB": (lambda: GOOD[:1024] + header("pax", 2**30, b"x"), "extended header has"),
    "extended headers without end": (
        lambda: GOOD[:1024] + (header("pax", 12, b"x") + b"12 path=abc\n".ljust(BLOCK, b"\0")) * 9,
        "extended headers stand before one file",
    ),
    "a pax record that lies about its length": (
        lambda: GOOD[:1024] + header("pax", 12, b"x") + b"99 path=abc\n".ljust(BLOCK, b"\0") + GOOD,
        "can't be read",
    ),
    "cut off in a file": (lambda: GOOD[: 3 * BLOCK + 100], "cut off"),
    "cut off in a header": (lambda: GOOD[: 2 * BLOCK + 100], "cut off"),
    "a wrong checksum": (lambda: with_byte(GOOD, 2 * BLOCK + 10, 7), "bad checksum"),
    "garbage behind the end": (lambda: GOOD + b"garbage", "something follows its end"),
    "a second tar behind the end": (lambda: GOOD + GOOD, "something follows its end"),
    "a gzip that is cut off": (lambda: gzip.compress(GOOD)[:-20], "cut off"),
    "a gzip whose checksum is wrong": (lambda: wrong_crc(), "damaged"),
    "garbage behind a gzip": (lambda: gzip.compress(GOOD) + b"garbage", "damaged"),
    "a bomb": (gz_bomb, "grows more than 100 times"),
    "a bomb behind the end": (lambda: gzip.compress(GOOD + bytes(200 * 2**20)), "grows more than 100 times"),
}


@pytest.mark.parametrize(("made", "reason"), REFUSED.values(), ids=REFUSED)
def test_tar_is_refused_and_nothing_left(tmp_path: Path, made: Callable[[], bytes], reason: str) -> None:
    with pytest.raises(ArchiveRefused) as refused:
        unpacked(tmp_path, made())
    assert reason in refused.value.reason
    assert list((tmp_path / "tree").iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "tree"]


LIMITED = {
    "one file too many": (lambda: tarred({f"{n}": b"" for n in range(4)}), replace(LIMITS, max_files=3), "4 files"),
    "one folder too many": (
        lambda: tarred({"a": b"", "b": b"", "c": b""})[: 3 * BLOCK] + header("d/", 0, tarfile.DIRTYPE),
        replace(LIMITS, max_files=3),
        "4 files",
    ),
    "one byte too many": (lambda: tarred({"a": b"12", "b": b"34"}), replace(LIMITS, max_bytes=3), "are allowed"),
    "one gzip member too many": (many_members, replace(LIMITS, max_files=4), "gzip members"),
}


@pytest.mark.parametrize(("made", "limits", "reason"), LIMITED.values(), ids=LIMITED)
def test_tar_one_over_a_limit_is_refused(
    tmp_path: Path, made: Callable[[], bytes], limits: ArchiveLimits, reason: str
) -> None:
    with pytest.raises(ArchiveRefused) as refused:
        unpacked(tmp_path, made(), limits)
    assert reason in refused.value.reason
    assert files(tmp_path) == {}


def test_tar_at_its_limits_is_taken(tmp_path: Path) -> None:
    made = tarred({"a": b"1", "b": b"2", "c": b"3"})
    assert unpacked(tmp_path, made, replace(LIMITS, max_files=3, max_bytes=3)) == ()
    assert files(tmp_path) == {"a": 1, "b": 1, "c": 1}


LONG = "/".join(["n" * 180] * 5) + "/é 猫.txt"


@pytest.mark.parametrize("mode", ["w", "w:gz"])
@pytest.mark.parametrize("style", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_files_of_a_tar_arrive_under_their_names(tmp_path: Path, mode: Literal["w", "w:gz"], style: int) -> None:
    held = {LONG: b"long", "./a/b.txt": b"dot", "a\\c.txt": b"", "big.bin": os.urandom(3 * 2**20 + 1)}
    assert unpacked(tmp_path, tarred(held, mode, format=style)) == ()
    assert files(tmp_path) == {LONG: 4, "a/b.txt": 3, "a/c.txt": 0, "big.bin": 3 * 2**20 + 1}
    assert (tmp_path / "tree" / "big.bin").read_bytes() == held["big.bin"]


def test_name_that_is_no_utf_8_is_read_as_latin_1(tmp_path: Path) -> None:
    made = tarred({"caf\xe9.txt": b"1"}, format=tarfile.GNU_FORMAT, encoding="latin-1")
    assert unpacked(tmp_path, made) == ()
    assert files(tmp_path) == {"café.txt": 1}


def test_gzip_of_several_members_is_one_tar(tmp_path: Path) -> None:
    made = gzip.compress(GOOD[:700]) + gzip.compress(GOOD[700:]) + bytes(100)
    assert unpacked(tmp_path, made) == ()
    assert files(tmp_path) == {"good.txt": 4, "b.txt": 2000}


LEFT_OUT = {
    "a part of its name too long": ("n" * 256 + ".txt", "name is too long"),
    "its path too long": ("/".join(["n" * 200] * 6), "name is too long"),
    "one folder too deep": (deep(32), "folders deep"),
    "a name that is there already": ("good.txt", "holds this name twice"),
    "a file where a folder must be": ("good.txt/a.txt", "can't be unpacked"),
    "no name": (".", "it has no name"),
}


@pytest.mark.parametrize(("name", "reason"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_file_is_left_out_and_those_behind_it_taken(tmp_path: Path, name: str, reason: str) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for each in ("good.txt", name, deep(31)):
            member(archive, each, b"x" * 700)
    (finding,) = unpacked(tmp_path, out.getvalue())
    assert reason in finding.reason
    assert files(tmp_path) == {"good.txt": 700, deep(31): 700}


def test_tar_without_its_end_mark_is_taken_with_a_finding(tmp_path: Path) -> None:
    (finding,) = unpacked(tmp_path, GOOD[: 7 * BLOCK])
    assert (finding.severity, "without its end mark" in finding.reason) == ("warning", True)
    assert files(tmp_path) == {"good.txt": 4, "b.txt": 2000}


def test_without_room_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(NoRoom):
        unpacked(tmp_path, GOOD, replace(LIMITS, spare_bytes=2**60))
    assert files(tmp_path) == {}


KINDS = {
    "zip": (lambda: zipped({"a": b"a"}), Kind.ZIP),
    "an empty zip": (lambda: zipped({}), Kind.ZIP),
    "a zip behind a program": (lambda: b"#!/bin/sh\n" + zipped({"a": b"a"}), Kind.ZIP),
    "tar": (lambda: GOOD, Kind.TAR),
    "tar whose last file is a zip": (lambda: tarred({"a.zip": zipped({"a": b"a"})}), Kind.TAR),
    "tar of 1979": (lambda: header("a.txt", 0).replace(b"ustar  ", bytes(7)), None),
    "tar.gz": (lambda: gzip.compress(GOOD), Kind.TAR_GZ),
    "gzip of something else": (lambda: gzip.compress(b"hello" * 500), None),
    "damaged gzip": (lambda: b"\x1f\x8b" + bytes(100), None),
    "a picture": (lambda: b"\xff\xd8\xff" + bytes(2000), None),
    "nothing": (lambda: b"", None),
}


@pytest.mark.parametrize(("made", "kind"), KINDS.values(), ids=KINDS)
def test_kind_is_known_by_the_bytes(made: Callable[[], bytes], kind: Kind | None) -> None:
    assert kind_of(io.BytesIO(made())) == kind


@given(st.lists(st.binary(max_size=3000), max_size=4), st.integers(1, 700))
def test_gzip_is_read_whole_whatever_the_pieces(members: list[bytes], size: int) -> None:
    packed = b"".join(gzip.compress(data) for data in members)
    stream = Gunzipped(io.BytesIO(packed), LIMITS, lambda: None)
    assert b"".join(iter(lambda: stream.read(size), b"")) == b"".join(members)


PEAK = """
import sys
from pathlib import Path
sys.path[:0] = [".", "platform"]
import django; django.setup()
from annotations.imports.archives import ArchiveLimits, ArchiveRefused, unpack
limits = ArchiveLimits(max_files=500_000, max_bytes=2**34, max_ratio=10**6, max_directory=2**26, spare_bytes=1)
try:
    unpack(Path(sys.argv[1]), Path(sys.argv[2]), limits, lambda: None)
except ArchiveRefused:
    pass
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
print(int(peak.split()[1]) // 1024)
"""

LARGE: dict[str, Callable[[], bytes]] = {
    "zeros": lambda: gzip.compress(header("a.bin", 160 * 2**20) + bytes(160 * 2**20), 1),
    "a long name": lambda: gzip.compress(header("././@LongLink", 160 * 2**20, b"L") + bytes(160 * 2**20), 1),
    "5,000 files": lambda: gzip.compress(b"".join(header(f"d/{n}.txt", 0) for n in range(5_000)), 1),
}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the peak from /proc")
@pytest.mark.parametrize("made", LARGE.values(), ids=LARGE)
def test_unpacking_a_tar_takes_little_memory(tmp_path: Path, made: Callable[[], bytes]) -> None:
    (tmp_path / "a.tgz").write_bytes(made())
    (tmp_path / "tree").mkdir()
    command = [sys.executable, "-c", PEAK, str(tmp_path / "a.tgz"), str(tmp_path / "tree")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) <= 120
