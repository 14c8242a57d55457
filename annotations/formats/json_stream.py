"""JSON of any length, an item at a time, in little memory.

Not a number, infinities and encodings other than UTF-8 are read, as tools write them though JSON forbids it.
"""

import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, BinaryIO, cast

import ijson

from annotations.formats.errors import FormatError
from annotations.formats.listing import Listing
from annotations.formats.texts import MARKS, AsUtf8, encoding_of

DEEPEST = 100
LONGEST_PLACE = 1_000
CHUNK = 2**16
NO_NUMBER = re.compile(rb'"(?:[^"\\]++|\\.)*+(?P<end>"|\\?\Z)|-?\b(?:NaN|Infinity)\b', re.DOTALL)
WORD = b"-_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
TEXTS = {b"NaN": b'"NaN"', b"Infinity": b'"Infinity"', b"-Infinity": b'"-Infinity"', b"-NaN": b'"NaN"'}

Event = tuple[str, str, Any]
"""As `ijson.parse` gives it: the place ("images.item.file_name"), the kind, the value."""


class JsonFile:
    """One file of a listing. `item_bytes`: the longest item that is held; `finding`: what its encoding is.

    Raises FormatError, here and while anything is drawn: no such file, no JSON (with its line, where the file is short
    enough to be looked at again), too long an item, nested too deeply. What is no number ("NaN") comes as a text.
    """

    def __init__(self, listing: Listing, name: str, item_bytes: int) -> None:
        self.listing, self.name, self.item_bytes = listing, name, item_bytes
        self.encoding, self.finding = encoding_of(listing, name)

    def items(self, place: str) -> Iterator[Any]:
        """Each value at the place, in the file's order: "images.item" are those of {"images": […]}, "item" those of a
        list, "" is the whole."""
        with self._source(_depth(place)) as source:
            yield from ijson.items(source, place, use_float=True, buf_size=CHUNK)

    def pairs(self, place: str) -> Iterator[tuple[str, Any]]:
        """The keys of the object at the place, and their values; "" is the outermost."""
        with self._source(_depth(place) + 1) as source:
            yield from ijson.kvitems(source, place, use_float=True, buf_size=CHUNK)

    def head(self, most: int = 2_000) -> Iterator[Event]:
        """The first events, to recognise a file by."""
        with self._source(DEEPEST) as source:
            yield from islice(ijson.parse(source, use_float=True, buf_size=4096), most)

    @contextmanager
    def _source(self, depth: int) -> Iterator["_Source"]:
        with self.listing.path(self.name).open("rb") as file:
            try:
                yield _Source(_without_nonsense(file, self.encoding), self.name, self.item_bytes, depth)
            except ijson.JSONError as error:
                raise self._fault(error) from error

    def _fault(self, error: Exception) -> FormatError:
        said = (str(error).strip().splitlines() or ["damaged"])[0][:120]
        try:
            json.loads(self.listing.read(self.name, self.item_bytes).decode(self.encoding, "replace"))
        except json.JSONDecodeError as found:
            return FormatError(f"not readable as JSON: {found.msg} at column {found.colno}", found.lineno, self.name)
        except (FormatError, RecursionError, ValueError):
            pass  # too long, nested too deeply, or a number of more digits than Python takes
        return FormatError(f"not readable as JSON: {said}", file=self.name)


def beginning(listing: Listing, name: str, size: int = 2**16) -> list[Event]:
    """The events in the first bytes of a file, to recognise it by; as far as they are JSON. Never reads on."""
    head = listing.head(name, size)
    mark = next((mark for mark in MARKS if head.startswith(mark)), b"")
    text = head.decode(MARKS.get(mark, "utf-8"), "ignore")
    found: list[Event] = []
    try:
        for event in ijson.parse(io.BytesIO(text.encode()), use_float=True, buf_size=1024):
            if len(event[0]) > LONGEST_PLACE:
                break
            found.append(event)
    except ijson.JSONError:
        pass
    return found


def _depth(place: str) -> int:
    """Of lists and objects around what lies at the place."""
    return len(place.split(".")) if place else 0


class _Source:
    """What the parser reads from: looks ahead of it for what would cost it too much memory.

    An item is what lies deeper than `depth`. The parser names the place of each event: nesting costs it a square.
    """

    def __init__(self, file: BinaryIO, name: str, most: int, depth: int) -> None:
        self.file, self.name, self.most, self.item_depth = file, name, most, depth
        self.depth = self.item_bytes = 0
        self.held = b""
        """The beginning of a text that is not ended, without what is in it."""
        self.is_inside = False
        """Whether a text goes on through the whole of the last chunk."""

    def read(self, size: int) -> bytes:
        chunk = self.file.read(size)
        self._look(chunk)
        return chunk

    def _look(self, chunk: bytes) -> None:
        left = self._structure(chunk)
        closed = left.count(b"]") + left.count(b"}")
        opened = len(left) - closed
        self.item_bytes += len(chunk)
        if self.depth - closed <= self.item_depth and not self.is_inside:
            self.item_bytes = 0
        self.depth += opened - closed
        if self.depth > DEEPEST:
            raise self._too_deep()
        if self.item_bytes > self.most + CHUNK:
            raise FormatError(f"an item of the JSON has more than {self.most / 2**20:g} MB", file=self.name)

    def _structure(self, chunk: bytes) -> bytes:
        """Brackets that have no partner in the chunk. Raises FormatError where they nest too deeply in it."""
        text = self.held + chunk
        ends_escaped = len(text) - len(text.rstrip(b"\\"))
        if b"\\" in text:
            text = re.sub(rb"\\.", b"", text, flags=re.DOTALL)
        self.is_inside = bool(self.held) and text.count(b'"') == 1
        text = re.sub(rb'"[^"]*"', b"", text.translate(None, NO_STRUCTURE))
        text, is_open, _ = text.partition(b'"')
        self.held = (is_open + b"\\" if ends_escaped % 2 else is_open) if is_open else b""
        for _ in range(DEEPEST):
            shorter = text.replace(b"[]", b"").replace(b"{}", b"")
            if shorter == text:
                return text
            text = shorter
        raise self._too_deep()

    def _too_deep(self) -> FormatError:
        return FormatError(f"the JSON is nested more than {DEEPEST} deep", file=self.name)


NO_STRUCTURE = bytes(set(range(256)) - set(b'"[]{}'))


def _without_nonsense(file: BinaryIO, encoding: str) -> BinaryIO:
    if encoding == "utf-8-sig":
        file.seek(3)
    elif encoding != "utf-8":
        return cast("BinaryIO", _Quoted(cast("BinaryIO", AsUtf8(file, encoding))))
    return cast("BinaryIO", _Quoted(file)) if _has_nonsense(file) else file


def _has_nonsense(file: BinaryIO) -> bool:
    """Reads on from where the file is, and goes back there. Mapped into memory, a long file would count as memory."""
    start, before = file.tell(), b""
    try:
        while chunk := file.read(CHUNK):
            text = before + chunk
            if b"NaN" in text or b"Infinity" in text:
                return True
            before = text[-len(b"Infinity") :]
        return False
    finally:
        file.seek(start)


class _Quoted:
    """JSON in which what is no number, and stands outside texts, is a text."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.held, self.ready = b"", b""

    def read(self, size: int) -> bytes:
        while len(self.ready) < size:
            chunk = self.file.read(CHUNK)
            text = self.held + chunk
            cut = _end_of_whole(text) if chunk and len(text) < LONGEST_HELD else len(text)
            self.ready += NO_NUMBER.sub(lambda match: TEXTS.get(match[0], match[0]), text[:cut])
            self.held = text[cut:]
            if not chunk:
                break
        taken, self.ready = self.ready[:size], self.ready[size:]
        return taken


LONGEST_HELD = 2**23


def _end_of_whole(text: bytes) -> int:
    """Where a text or a word begins that may go on in the next chunk."""
    for match in NO_NUMBER.finditer(text):
        if match[0].startswith(b'"') and not match["end"].endswith(b'"'):
            return match.start()
    return len(text.rstrip(WORD))


def shown(value: Any) -> str:
    """A value from a file, for a finding."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:59]}…"
