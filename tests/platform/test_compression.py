"""What goes out compressed."""

import gzip
import json
from typing import Any

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from boxwright.compression import SMALLEST, CompressionMiddleware

LONG = json.dumps([{"name": f"{n}.jpg"} for n in range(SMALLEST // 8)]).encode()


def sent(response: Any, accepted: str = "gzip, br") -> Any:
    request = RequestFactory().get("/api/v1/projects/", headers={"Accept-Encoding": accepted})
    return CompressionMiddleware(lambda _: response)(request)


def test_a_long_list_is_compressed_for_whoever_takes_it() -> None:
    answer = sent(HttpResponse(LONG, content_type="application/json"))
    assert (answer["Content-Encoding"], answer["Vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(answer.content) == LONG
    assert int(answer["Content-Length"]) == len(answer.content) < len(LONG) / 4
    assert sent(HttpResponse(LONG, content_type="application/json"), "identity").content == LONG


def test_lengths_of_one_answer_differ() -> None:
    """Who can make a person's browser ask again and again learns nothing from the lengths."""
    lengths = {len(sent(HttpResponse(LONG, content_type="application/json")).content) for _ in range(20)}
    assert len(lengths) > 1


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(LONG[: SMALLEST - 1], content_type="application/json"),
        HttpResponse(LONG, content_type="image/jpeg"),
        HttpResponse(LONG, content_type="text/csv"),
        StreamingHttpResponse([LONG], content_type="application/json"),
        StreamingHttpResponse([LONG], content_type="text/event-stream"),
    ],
)
def test_everything_else_goes_as_it_is(response: Any) -> None:
    assert "Content-Encoding" not in sent(response)
