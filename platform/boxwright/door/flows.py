"""Answers that flow: large ones, files, event streams. How many of them one person has open in this process."""

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from django.http import HttpResponseBase

from boxwright import limits
from boxwright.errors import TooMany

WHOLE = 64 * limits.KIB
"""What the server's buffer takes at once: a smaller answer waits for no reader."""


def flows(response: HttpResponseBase) -> bool:
    return response.streaming or len(getattr(response, "content", b"")) > WHOLE


LARGE = 256 * limits.KIB
"""What is no thumbnail any more."""


class Flows:
    def __init__(self) -> None:
        self._open: Counter[tuple[Hashable, str]] = Counter()

    @contextmanager
    def opened(self, response: HttpResponseBase, person: Hashable) -> Iterator[None]:
        """Raises TooMany."""
        kind, most, word = _kind(response)
        if self._open[person, kind] >= most:
            raise TooMany(f"You have {most} {word} open already; close one first.")
        self._open[person, kind] += 1
        try:
            yield
        finally:
            self._open[person, kind] -= 1
            self._open += Counter()  # drops the zeros


def _kind(response: HttpResponseBase) -> tuple[str, int, str]:
    if response.headers.get("Content-Type", "").startswith("text/event-stream"):
        return "stream", limits.STREAMS_A_PERSON, "event streams"
    length = response.headers.get("Content-Length", len(getattr(response, "content", b"")) or LARGE + 1)
    if int(length) <= LARGE:
        return "answer", limits.ANSWERS_A_PERSON, "answers"
    return "download", limits.DOWNLOADS_A_PERSON, "downloads"
