"""tf.train.Example: its features, read from a file without reading pictures, and written.

Protocol buffers as https://protobuf.dev/programming-guides/encoding has them. Example: 1 Features; Features: 1 entries
of a map; entry: 1 name, 2 Feature; Feature: 1 list of bytes, 2 of float, 3 of int64; each list: 1 its values.
"""

import struct
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

VARINT, FIXED64, DELIMITED, FIXED32 = 0, 1, 2, 5
FIXED = {FIXED64: 8, FIXED32: 4}
WINDOW = 2**16
MOST_FEATURES, LONGEST_NAME = 1_000, 200
BYTES, FLOATS, INTS = 1, 2, 3


class NoExample(Exception):
    """The data is no Example; the text says why."""


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes of the file, not read."""

    start: int
    size: int


@dataclass(slots=True)
class Feature:
    """The first values of a list: one of the three."""

    spans: list[Span] = field(default_factory=list)
    floats: list[float] = field(default_factory=list)
    ints: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.spans) + len(self.floats) + len(self.ints)


class Window:
    """A file, of which the bytes around the last place that was asked for are held."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.start, self.data = file, 0, b""

    def get(self, place: int, size: int) -> bytes:
        """Fewer where the file ends."""
        if not self.start <= place <= place + size <= self.start + len(self.data):
            self.file.seek(place)
            self.start, self.data = place, self.file.read(max(size, WINDOW))
        return self.data[place - self.start : place - self.start + size]

    def byte(self, place: int) -> int:
        """Raises IndexError behind the file's end."""
        if not self.start <= place < self.start + len(self.data):
            self.get(place, 1)
        return self.data[place - self.start]


def parse(file: Window, start: int, stop: int, most: int, wanted: Collection[str] = ()) -> dict[str, Feature]:
    """Features by name, each with at most `most` values; of others than `wanted`, if there are such, only the names.

    Raises NoExample, having read little.
    """
    found: dict[str, Feature] = {}
    for features in _parts(file, start, stop, 1):
        for entry in _parts(file, features.start, features.start + features.size, 1):
            name, feature = _entry(file, entry, most, wanted)
            found[name] = feature
            if len(found) > MOST_FEATURES:
                raise NoExample(f"more than {MOST_FEATURES} features")
    return found


def _entry(file: Window, entry: Span, most: int, wanted: Collection[str]) -> tuple[str, Feature]:
    name, feature = "", Feature()
    for number, _, part in _fields(file, entry.start, entry.start + entry.size):
        if number == 1 and isinstance(part, Span):
            if part.size > LONGEST_NAME:
                raise NoExample("a feature with too long a name")
            name = text(file, part)
        elif number == 2 and isinstance(part, Span) and (not wanted or not name or name in wanted):
            feature = _feature(file, part, most)
    return name, feature


def _feature(file: Window, span: Span, most: int) -> Feature:
    feature = Feature()
    for kind, _, values in _fields(file, span.start, span.start + span.size):
        if isinstance(values, Span) and kind in (BYTES, FLOATS, INTS):
            _fill(file, feature, kind, values, most)
    return feature


def _fill(file: Window, feature: Feature, kind: int, values: Span, most: int) -> None:
    for number, wire, part in _fields(file, values.start, values.start + values.size):
        if number != 1:
            continue
        if kind == BYTES and isinstance(part, Span) and wire == DELIMITED:
            feature.spans.append(part)
        elif kind == FLOATS and isinstance(part, Span) and wire in (DELIMITED, FIXED32):
            feature.floats += _floats(file, part, most - len(feature))
        elif kind == INTS:
            feature.ints += [signed(part)] if isinstance(part, int) else _ints(file, part, most - len(feature))
        if len(feature) >= most:
            return


def _floats(file: Window, span: Span, most: int) -> tuple[float, ...]:
    if span.size % 4:
        raise NoExample("a list of numbers that is cut off")
    data = file.get(span.start, min(span.size, 4 * most))
    return struct.unpack(f"<{len(data) // 4}f", data)


def _ints(file: Window, span: Span, most: int) -> Iterator[int]:
    place, stop = span.start, span.start + span.size
    while most and place < stop:
        value, place = _varint(file, place, stop)
        most -= 1
        yield signed(value)


def signed(value: int) -> int:
    return value - 2**64 if value >= 2**63 else value


def _parts(file: Window, start: int, stop: int, wanted: int) -> Iterator[Span]:
    return (part for number, _, part in _fields(file, start, stop) if number == wanted and isinstance(part, Span))


def _fields(file: Window, start: int, stop: int) -> Iterator[tuple[int, int, Span | int]]:
    """Number, kind and place of each field between; the value itself of a varint."""
    place = start
    while place < stop:
        tag, place = _varint(file, place, stop)
        number, wire = tag >> 3, tag & 7
        if number == 0:
            raise NoExample("a field without a number")
        if wire == VARINT:
            value, place = _varint(file, place, stop)
            yield number, wire, value
            continue
        if wire == DELIMITED:
            size, place = _varint(file, place, stop)
        elif wire in FIXED:
            size = FIXED[wire]
        else:
            raise NoExample(f"a field of kind {wire}")
        span = Span(place, size)
        place += size
        if place > stop:
            raise NoExample("a field that reaches beyond its end")
        yield number, wire, span


def _varint(file: Window, place: int, stop: int) -> tuple[int, int]:
    """The number, and where it ends."""
    offset = place - file.start
    if place < stop and 0 <= offset < len(file.data) and file.data[offset] < 0x80:  # most are so short
        return file.data[offset], place + 1
    value = 0
    for shift in range(0, 70, 7):
        if place >= stop:
            raise NoExample("a number that is cut off")
        byte = file.byte(place)
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & (2**64 - 1), place
    raise NoExample("a number of more than ten bytes")


def text(file: Window, span: Span, most: int = 1_000) -> str:
    return file.get(span.start, min(span.size, most)).decode("utf-8", "replace")


Values = list[bytes] | list[float] | list[int]


@dataclass(frozen=True, slots=True)
class Typed:
    """A feature that is written: `kind` also of an empty list."""

    kind: int
    values: Values


def example_chunks(features: Mapping[str, Typed]) -> list[bytes]:
    """The same for the same features, sorted by name; values of bytes are not copied."""
    entries = [chunk for name in sorted(features) for chunk in _entry_chunks(name, features[name])]
    return _delimited(1, entries)


def _entry_chunks(name: str, feature: Typed) -> list[bytes]:
    value = _delimited(2, _delimited(feature.kind, _list_chunks(feature)))
    return _delimited(1, [*_delimited(1, [name.encode()]), *value])


def _list_chunks(feature: Typed) -> list[bytes]:
    if feature.kind == BYTES:
        return [chunk for value in feature.values if isinstance(value, bytes) for chunk in _delimited(1, [value])]
    if not feature.values:
        return []
    if feature.kind == FLOATS:
        return _delimited(1, [struct.pack(f"<{len(feature.values)}f", *feature.values)])
    return _delimited(1, [b"".join(varint(value) for value in feature.values if isinstance(value, int))])


def _delimited(number: int, chunks: list[bytes]) -> list[bytes]:
    return [varint(number << 3 | DELIMITED) + varint(sum(map(len, chunks))), *chunks]


def varint(value: int) -> bytes:
    value &= 2**64 - 1
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
