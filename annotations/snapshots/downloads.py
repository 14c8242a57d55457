"""A snapshot in a format that others use: a zip that is written while it is sent."""

import zipfile
from collections.abc import Iterator
from typing import cast

from annotations.dataset.records import ImageRecord, Task
from annotations.formats import FORMATS, Format
from annotations.formats.layout import Header, Layout
from annotations.models import Snapshot
from annotations.object_keys import image_key
from annotations.originals import open_without_location
from annotations.snapshots.building import expect_built, records_of
from boxwright.errors import Invalid, NotFound
from boxwright.projects.models import Project
from boxwright.storage import ObjectMissing, store
from boxwright.storage.named import Named

CHUNK = 256 * 1024
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every entry: the same snapshot gives the same zip."""


def download_format(snapshot: Snapshot, name: str) -> Format:
    """The format, if this snapshot can be had in it. Raises NotFound, Conflict (not built), Invalid (wrong task)."""
    found = FORMATS.get(name)
    if found is None or not found.writes:
        raise NotFound("There is no such format.")
    expect_built(snapshot)
    if fault := found.mismatch(snapshot.project.task):
        raise Invalid(f"{fault}.")
    return found


def zip_of(snapshot: Snapshot, into: Format) -> Iterator[bytes]:
    """The zip, in pieces of about CHUNK bytes; never more than that of it in memory.

    Raises ObjectMissing before the first piece. A picture that goes or turns out damaged after that ends the pieces
    with an error: the connection breaks, and what has come is no zip.
    """
    expect_stored(snapshot)
    return _zip_of(snapshot, into.layout)


def expect_stored(snapshot: Snapshot) -> None:
    """Raises ObjectMissing, which names the first picture that is not there."""
    team_id = snapshot.project.team_id
    missing = store().missing(image_key(team_id, record.sha256) for record in records_of(snapshot))
    if (first := next(missing, None)) is not None:
        raise ObjectMissing(first, more=sum(1 for _ in missing))


def _zip_of(snapshot: Snapshot, layout: Layout) -> Iterator[bytes]:
    out = _Outbox()
    project = snapshot.project
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path, content in layout.write(_header(snapshot), records_of(snapshot)):
            entry = zipfile.ZipInfo(path, LONG_AGO)
            with archive.open(entry, "w") as target:
                for piece in _pieces(content, project):
                    target.write(piece)
                    if out.size >= CHUNK:
                        yield out.take()
    yield out.take()


def _header(snapshot: Snapshot) -> Header:
    labels = tuple(label["name"] for label in snapshot.labels)
    return Header(cast("Task", snapshot.project.task), labels, snapshot.project.name)


def _pieces(content: bytes | ImageRecord, project: Project) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    if project.share_location:
        yield from Named(image_key(project.team_id, content.sha256), content.sha256).pieces(CHUNK)
        return
    with open_without_location(project.team_id, content.sha256) as file:
        while piece := file.read(CHUNK):
            yield piece


class _Outbox:
    """What zipfile writes to: it can't seek, and is emptied as it fills."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        self.parts.append(bytes(data))
        self.size += len(data)
        return len(data)

    def close(self) -> None:
        """Nothing is open."""

    def flush(self) -> None:
        """Nothing lies between us and the reader."""

    def take(self) -> bytes:
        data, self.parts, self.size = b"".join(self.parts), [], 0
        return data


class Reader:
    """An iterator of bytes as a file: what Django's file answers want."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces

    def read(self, _size: int = -1) -> bytes:
        return next((piece for piece in self.pieces if piece), b"")

    def close(self) -> None:
        if hasattr(self.pieces, "close"):
            self.pieces.close()
