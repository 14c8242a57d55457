"""How records lie in a file: length, its sum, data, its sum. The sums are CRC-32C, masked as TensorFlow does."""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import google_crc32c

HEAD, TAIL = 12, 4
CHUNK = 2**20
MASK = 0xA282EAD8


@dataclass(frozen=True, slots=True)
class Frame:
    """The data of record `number` (from 1): `size` bytes from `start` on."""

    number: int
    start: int
    size: int

    @property
    def stop(self) -> int:
        return self.start + self.size


@dataclass(frozen=True, slots=True)
class Damage:
    """What ends a file before its end."""

    reason: str


def masked(crc: int) -> int:
    return ((crc >> 15 | crc << 17) + MASK) & 0xFFFFFFFF


def begins_so(head: bytes) -> bool:
    if len(head) < HEAD:
        return False
    return bool(masked(google_crc32c.value(head[:8])) == struct.unpack_from("<I", head, 8)[0])


def frames_of(file: BinaryIO) -> Iterator[Frame | Damage]:
    """Where each record lies. Reads no data; a length is trusted after its sum, and where so much is there."""
    total, place, number = file.seek(0, 2), 0, 0
    while place < total:
        number += 1
        file.seek(place)
        head = file.read(HEAD)
        if len(head) < HEAD:
            yield Damage(f"record {number} is cut off")
            return
        if not begins_so(head):
            yield Damage(f"the length of record {number} is damaged; it and what follows can't be read")
            return
        (size,) = struct.unpack_from("<Q", head)
        if size > total - place - HEAD - TAIL:
            yield Damage(f"record {number} is cut off: {total - place - HEAD:,} of its {size:,} bytes are there")
            return
        yield Frame(number, place + HEAD, size)
        place += HEAD + size + TAIL


def is_whole(file: BinaryIO, frame: Frame) -> bool:
    """Whether the data has its sum."""
    file.seek(frame.start)
    crc, left = 0, frame.size
    while left and (chunk := file.read(min(left, CHUNK))):
        crc, left = google_crc32c.extend(crc, chunk), left - len(chunk)
    return bool(file.read(TAIL) == struct.pack("<I", masked(crc)))


def framed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """A record of these bytes, which are not joined."""
    data = list(chunks)
    length, crc = struct.pack("<Q", sum(map(len, data))), 0
    yield length + struct.pack("<I", masked(google_crc32c.value(length)))
    for chunk in data:
        crc = google_crc32c.extend(crc, chunk)
        yield chunk
    yield struct.pack("<I", masked(crc))
