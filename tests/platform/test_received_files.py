"""Where the files of a form are kept while a request is answered."""

from contextlib import suppress
from pathlib import Path

import pytest
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.http.multipartparser import MultiPartParserError
from django.test import RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from boxwright.api.received_files import MEMORY_BYTES, SMALL_BYTES


def are_in_memory(*sizes: int) -> list[bool]:
    sent = [SimpleUploadedFile(f"{number}.jpg", bytes([number]) * size) for number, size in enumerate(sizes)]
    request = RequestFactory().post("/", {"files": sent})
    files = request.FILES.getlist("files")
    for number, (file, size) in enumerate(zip(files, sizes, strict=True)):
        assert file.size == size
        assert file.read() == bytes([number]) * size
    request.close()
    return [isinstance(file, InMemoryUploadedFile) for file in files]


def test_small_files_are_in_memory_and_large_ones_on_the_disk() -> None:
    sizes = (10, SMALL_BYTES, SMALL_BYTES + 1, 3 * SMALL_BYTES, 0, 20)
    assert are_in_memory(*sizes) == [True, True, False, False, True, True]


def test_a_request_takes_no_more_memory_than_its_bound() -> None:
    fit = MEMORY_BYTES // SMALL_BYTES
    assert are_in_memory(*[SMALL_BYTES] * (fit + 3), 5) == [True] * fit + [False] * 4


def test_a_form_that_breaks_off_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    body = encode_multipart(BOUNDARY, {"files": SimpleUploadedFile("a.jpg", bytes(3 * SMALL_BYTES))})
    cut = body[: len(body) // 2] + b"\r\n--" + BOUNDARY.encode() + b"\r\nContent-Disposition: form-data; na"
    request = RequestFactory().generic("POST", "/", cut, MULTIPART_CONTENT)
    with suppress(MultiPartParserError):
        list(request.FILES.values())
    request.close()
    assert not list(tmp_path.iterdir())
