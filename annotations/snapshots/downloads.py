"""A snapshot in a format that others use: a zip that is made while it is sent, whole or from any byte on."""

import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, cast

from annotations.dataset.records import ImageRecord, Task
from annotations.formats import FORMATS, Format
from annotations.formats.layout import BytesOf, Header, Part, Stream
from annotations.formats.losses import losses_of
from annotations.models import DownloadFacts, Snapshot
from annotations.object_keys import image_key
from annotations.originals import open_without_location
from annotations.snapshots.building import expect_built, records_of
from annotations.snapshots.sent_files import Known, SentFiles
from annotations.snapshots.writer_version import writer
from annotations.snapshots.zips import Content, Window, zipped
from boxwright.errors import Invalid, NotFound
from boxwright.storage import ObjectMissing, registry, store
from boxwright.storage.places import Place, faults

CHUNK = 256 * 1024
TURN = 500
"""Pieces of a zip after which whoever makes it may be asked to wait, though nothing of them was wanted."""
QUICK = 1_000
"""Images whose texts are made at once to tell a zip's length before it is sent."""
EVERYTHING = 2**62


def download_format(snapshot: Snapshot, name: str) -> Format:
    """The format, if this snapshot can be had in it. Raises NotFound, Conflict (not built), Invalid (wrong task)."""
    found = FORMATS.get(name)
    if found is None or not found.writes:
        raise NotFound("There is no such format.")
    expect_built(snapshot)
    if fault := found.mismatch(snapshot.project.task):
        raise Invalid(f"{fault}.")
    return found


@dataclass(frozen=True)
class Download:
    """A snapshot in a format, with its images or without. The same `tag`: the same bytes."""

    snapshot: Snapshot
    format: Format
    with_images: bool = True

    @property
    def filename(self) -> str:
        what = "" if self.with_images else "-annotations"
        return f"{self.snapshot.project.slug}-v{self.snapshot.number}-{self.format.name}{what}.zip"

    @cached_property
    def tag(self) -> str:
        shares = self.with_images and self.snapshot.project.share_location
        said = [writer(), self.snapshot.sha256, asdict(self.header), self.format.name, self.with_images, shares]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    @property
    def header(self) -> Header:
        labels = tuple(label["name"] for label in self.snapshot.labels)
        return Header(cast("Task", self.snapshot.project.task), labels, self.snapshot.project.name)

    def expect_stored(self) -> None:
        """Raises ObjectMissing or SourceAway, which names the first picture that is not there."""
        if self.with_images:
            expect_stored(self.snapshot)

    def pieces(self, start: int = 0, stop: int = EVERYTHING) -> Iterator[bytes]:
        """The bytes from `start` up to `stop`, in pieces of about CHUNK; an empty one: there was much to pass over.

        A picture that goes or turns out damaged ends the pieces with an error: the connection breaks, and what has
        come is no zip.
        """
        sent = SentFiles(self.snapshot.project)
        files = ((path, self._content(content, sent)) for path, content in self._parts(sent))
        return _gathered(zipped(files, Window(start, stop)))

    def length(self) -> int:
        """In bytes. May take seconds a hundred thousand images, and longer where places must be left out; once."""
        known: int | None = self._facts().get("length")
        return self._counted(look_into_files=True) if known is None else known

    def quick_length(self) -> int | None:
        """The length where it is known, or takes no time to speak of."""
        known: int | None = self._facts().get("length")
        if known is not None or self.snapshot.image_count > QUICK:
            return known
        try:
            return self._counted(look_into_files=False)
        except _Unknown:
            return None

    def _parts(self, sent: SentFiles) -> Iterator[Part]:
        parts = self.format.layout.write(self.header, _Records(self.snapshot, sent, self.with_images))
        return (part for part in parts if self.with_images or not isinstance(part[1], ImageRecord))

    def _content(self, content: bytes | Stream | ImageRecord, sent: SentFiles) -> Content:
        if isinstance(content, bytes):
            return Text(content)
        if isinstance(content, ImageRecord):
            return Picture(content, sent)
        return Made(content, lambda record: self._bytes_of(record, sent))

    def _bytes_of(self, record: ImageRecord, sent: SentFiles) -> bytes:
        return b"".join(Picture(record, sent).pieces()) if self.with_images else b""

    def _counted(self, *, look_into_files: bool) -> int:
        sent = SentFiles(self.snapshot.project)
        window = Window(EVERYTHING, EVERYTHING)
        for _ in zipped(self._measured(sent, look_into_files), window):
            """Nothing is wanted but the place where it ends."""
        self._keep(length=window.place)
        return window.place

    def _measured(self, sent: SentFiles, look_into_files: bool) -> Iterator[tuple[str, Content]]:
        for path, content in self._parts(sent):
            size = _size_of(content, sent)
            if size is None and not look_into_files and not _is_text(content):
                raise _Unknown
            if size is None:
                size = sum(len(piece) for piece in self._content(content, sent).pieces())
            yield path, _Measured((size, 0))

    def losses(self) -> list[dict[str, Any]]:
        """What the format can't hold of this snapshot: count and text of each. Reads the manifest, once."""
        found = self._facts().get("losses")
        if found is None:
            losses = losses_of(self.format, self.header, records_of(self.snapshot))
            found = [asdict(loss) for loss in losses]
            self._keep(losses=found)
        return cast("list[dict[str, Any]]", found)

    def _facts(self) -> dict[str, Any]:
        rows = DownloadFacts.objects.filter(snapshot=self.snapshot, tag=self.tag)
        found = rows.first()
        return {"length": found.length, "losses": found.losses} if found else {}

    def _keep(self, **facts: Any) -> None:
        DownloadFacts.objects.update_or_create(snapshot=self.snapshot, tag=self.tag, defaults=facts)


def expect_stored(snapshot: Snapshot) -> None:
    """Raises ObjectMissing or SourceAway, which names the first picture that is not there."""
    team_id, lost, left = snapshot.project.team_id, list[str](), list[Place]()
    missing = store().missing(image_key(team_id, record.sha256) for record in records_of(snapshot))
    for batch in registry.batches(missing):
        places = registry.places_of(batch)
        lost += [key for key in batch if key not in places]
        left += places.values()
    if lost:
        raise ObjectMissing(lost[0], more=len(lost) - 1)
    for _, fault in faults(left):
        raise fault


def _gathered(pieces: Iterator[bytes]) -> Iterator[bytes]:
    held: list[bytes] = []
    size = 0
    for number, piece in enumerate(pieces, 1):
        held.append(piece)
        size += len(piece)
        if size >= CHUNK or number % TURN == 0:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


@dataclass(frozen=True, slots=True)
class _Records:
    """The snapshot's images, as often as they are gone through."""

    snapshot: Snapshot
    sent: SentFiles
    with_images: bool

    def __iter__(self) -> Iterator[ImageRecord]:
        records = records_of(self.snapshot)
        return self.sent.ahead(records) if self.with_images else records


@dataclass(frozen=True, slots=True)
class Text:
    data: bytes

    @property
    def known(self) -> Known:
        return len(self.data), zlib.crc32(self.data)

    def pieces(self) -> Iterator[bytes]:
        yield self.data


@dataclass(frozen=True, slots=True)
class Made:
    stream: Stream
    bytes_of: BytesOf

    known = None

    def pieces(self) -> Iterator[bytes]:
        return iter(self.stream.pieces(self.bytes_of))


@dataclass(frozen=True, slots=True)
class Picture:
    record: ImageRecord
    sent: SentFiles

    @property
    def known(self) -> Known | None:
        return self.sent.of(self.record)

    def pieces(self) -> Iterator[bytes]:
        size = crc32 = 0
        for piece in self._read():
            size, crc32 = size + len(piece), zlib.crc32(piece, crc32)
            yield piece
        self.sent.learn(self.record, (size, crc32))

    def _read(self) -> Iterator[bytes]:
        original = self.sent.original(self.record)
        if self.sent.goes_as_it_came(self.record):
            yield from original.pieces(CHUNK)
            return
        with open_without_location(original) as file:
            while piece := file.read(CHUNK):
                yield piece


class _Unknown(Exception):
    """A size that only a look into the file can tell."""


@dataclass(frozen=True, slots=True)
class _Measured:
    """A file of which the size matters, and nothing else."""

    known: Known

    def pieces(self) -> Iterator[bytes]:
        return iter(())


def _size_of(content: bytes | Stream | ImageRecord, sent: SentFiles) -> int | None:
    """Where it can be told without making or reading anything."""
    if isinstance(content, bytes):
        return len(content)
    return sent.size_of(content) if isinstance(content, ImageRecord) else None


def _is_text(content: bytes | Stream | ImageRecord) -> bool:
    return isinstance(content, Stream) and not content.embeds
