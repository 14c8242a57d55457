"""The parts of an upload as one file to read in."""

import io
from bisect import bisect_right
from typing import BinaryIO, cast

from annotations.models import ArchiveUpload, UploadPart
from boxwright.storage import store


def opened(upload: ArchiveUpload) -> BinaryIO:
    """Seekable. For a look at its head and its end: each seek fetches a part."""
    return cast("BinaryIO", io.BufferedReader(_Parts(list(upload.parts.order_by("start")), upload.length), 2**16))


class _Parts(io.RawIOBase):
    def __init__(self, parts: list[UploadPart], length: int) -> None:
        self._parts, self._length, self._place = parts, length, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._length}[whence]
        if base + offset < 0:
            raise OSError("before the file's start")
        self._place = base + offset
        return self._place

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # typeshed names a private protocol
        if self._place >= self._length:
            return 0
        part = self._parts[bisect_right(self._parts, self._place, key=lambda part: part.start) - 1]
        with store().open(part.key) as file:
            file.seek(self._place - part.start)
            data = file.read(len(buffer))
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)
