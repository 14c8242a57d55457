"""Texts that grow with the data set while it is gone through once: on the disk beyond a few megabytes."""

from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from weakref import finalize

from annotations.formats.layout import BytesOf, Stream

MEMORY, CHUNK = 2**22, 2**18


class Spooled:
    """Pieces that a separator stands between. Lives as long as something may read it."""

    def __init__(self, between: bytes = b",\n") -> None:
        self.file = SpooledTemporaryFile[bytes](max_size=MEMORY)
        finalize(self, self.file.close)
        self.between, self.size = between, 0

    def add(self, piece: bytes) -> None:
        self.file.seek(self.size)
        self.size += self.file.write(self.between + piece if self.size else piece)

    def read(self) -> Iterator[bytes]:
        for place in range(0, self.size, CHUNK):
            self.file.seek(place)
            yield self.file.read(min(CHUNK, self.size - place))


def stream(*pieces: "bytes | Spooled") -> Stream:
    def bytes_in_turn(_: BytesOf) -> Iterable[bytes]:
        for piece in pieces:
            yield from [piece] if isinstance(piece, bytes) else piece.read()

    return Stream(bytes_in_turn)
