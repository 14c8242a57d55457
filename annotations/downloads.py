"""A snapshot in a format that others use: a zip that is written while it is sent."""

import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from annotations.dataset.records import ImageRecord
from annotations.formats import FORMATS, Format
from annotations.models import Snapshot
from annotations.objects import image_key
from annotations.originals import open_without_location
from annotations.snapshots import expect_built, records_of
from boxwright.errors import Invalid, NotFound
from boxwright.projects.models import Project
from boxwright.storage import store

CHUNK = 256 * 1024
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every entry: the same snapshot gives the same zip."""


def download_format(snapshot: Snapshot, name: str) -> Format:
    """The format, if this snapshot can be had in it. Raises NotFound, Conflict (not built), Invalid (wrong task)."""
    layout = FORMATS.get(name)
    if layout is None or layout.write is None:
        raise NotFound("There is no such format.")
    expect_built(snapshot)
    if snapshot.project.task not in layout.tasks:
        raise Invalid(f"{layout.title} carries boxes, and this project labels whole images.")
    return layout


def zip_of(snapshot: Snapshot, layout: Format) -> Iterator[bytes]:
    """The zip, in pieces of about CHUNK bytes; never more than that of it in memory."""
    if layout.write is None:
        raise ValueError(f"{layout.name} is not written")
    out = _Outbox()
    project = snapshot.project
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path, content in layout.write(records_of(snapshot)):
            entry = zipfile.ZipInfo(path, LONG_AGO)
            with archive.open(entry, "w") as target:
                for piece in _pieces(content, project):
                    target.write(piece)
                    if out.size >= CHUNK:
                        yield out.take()
    yield out.take()


def _pieces(content: bytes | ImageRecord, project: Project) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with _opened(content.sha256, project) as file:
        while piece := file.read(CHUNK):
            yield piece


def _opened(sha256: str, project: Project) -> BinaryIO:
    if project.share_location:
        return store().open(image_key(project.team_id, sha256))
    return open_without_location(project.team_id, sha256)


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
