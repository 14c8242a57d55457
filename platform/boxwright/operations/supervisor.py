"""One command, all processes: the web process and the workers, restarted when they crash, gone when we are."""

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from boxwright import lifeline

GRACE_SECONDS = 8.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
HEALTHY_AFTER = 60.0
NOISE = "worker: Warm shutdown"
NICENESS = 5
"""Of the workers: on one machine, whoever labels comes first."""
Say = Callable[[str], None]


@dataclass
class Part:
    """One child process: what it runs, and when it may be started again."""

    name: str
    module: str
    arguments: Sequence[str]
    pass_fds: tuple[int, ...] = ()
    niceness: int = 0
    process: subprocess.Popen[bytes] | None = None
    pause: float = FIRST_PAUSE
    started: float = 0.0
    due: float = 0.0

    def start(self, environment: Mapping[str, str], say: Say) -> None:
        self.process = lifeline.spawn(
            self.module,
            *self.arguments,
            environment=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=self.pass_fds,
        )
        with contextlib.suppress(OSError):  # it may have left already
            if self.niceness:
                os.setpriority(os.PRIO_PROCESS, self.process.pid, self.niceness)
        self.started = time.monotonic()
        assert self.process.stdout is not None
        threading.Thread(target=_prefix, args=(self.name, self.process.stdout, say), daemon=True).start()

    def crashed(self) -> int | None:
        """The exit code of a process that has just left; its restart is then due after a pause, longer each time."""
        if self.process is None or (code := self.process.poll()) is None:
            return None
        lifeline.cut(self.process)
        self.process = None
        if time.monotonic() - self.started > HEALTHY_AFTER:
            self.pause = FIRST_PAUSE
        self.due = time.monotonic() + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE)
        return code


@dataclass
class Supervisor:
    parts: Sequence[Part]
    say: Say
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self, url: str, announce: str) -> None:
        """Keep the parts running until Ctrl-C or SIGTERM."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._interrupt)
        threading.Thread(target=self._announce, args=(url, announce), daemon=True).start()
        try:
            while not self.stopping.is_set():
                self._tend()
                self.stopping.wait(0.2)
        finally:
            self._stop()

    def _tend(self) -> None:
        now = time.monotonic()
        for part in self.parts:
            if (code := part.crashed()) is not None:
                wait = part.due - time.monotonic()
                self.say(f"{part.name} left unexpectedly (exit {code}); it starts again in {wait:.1f} s")
            if part.process is None and now >= part.due:
                part.start(self.environment, self.say)

    def _stop(self) -> None:
        running = [part.process for part in self.parts if part.process is not None]
        for process in running:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for process in running:
            lifeline.end(process, max(0.1, deadline - time.monotonic()))

    def _announce(self, url: str, line: str) -> None:
        """Say where we are once the first page answers: our own listening socket queues the request till then."""
        while not self.stopping.is_set():
            if _answers(url):
                self.say(line)
                return
            self.stopping.wait(0.1)

    def _interrupt(self, _number: int, _frame: object) -> None:
        if self.stopping.is_set():  # the second Ctrl-C: our children go with us
            os._exit(130)
        self.stopping.set()


def worker(name: str, queues: str, concurrency: int, log_level: str) -> Part:
    """A Celery worker without the chatter between workers: progress, cancel and heartbeats are rows."""
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    size = (f"--concurrency={concurrency}", "--pool=threads", f"--loglevel={log_level.upper()}")
    arguments = ("-A", "boxwright.celery", "--quiet", "worker", f"--queues={queues}", f"--hostname={name}@%h")
    return Part(name, "celery", (*arguments, *size, *quiet), niceness=NICENESS)


def web(listener: socket.socket, log_level: str) -> Part:
    arguments = ("--fd", str(listener.fileno()), "--log-level", log_level)
    return Part("web", "boxwright.serve", arguments, pass_fds=(listener.fileno(),))


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=30):  # noqa: S310 (our own http URL)
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def _prefix(name: str, stream: IO[bytes], say: Say) -> None:
    with stream:
        for line in stream:
            text = line.decode(errors="replace").rstrip()
            if text and NOISE not in text:
                say(f"{name:>7} | {text}")
