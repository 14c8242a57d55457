"""Answers that flow: large ones, files, event streams. How many of them one person has open in this process."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager

from django.http import HttpResponseBase

from boxwright import limits
from boxwright.errors import TooMany

WHOLE = 64 * limits.KIB
"""Bytes that the server's buffer takes at once: sending a smaller answer never waits for its reader."""


def flows(response: HttpResponseBase) -> bool:
    return response.streaming or len(getattr(response, "content", b"")) > WHOLE


LARGE = 256 * limits.KIB
"""Bytes above which an answer counts as a download. Thumbnails are smaller."""


BY_ROUTE = {"events": "stream", "download": "download", "artifact-download": "download"}
"""The kind of answer of these routes, known before the request is worked on."""


class Flows:
    def __init__(self) -> None:
        self._open: Counter[tuple[Hashable, str]] = Counter()

    def expect_room(self, person: Hashable, route: Callable[[], str]) -> None:
        """Raises TooMany where the answer could not be sent, before any work on it; `route` gives the route's name."""
        full = {kind for kind, (most, _) in _most().items() if self._open[person, kind] >= most}
        if full and (kind := BY_ROUTE.get(route())) in full:
            raise _too_many(kind)

    @contextmanager
    def opened(self, response: HttpResponseBase, person: Hashable) -> Iterator[None]:
        """Raises TooMany."""
        kind = _kind(response)
        if self._open[person, kind] >= _most()[kind][0]:
            raise _too_many(kind)
        self._open[person, kind] += 1
        try:
            yield
        finally:
            self._open[person, kind] -= 1
            self._open += Counter()  # drops the zeros


def _most() -> dict[str, tuple[int, str]]:
    return {
        "stream": (limits.STREAMS_A_PERSON, "event streams"),
        "download": (limits.DOWNLOADS_A_PERSON, "downloads"),
        "answer": (limits.ANSWERS_A_PERSON, "answers"),
    }


def _too_many(kind: str) -> TooMany:
    most, word = _most()[kind]
    return TooMany(f"You have {most} {word} open already; close one first.")


def _kind(response: HttpResponseBase) -> str:
    if response.headers.get("Content-Type", "").startswith("text/event-stream"):
        return "stream"
    length = response.headers.get("Content-Length", len(getattr(response, "content", b"")) or LARGE + 1)
    return "answer" if int(length) <= LARGE else "download"
