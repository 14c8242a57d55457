"""A run's curves as TensorBoard reads them: event files of scalars, without TensorBoard.

Records are framed as in TFRecord; each is an Event (tensorflow/core/util/event.proto): 1 wall time, 2 step, 3 version
of the file, 5 Summary, 7 SessionLog. Summary: 1 its values; Value: 1 tag, 2 simple value. SessionLog: 1 status.
"""

import struct
import time
from collections.abc import Mapping
from pathlib import Path

from annotations.formats.tfrecord.framing import framed

VERSION = b"brain.Event:2"
VARINT, FIXED64, DELIMITED, FIXED32 = 0, 1, 2, 5
START = 1
"""Of a session: what earlier files say of its step and later ones no longer holds."""


class EventFile:
    """One process's file."""

    def __init__(self, out: Path, first_step: int) -> None:
        now = time.time()
        self._path = out / f"events.out.tfevents.{now:017.6f}.boxwright"
        self._append(_event(now, 0, _delimited(3, VERSION)))
        self._append(_event(now, first_step, _delimited(7, _varint_field(1, START))))

    def write(self, step: int, values: Mapping[str, float | None]) -> None:
        """What can't be measured is left out."""
        said = b"".join(_delimited(1, _value(tag, value)) for tag, value in values.items() if value is not None)
        self._append(_event(time.time(), step, _delimited(5, said)))

    def _append(self, event: bytes) -> None:
        with self._path.open("ab") as file:
            file.write(b"".join(framed([event])))


def _event(wall_time: float, step: int, what: bytes) -> bytes:
    return _tag(1, FIXED64) + struct.pack("<d", wall_time) + _varint_field(2, step) + what


def _value(tag: str, value: float) -> bytes:
    return _delimited(1, tag.encode()) + _tag(2, FIXED32) + struct.pack("<f", value)


def _delimited(number: int, data: bytes) -> bytes:
    return _tag(number, DELIMITED) + _varint(len(data)) + data


def _varint_field(number: int, value: int) -> bytes:
    return _tag(number, VARINT) + _varint(value)


def _tag(number: int, wire: int) -> bytes:
    return _varint(number << 3 | wire)


def _varint(value: int) -> bytes:
    data = bytearray()
    while value > 0x7F:
        data.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*data, value])
