"""Watches a process with all that it starts: whether it gets anywhere, and how much memory it takes."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from boxwright import limits
from boxwright.jobs import UserFault

IDLE_SHARE = 0.01
"""Of one core: what a process takes that only waits, timers and watchers included."""

MEMORY_LOOK_SECONDS = 1.0
FIRST_TO_DIE = 800
"""Added to the badness (0 to 1000) by which the kernel chooses whom to kill when the machine has no memory left."""


class Hung(UserFault):
    """The process is alive and gets nowhere."""


class OutOfMemory(UserFault):
    """The process took more memory than a job may."""


@dataclass
class Watchdog:
    """Call `heard` for each word of the process, and `check` often.

    A word is progress, and so is computing: converting a network can be silent for long. Whoever neither says a word
    nor computes for `limits.HUNG_MINUTES` hangs; so does whoever computes without a word for `limits.SILENT_MINUTES`.
    """

    pid: int
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._word = self._mark = self._look = self.clock()
        self._computed = cpu_seconds(self.pid)

    def heard(self) -> None:
        self._word = self.clock()

    def check(self) -> None:
        """Raises Hung or OutOfMemory."""
        now = self.clock()
        if now - self._word >= limits.SILENT_MINUTES * 60:
            raise _hung(limits.SILENT_MINUTES)
        if now - max(self._word, self._mark) >= limits.HUNG_MINUTES * 60:
            self._expect_computing(now)
        if limits.JOB_MEMORY and now - self._look >= MEMORY_LOOK_SECONDS:
            self._look = now
            self._expect_room()

    def _expect_computing(self, now: float) -> None:
        """Over the whole time since the last mark, so that nothing is read while words come."""
        computed = cpu_seconds(self.pid)
        since = now - self._mark
        if computed - self._computed < IDLE_SHARE * since:
            raise _hung(limits.HUNG_MINUTES)
        self._mark, self._computed = now, computed

    def _expect_room(self) -> None:
        if memory_bytes(self.pid) > limits.JOB_MEMORY:
            allowed = limits.JOB_MEMORY // limits.MIB
            detail = f"It took more than the {allowed} MB of memory that a job may have here. Try smaller batches."
            raise OutOfMemory("out_of_memory", detail)


def _hung(minutes: float) -> Hung:
    return Hung("hung", f"No progress for {minutes:g} minutes.")


def cpu_seconds(pid: int) -> float:
    """Of the process and all that it has started and that lives."""
    total = 0.0
    for member in _family(pid):
        with suppress(psutil.Error):  # it has just left
            times = member.cpu_times()
            total += times.user + times.system
    return total


def memory_bytes(pid: int) -> int:
    """Of the process and all that it has started; what several share is counted once where the system tells."""
    total = 0
    for member in _family(pid):
        with suppress(psutil.Error):
            info = member.memory_full_info()
            total += getattr(info, "pss", info.rss)
    return total


def let_die_first(pid: int) -> None:
    """When the machine runs out of memory, the kernel takes this process and what it starts before any of ours."""
    try:
        Path(f"/proc/{pid}/oom_score_adj").write_text(str(FIRST_TO_DIE))
    except OSError:  # it may have left already, or this is no Linux
        return


def _family(pid: int) -> list[psutil.Process]:
    try:
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
