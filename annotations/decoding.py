"""How many pixels are decoded at once in a process, whoever sent them. Pure."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class PixelBudget:
    """A semaphore of `total` pixels. Who comes first goes first; a picture larger than all of it has it for itself."""

    def __init__(self, total: int) -> None:
        self.total = total
        self._left = total
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()

    @contextmanager
    def spend(self, pixels: int) -> Iterator[None]:
        share, turn = min(pixels, self.total), object()
        with self._changed:
            self._waiting.append(turn)
            try:
                self._changed.wait_for(lambda: self._waiting[0] is turn and self._left >= share)
                self._left -= share
            finally:
                self._waiting.remove(turn)
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._left += share
                self._changed.notify_all()
