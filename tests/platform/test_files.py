"""Stored objects on their way to a browser: whole, in parts, or not at all because it has them."""

import asyncio
import io

import pytest
from django.http import HttpResponseBase
from django.test import RequestFactory

from boxwright.api.files import FOREVER, send_object
from boxwright.api.streams import Part
from boxwright.storage import ObjectMissing, store
from boxwright.storage.named import Named

# The end of an answer gives back what its request had of the database.
pytestmark = pytest.mark.django_db

SIZE = 3_000_000
CONTENT = bytes(range(250)) * (SIZE // 250)


@pytest.fixture
def key() -> str:
    store().put("a/big", CONTENT)
    return "a/big"


def ask(key: str, method: str = "get", cache: str = FOREVER, filename: str = "", **headers: str) -> HttpResponseBase:
    request = getattr(RequestFactory(headers={n.replace("_", "-"): v for n, v in headers.items()}), method)("/")
    return send_object(request, Named(key), "image/jpeg", tag="abc", cache=cache, filename=filename)


def content(answer: HttpResponseBase) -> bytes:
    async def read() -> list[bytes]:
        return [part async for part in answer]  # type: ignore[attr-defined]

    try:
        return b"".join(asyncio.run(read())) if answer.streaming else answer.content  # type: ignore[attr-defined]
    finally:
        answer.close()


def test_a_file_is_sent_in_pieces(key: str) -> None:
    async def read() -> list[int]:
        answer = ask(key)
        sizes = [len(part) async for part in answer]  # type: ignore[attr-defined]
        answer.close()
        return sizes

    sizes = asyncio.run(read())
    assert (sum(sizes), max(sizes)) == (SIZE, 128 * 1024)


def test_what_people_uploaded_can_run_no_script(key: str) -> None:
    answer = ask(key, filename='evil".html')
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert (answer["Content-Length"], answer["Accept-Ranges"], answer["ETag"]) == (str(SIZE), "bytes", '"abc"')
    answer.close()


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        (f"bytes={SIZE - 5}-", SIZE - 5, SIZE),
        (f"bytes={SIZE - 5}-{SIZE + 5}", SIZE - 5, SIZE),
        ("bytes=-7", SIZE - 7, SIZE),
        (f"bytes=-{SIZE + 1}", 0, SIZE),
    ],
)
def test_a_part_is_sent_alone(key: str, asked: str, start: int, end: int) -> None:
    answer = ask(key, Range=asked)
    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes {start}-{end - 1}/{SIZE}"
    assert answer["Content-Length"] == str(end - start)
    assert content(answer) == CONTENT[start:end]


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=5-4", "bytes=-0"])
def test_a_part_that_is_not_there_is_said(key: str, asked: str) -> None:
    answer = ask(key, Range=asked)
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{SIZE}")


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "bytes=-", "pages=1-2", "bytes=١-٢", "bytes=" + "9" * 5000 + "-"])
def test_what_is_no_single_part_is_the_whole(key: str, asked: str) -> None:
    answer = ask(key, Range=asked)
    assert answer.status_code == 200
    answer.close()


def test_a_part_of_other_bytes_is_the_whole(key: str) -> None:
    for known, status in (('"abc"', 206), ('"old"', 200), ('W/"abc"', 200)):
        answer = ask(key, Range="bytes=0-1", If_Range=known)
        assert answer.status_code == status
        answer.close()


def test_who_has_the_bytes_gets_none(key: str) -> None:
    for known in ('"abc"', 'W/"abc", "x"', "*"):
        answer = ask(key, If_None_Match=known)
        assert (answer.status_code, answer["ETag"], answer["Cache-Control"]) == (304, '"abc"', FOREVER)
    assert content(ask(key, If_None_Match='"other"')) == CONTENT


def test_a_head_has_the_length_and_no_bytes(key: str) -> None:
    answer = ask(key, "head")
    assert (answer.status_code, answer["Content-Length"]) == (200, str(SIZE))
    assert content(answer) == b""


def test_a_missing_object_is_said() -> None:
    with pytest.raises(ObjectMissing):
        ask("a/none")


def test_a_part_ends_where_it_ends() -> None:
    part = Part(io.BytesIO(b"0123456789"), 2, 5)
    assert [part.read(3), part.read(3), part.read(3)] == [b"234", b"56", b""]
