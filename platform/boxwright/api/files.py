"""Sending files from an ASGI process without reading them whole, and without a thread that waits on the client."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, BinaryIO

from django.http import FileResponse, HttpResponseBase, HttpResponseRedirect

from boxwright.storage import ObjectMissing, store
from boxwright.storage.named import Named

CHUNK = 256 * 1024
FOREVER = "private, max-age=31536000, immutable"


class StreamedFile(FileResponse):
    """Django's own reads the whole file into memory under ASGI."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        file: Any = self.file_to_stream
        if file is None:
            return
        try:
            while chunk := await asyncio.to_thread(file.read, CHUNK):
                yield chunk
        finally:
            await asyncio.to_thread(file.close)


def send_object(
    wanted: Named, content_type: str, *, filename: str = "", cache: str = "private, no-cache"
) -> StreamedFile:
    """The object, inline, or as a download where `filename` is given. Raises ObjectMissing, ObjectDamaged."""
    return send_file(wanted.open(), content_type, filename=filename, cache=cache)


def send_file(
    file: BinaryIO, content_type: str, *, filename: str = "", cache: str = "private, no-cache"
) -> StreamedFile:
    """The same of an open file, which is closed at the end."""
    answer = StreamedFile(file, as_attachment=bool(filename), filename=filename, content_type=content_type)
    answer["Content-Length"] = str(_length(file))
    answer["Cache-Control"] = cache
    # Bytes that strangers uploaded must never run as a page of ours.
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def download_object(wanted: Named, filename: str, content_type: str = "application/zip") -> HttpResponseBase:
    """A download: straight from the bucket where the store can sign a link, through us where it can't."""
    if link := signed_link(wanted.key, filename):
        return HttpResponseRedirect(link)
    return send_object(wanted, content_type, filename=filename)


def signed_link(key: str, filename: str) -> str | None:
    """A link to an object that is there; None where the store signs none. Raises ObjectMissing."""
    link = store().presign(key, filename)
    if link and not store().exists(key):
        raise ObjectMissing(key)
    return link


def _length(file: BinaryIO) -> int:
    length = file.seek(0, 2)
    file.seek(0)
    return length
