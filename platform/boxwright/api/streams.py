"""Bytes on their way out of an ASGI process, without a thread that waits on the client."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO

from django.db import close_old_connections
from django.http import FileResponse

from boxwright import limits

CHUNK = 128 * 1024

readers = ThreadPoolExecutor(8, thread_name_prefix="reader")
"""Where files are read that flow: a slow disk or bucket takes no request's thread."""
makers = ThreadPoolExecutor(limits.ZIPS_AT_ONCE, thread_name_prefix="maker")
"""Where files are made while they flow. That computes, and leaves most of the time to everybody else. A thread makes
one piece and is free again: a reader who takes nothing holds none, and downloads go on piece by piece, in turn."""
REST = 3
"""Times of what was computed, unless nobody else is present."""


class StreamedFile(FileResponse):
    """Django's own reads the whole file into memory under ASGI."""

    pool = readers

    async def __aiter__(self) -> AsyncIterator[bytes]:
        file: Any = self.file_to_stream
        if file is None:
            return
        loop = asyncio.get_running_loop()
        try:
            while (chunk := await loop.run_in_executor(self.pool, self._turn(), file)) is not None:
                if chunk:
                    yield chunk
        finally:
            await loop.run_in_executor(self.pool, file.close)

    def _turn(self) -> Callable[[Any], bytes | None]:
        """How the next piece is read; asked in the event loop."""
        return self._read

    def _read(self, file: Any) -> bytes | None:
        """The next piece. Gives the database connection back: the reader may ask for the next piece much later."""
        try:
            return self._next(file)
        finally:
            close_old_connections()

    def _next(self, file: Any) -> bytes | None:
        return file.read(CHUNK) or None


class Pieces:
    """Bytes that are made one after another, as a file. An empty piece is none: only the maker's turn has ended."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces

    def next(self) -> bytes | None:
        return next(self.pieces, None)

    def read(self, _size: int = -1) -> bytes:
        return next((piece for piece in self.pieces if piece), b"")

    def close(self) -> None:
        if isinstance(self.pieces, Generator):
            self.pieces.close()


class MadeFile(StreamedFile):
    """One that is made while it is sent, as a zip is: a `Pieces`.

    `is_alone`: whether nobody but its reader is present, as far as whoever sends it knows.
    """

    pool = makers
    is_alone: Callable[[], bool] = staticmethod(lambda: False)

    def _turn(self) -> Callable[[Any], bytes | None]:
        return self._read if self.is_alone() else self._read_and_rest

    def _next(self, file: Pieces) -> bytes | None:
        return file.next()

    def _read_and_rest(self, file: Pieces) -> bytes | None:
        """The thread rests in proportion to the piece's processor time. Waiting for a slow bucket does not count."""
        began = time.thread_time()
        try:
            return self._read(file)
        finally:
            time.sleep(REST * (time.thread_time() - began))


class Part:
    """`length` bytes of a file from `start` on."""

    def __init__(self, file: BinaryIO, start: int, length: int) -> None:
        self.file, self.left = file, length
        file.seek(start)

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(data)
        return data

    def close(self) -> None:
        self.file.close()
