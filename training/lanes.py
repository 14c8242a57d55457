"""One run and one artifact at a time in a worker process, side by side; the rows are the queue.

A message only says that there is something to do. One that comes while its lane is taken is dropped: whoever holds
the lane takes what is queued afterwards. So a long queue of runs never keeps an artifact waiting, on one machine.
"""

import threading
from collections.abc import Callable

from boxwright.jobs import Job, Status, stopping

_lanes: dict[type[Job], threading.Lock] = {}
_making = threading.Lock()


def work_through(model: type[Job], pk: int, work: Callable[[int], None]) -> None:
    """Do the job `pk`, then whatever else of its kind is queued, unless this process is busy with one already."""
    lane = _lane(model)
    following: int | None = pk
    while following is not None and lane.acquire(blocking=False):
        try:
            while following is not None:
                work(following)
                following = _next(model)
        finally:
            lane.release()
        following = _next(model)  # a message that found the lane taken just before it was free


def _lane(model: type[Job]) -> threading.Lock:
    with _making:
        return _lanes.setdefault(model, threading.Lock())


def _next(model: type[Job]) -> int | None:
    if stopping.is_set():
        return None
    queued = model._default_manager.filter(status=Status.QUEUED).order_by("enqueued_at", "pk")
    return queued.values_list("pk", flat=True).first()
