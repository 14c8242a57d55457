"""Several things at once inside one request: what computes outside of Python's lock, or waits for disks and lines.

The threads ask no database. What they compute is charged to whoever waits for them, as `seconds_elsewhere`.
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from time import thread_time
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

AT_ONCE = 2 * (os.cpu_count() or 1)
_charged = threading.local()


@cache
def _threads() -> ThreadPoolExecutor:
    """All are started: an executor takes a thread for idle that has its next work already, and starts no other."""
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="parallel")
    all_there = threading.Barrier(AT_ONCE)
    for _ in range(AT_ONCE):
        pool.submit(all_there.wait)
    return pool


def each(do: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """The results in the order of the items. Raises what the first of them raised, once all that began have ended."""
    begun: deque[Future[tuple[Result, float]]] = deque()
    results: list[Result] = []
    try:
        for item in items:
            if len(begun) == AT_ONCE:
                results.append(_ended(begun.popleft()))
            begun.append(_threads().submit(_timed, do, item))
        while begun:
            results.append(_ended(begun.popleft()))
    finally:
        for future in begun:
            future.exception()
    return results


def seconds_elsewhere() -> float:
    """What was computed for this thread in others, since it was asked last."""
    seconds: float = getattr(_charged, "seconds", 0.0)
    _charged.seconds = 0.0
    return seconds


def _timed(do: Callable[[Item], Result], item: Item) -> tuple[Result, float]:
    began = thread_time()
    return do(item), thread_time() - began


def _ended(future: "Future[tuple[Result, float]]") -> Result:
    result, seconds = future.result()
    _charged.seconds = getattr(_charged, "seconds", 0.0) + seconds
    return result
