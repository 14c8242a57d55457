"""A process that gets nowhere, or takes too much memory, is noticed; one that works is left alone. Real processes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from boxwright import lifeline, limits
from tests.services.processes import wait_until
from training.work.watchdog import FIRST_TO_DIE, Hung, OutOfMemory, Watchdog, cpu_seconds, let_die_first, memory_bytes

SLEEPS = "import time; print('up', flush=True); time.sleep(10**6)"
COMPUTES = "print('up', flush=True)\nwhile True: pass"
CHILD_COMPUTES = (
    f"import subprocess, sys; print('up', flush=True); subprocess.run([sys.executable, '-c', {COMPUTES!r}])"
)
TAKES_MEMORY = "import time; kept = b'x' * 2**28; print('up', flush=True); time.sleep(10**6)"


class Clock:
    """Minutes pass when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def pass_minutes(self, minutes: float) -> None:
        self.now += minutes * 60


@contextmanager
def process(code: str) -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True) as running:
        try:
            assert running.stdout is not None
            assert running.stdout.readline() == b"up\n"
            yield running.pid
        finally:
            os.killpg(running.pid, signal.SIGKILL)


def compute(pid: int, seconds: float) -> None:
    """Wait until the process has computed for so long, however busy the machine is."""
    began = cpu_seconds(pid)
    wait_until(lambda: cpu_seconds(pid) - began >= seconds, "some computing")


def test_one_that_sleeps_for_ever_hangs() -> None:
    clock = Clock()
    with process(SLEEPS) as pid:
        watchdog = Watchdog(pid, clock)
        clock.pass_minutes(limits.HUNG_MINUTES - 0.1)
        watchdog.check()
        clock.pass_minutes(0.1)
        with pytest.raises(Hung, match="No progress for 10 minutes"):
            watchdog.check()


def test_one_that_was_stopped_hangs() -> None:
    clock = Clock()
    with process(COMPUTES) as pid:
        os.kill(pid, signal.SIGSTOP)
        wait_until(lambda: psutil.Process(pid).status() == psutil.STATUS_STOPPED, "the stop")
        watchdog = Watchdog(pid, clock)
        clock.pass_minutes(limits.HUNG_MINUTES)
        with pytest.raises(Hung):
            watchdog.check()


def test_a_word_is_progress() -> None:
    clock = Clock()
    with process(SLEEPS) as pid:
        watchdog = Watchdog(pid, clock)
        for _ in range(30):
            clock.pass_minutes(limits.HUNG_MINUTES - 1)
            watchdog.heard()
            watchdog.check()


@pytest.mark.parametrize("code", [COMPUTES, CHILD_COMPUTES], ids=["itself", "what it started"])
def test_computing_is_progress_for_a_while(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(limits, "HUNG_MINUTES", 1)
    monkeypatch.setattr(limits, "SILENT_MINUTES", 3)
    clock = Clock()
    with process(code) as pid:
        watchdog = Watchdog(pid, clock)
        for _ in range(2):
            compute(pid, 1)
            clock.pass_minutes(1)
            watchdog.check()
        compute(pid, 1)
        clock.pass_minutes(1)
        with pytest.raises(Hung, match="3 minutes"):
            watchdog.check()


def test_one_that_takes_too_much_memory_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    with process(TAKES_MEMORY) as pid:
        watchdog = Watchdog(pid, clock)
        clock.pass_minutes(1)
        watchdog.check()
        taken = memory_bytes(pid)
        assert taken > 2**28
        monkeypatch.setattr(limits, "JOB_MEMORY", taken * 2)
        clock.pass_minutes(1)
        watchdog.check()
        monkeypatch.setattr(limits, "JOB_MEMORY", 2**28)
        clock.pass_minutes(1)
        with pytest.raises(OutOfMemory, match="256 MB") as failure:
            watchdog.check()
        assert failure.value.code == "out_of_memory"


def test_a_process_that_has_left_takes_nothing() -> None:
    with process(SLEEPS) as pid:
        pass
    assert (cpu_seconds(pid), memory_bytes(pid)) == (0, 0)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have no such score")
def test_it_dies_first_when_memory_runs_out() -> None:
    with process(SLEEPS) as pid:
        let_die_first(pid)
        assert int(Path(f"/proc/{pid}/oom_score_adj").read_text()) == FIRST_TO_DIE
    let_die_first(pid)


def test_a_stopped_process_and_its_watcher_can_be_killed() -> None:
    serve = ("http.server", "--bind", "127.0.0.1", "0")
    quiet = subprocess.DEVNULL
    child = lifeline.spawn(*serve, environment=os.environ, stdout=quiet, stderr=quiet)
    wait_until(lambda: len(psutil.Process(child.pid).children()) == 1, "the watcher")
    everyone = [psutil.Process(child.pid), *psutil.Process(child.pid).children()]
    os.killpg(child.pid, signal.SIGSTOP)
    wait_until(lambda: all(p.status() == psutil.STATUS_STOPPED for p in everyone), "the stop")
    lifeline.kill(child)
    assert child.wait(10) == -signal.SIGKILL
    wait_until(lambda: not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in everyone), "their end")
    lifeline.cut(child)
