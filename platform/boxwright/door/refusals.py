"""How long somebody waits to be refused who asked for too much: whoever comes again at once gains nothing by it."""

import asyncio
from collections import Counter
from collections.abc import Hashable

EACH, LONGEST = 0.05, 10.0
"""Seconds, for each of a person's refusals that waits already; and at most."""


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
