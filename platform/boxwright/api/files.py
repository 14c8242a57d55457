"""Stored files as answers: whole, the part that is asked for, or not at all because the client has them."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, BinaryIO, Protocol

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header
from rest_framework.request import Request

from boxwright.api.links import from_bucket
from boxwright.api.streams import CHUNK, MadeFile, Part, Pieces, StreamedFile
from boxwright.storage.named import Named

FOREVER = "private, max-age=31536000, immutable"
CHANGING = "private, no-cache"
ALL = 2**62
"""Bytes, more than any file has."""
RANGE = re.compile(r"^bytes=(\d{0,18})-(\d{0,18})$", re.ASCII)


def send_object(
    request: HttpRequest | Request,
    wanted: Named,
    content_type: str,
    *,
    tag: str,
    filename: str = "",
    cache: str = CHANGING,
) -> HttpResponseBase:
    """The stored object, or the part of it that is asked for. Raises ObjectMissing, ObjectDamaged.

    Inline, or as a download where `filename` is given. `tag` is the identity of its bytes, such as their hash.
    """
    return send_file(request, wanted.open, content_type, tag=tag, filename=filename, cache=cache)


def send_file(
    request: HttpRequest | Request,
    opened: Callable[[], BinaryIO],
    content_type: str,
    *,
    tag: str,
    filename: str = "",
    cache: str = CHANGING,
) -> HttpResponseBase:
    """The same of a file, which is opened only where the client has it not; it must be seekable."""
    if _has(request, tag):
        return _sealed(HttpResponse(status=304), tag, cache)
    file = opened()
    size = file.seek(0, 2)
    wanted = _range(request, tag)
    part = _within(wanted, size) if wanted else (0, size)
    if part is None:
        file.close()
        return _sealed(_no_such_part(size), tag, cache)
    start, length = part
    answer = _answer(Part(file, start, 0 if request.method == "HEAD" else length), content_type)
    if filename:
        answer["Content-Disposition"] = content_disposition_header(True, filename)
    if wanted:
        _say_part(answer, start, length, size)
    answer["Content-Length"] = str(length)
    answer["Accept-Ranges"] = "bytes"
    return _sealed(answer, tag, cache)


class Made(Protocol):
    """A file that is made while it is sent. The same `tag`: the same bytes, so that parts fit together."""

    @property
    def tag(self) -> str: ...

    def length(self) -> int: ...

    def quick_length(self) -> int | None:
        """The length, unless it takes long to tell; then the answer comes in chunks."""

    def pieces(self, start: int, stop: int) -> Iterator[bytes]: ...


def send_made(request: HttpRequest | Request, made: Made, content_type: str, *, filename: str) -> HttpResponseBase:
    """A file to keep, or the part of it that is asked for."""
    if _has(request, made.tag):
        return _sealed(HttpResponse(status=304), made.tag, CHANGING)
    if wanted := _range(request, made.tag):
        return _sealed(_made_part(request, made, content_type, filename, wanted), made.tag, CHANGING)
    answer = _made(request, made.pieces(0, ALL), content_type, filename)
    if (size := made.quick_length()) is not None:
        answer["Content-Length"] = str(size)
    return _sealed(answer, made.tag, CHANGING)


def _made_part(
    request: HttpRequest | Request, made: Made, content_type: str, filename: str, wanted: tuple[str, str]
) -> HttpResponseBase:
    size = made.length()
    if (part := _within(wanted, size)) is None:
        return _no_such_part(size)
    start, length = part
    answer = _made(request, made.pieces(start, start + length), content_type, filename)
    _say_part(answer, start, length, size)
    answer["Content-Length"] = str(length)
    return answer


def _made(
    request: HttpRequest | Request, pieces: Iterator[bytes], content_type: str, filename: str
) -> HttpResponseBase:
    sent = Pieces(iter(()) if request.method == "HEAD" else pieces)
    answer = MadeFile(sent, as_attachment=True, filename=filename, content_type=content_type)
    answer["Accept-Ranges"] = "bytes"
    return answer


def _no_such_part(size: int) -> HttpResponse:
    return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})


def _say_part(answer: HttpResponseBase, start: int, length: int, size: int) -> None:
    answer.status_code = 206
    answer["Content-Range"] = f"bytes {start}-{start + length - 1}/{size}"


def _answer(part: Any, content_type: str) -> HttpResponseBase:
    """What is small is read at once: another thread for it would take longer than the reading."""
    if part.left > CHUNK:
        return StreamedFile(part, content_type=content_type)
    with closing(part):
        return HttpResponse(part.read(), content_type=content_type)


def download_object(request: Request, wanted: Named, content_type: str, filename: str, *, tag: str) -> HttpResponseBase:
    """A file to keep: from the bucket where that suits who asks, else through us."""
    from_there = from_bucket(request, wanted.key, filename)
    return from_there or send_object(request, wanted, content_type, tag=tag, filename=filename)


def _sealed(answer: HttpResponseBase, tag: str, cache: str) -> HttpResponseBase:
    answer["ETag"] = f'"{tag}"'
    answer["Cache-Control"] = cache
    # Bytes that strangers uploaded must never run as a page of ours.
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _has(request: HttpRequest | Request, tag: str) -> bool:
    known = [each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")]
    return f'"{tag}"' in known or known == ["*"]


def _range(request: HttpRequest | Request, tag: str) -> tuple[str, str] | None:
    """What is asked for, as it is said. Several ranges, or a part of other bytes than these, are the whole file."""
    said = RANGE.match(request.headers.get("Range", "").strip())
    if said is None or said.groups() == ("", "") or request.headers.get("If-Range", f'"{tag}"') != f'"{tag}"':
        return None
    return said[1], said[2]


def _within(wanted: tuple[str, str], size: int) -> tuple[int, int] | None:
    """(start, length) of a range of a file of this size; None where there is nothing."""
    first, last = wanted
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1 if last else size)
    return (start, end - start) if start < end else None
