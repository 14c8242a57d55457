"""The file: a tar of the database's files and the objects, and a manifest that proves them. No Django."""

import hashlib
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import IO, Any

FORMAT = 1
MANIFEST = "manifest.jsonl"
DATABASE, OBJECTS = "database/", "objects/"
IN_MEMORY = 8 * 2**20


class Damaged(Exception):
    """The file is not a whole backup; the message says where."""


class Hashed:
    """A stream that knows the hash of what was read from it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream, self.digest, self.size = stream, hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        data = self.stream.read(size)
        self.digest.update(data)
        self.size += len(data)
        return data

    def skip(self) -> None:
        while self.read(2**20):
            pass

    def line(self, name: str) -> bytes:
        """The manifest's line for what was read."""
        return _line({"name": name, "size": self.size, "sha256": self.digest.hexdigest()})


class Writer:
    """Entries one after another, then the manifest: nothing is written twice, nothing is kept in memory."""

    def __init__(self, out: IO[bytes]) -> None:
        self.tar = tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115 (closed below)
        self.lines = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (as above)
        self.count = 0

    def add(self, name: str, stream: IO[bytes]) -> None:
        """A seekable stream, to its end."""
        hashed = Hashed(stream)
        self.tar.addfile(_entry(name, stream.seek(0, 2)), _from_start(stream, hashed))
        self.lines.write(hashed.line(name))
        self.count += 1

    def close(self, about: dict[str, Any]) -> None:
        """Write the manifest: `about` the whole, a line for each entry, and their own hash."""
        self.lines.seek(0)
        with self.lines, SpooledTemporaryFile(max_size=IN_MEMORY) as manifest:
            digest = hashlib.sha256()
            for line in (_line({"format": FORMAT, **about}), *self.lines):
                digest.update(line)
                manifest.write(line)
            manifest.write(_line({"sha256": digest.hexdigest()}))
            size = manifest.tell()
            manifest.seek(0)
            self.tar.addfile(_entry(MANIFEST, size), manifest)
        self.tar.close()


class Reader:
    """Each entry's name and content, in the archive's order; raises Damaged where it is not what was written.

    All of it is proven only when the last entry was taken; `about` is then what the manifest says about the whole.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.about: dict[str, Any] = {}

    def __iter__(self) -> Iterator[tuple[str, Hashed]]:
        seen = hashlib.sha256()
        with _translated(), tarfile.open(self.path, "r:") as tar:
            while member := tar.next():
                name, stream = _expected_name(member), tar.extractfile(member)
                assert stream is not None
                if name == MANIFEST:
                    self.about = _proven(stream, seen)
                    return
                hashed = Hashed(stream)
                yield name, hashed
                hashed.skip()
                seen.update(hashed.line(name))
                tar.members = []  # type: ignore[attr-defined] # else a million of them are kept in memory
        raise Damaged("its end is missing")

    def prove(self) -> None:
        """Read all of it."""
        for _entry_of_archive in self:
            pass


def _proven(manifest: IO[bytes], seen: "hashlib._Hash") -> dict[str, Any]:
    header, last = manifest.readline(), b""
    whole, listed = hashlib.sha256(header), hashlib.sha256()
    for line in manifest:
        whole.update(last)
        listed.update(last)
        last = line
    if last != _line({"sha256": whole.hexdigest()}):
        raise Damaged("its manifest was changed")
    if listed.digest() != seen.digest():
        raise Damaged("its content is not what its manifest says")
    about: dict[str, Any] = json.loads(header)
    if about["format"] != FORMAT:
        raise Damaged(f"its format is {about['format']}; this Boxwright reads {FORMAT}")
    return about


def _expected_name(member: tarfile.TarInfo) -> str:
    """Of a plain file, in one of our two folders, whose path leads nowhere else."""
    name = member.name
    inside = name.startswith((DATABASE, OBJECTS)) and not {"..", "."} & set(name.split("/"))
    if not member.isreg() or "\\" in name or not (name == MANIFEST or (inside and str(PurePosixPath(name)) == name)):
        raise Damaged(f"a backup holds no {name!r}")
    return name


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


def _from_start(stream: IO[bytes], hashed: Hashed) -> IO[bytes]:
    stream.seek(0)
    return hashed  # type: ignore[return-value] # tarfile only reads


def _line(row: dict[str, Any]) -> bytes:
    return json.dumps(row, sort_keys=True, ensure_ascii=False).encode() + b"\n"


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError, ValueError, KeyError) as error:
        raise Damaged(str(error)) from error
