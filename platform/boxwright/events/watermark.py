"""Reading rows in the order of their ids where they do not commit in that order.

Two transactions take ids 10 and 11; 11 may commit first. Whoever then only asks for "id > 11" never sees 10.
"""

from collections.abc import Iterable

PATIENCE = 60.0
# How many ids can be in flight at once. Wider holes are rows that were pruned long ago.
WIDEST = 200


class Watermark:
    """Which ids were seen, which are still missing. `now` is any clock in seconds, brought in by the caller."""

    def __init__(self, start: int = 0) -> None:
        self.high = start
        self.missing: dict[int, float] = {}

    def see(self, ids: Iterable[int], now: float) -> None:
        """Note rows that were read. A hole is waited for, PATIENCE seconds: its transaction may have rolled back."""
        for seen in sorted(ids):
            if seen > self.high:
                holes = range(max(self.high + 1, seen - WIDEST), seen)
                self.missing |= dict.fromkeys(holes, now + PATIENCE)
                self.high = seen
            self.missing.pop(seen, None)
        self.missing = {hole: until for hole, until in self.missing.items() if until > now}

    @property
    def safe(self) -> int:
        """Every row up to here was seen or will never come: where a client may resume."""
        return min(self.missing, default=self.high + 1) - 1
