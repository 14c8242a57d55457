"""Delays refusals of requests that are too many: the more of a sender's refusals wait, the longer the next one does."""

import asyncio
from collections import Counter
from collections.abc import Hashable

EACH, LONGEST = 0.05, 10.0
"""Seconds of delay for each refusal of the sender that waits already; the longest delay."""


class Refusals:
    def __init__(self) -> None:
        self._waiting: Counter[Hashable] = Counter()

    def delay(self, sender: Hashable) -> float:
        return min(LONGEST, EACH * self._waiting[sender])

    async def wait(self, sender: Hashable) -> None:
        delay = self.delay(sender)
        self._waiting[sender] += 1
        try:
            await asyncio.sleep(delay)
        finally:
            self._waiting[sender] -= 1
            self._waiting += Counter()  # drops the zeros
