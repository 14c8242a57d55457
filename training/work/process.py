"""One `python -m training.engine …` process: its events, its log, its end. Knows no Django."""

import contextlib
import json
import os
import queue
import subprocess
import threading
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import IO, Any

from boxwright import lifeline
from training.engine.config import CHILD_ENVIRONMENT, TRAINING_ENVIRONMENT
from training.work.watchdog import let_die_first

Event = Mapping[str, Any]

GRACE_SECONDS = 0.4
"""What a process that was asked to stop gets before it is killed: checkpoints are written aside, so nothing breaks."""

NICENESS = 5
"""Whoever labels on the same machine comes first; on a quiet machine it costs nothing."""

MAX_LINE = 2000
"""Characters kept of one line of log."""

MAX_READ = 2**20
"""Bytes read of one line: an event is far shorter, and a line without end must not fill our memory."""


class Child:
    """A running engine process. Lines that are no events, and all of standard error, come as `log` events."""

    def __init__(self, *arguments: str, temporary: Path) -> None:
        """`temporary`: where it and its tools may leave files; whoever starts it removes them."""
        temporary.mkdir(exist_ok=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("BOXWRIGHT_")}
        environment |= TRAINING_ENVIRONMENT if arguments[0] == "train" else CHILD_ENVIRONMENT
        self._process = lifeline.spawn(
            "training.engine",
            *arguments,
            environment=environment | {"TMPDIR": str(temporary)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        with contextlib.suppress(OSError):  # it may have left already
            os.setpriority(os.PRIO_PROCESS, self._process.pid, NICENESS)
        let_die_first(self._process.pid)
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._readers = [
            self._read(self._process.stdout, _parse),
            self._read(self._process.stderr, _as_log),
        ]

    @property
    def pid(self) -> int:
        return self._process.pid

    def events(self, seconds: float) -> list[Event]:
        """What has come; waits up to `seconds` for the first."""
        taken: list[Event] = []
        deadline = time.monotonic() + seconds
        while (wait := deadline - time.monotonic()) > 0 and not taken and not self._is_over():
            try:
                taken.append(self._events.get(timeout=min(wait, 0.1)))
            except queue.Empty:
                continue
        while not self._events.empty():
            taken.append(self._events.get())
        return taken

    def ended(self) -> int | None:
        """The exit code once the process has left and all it wrote has been read; negative: killed by that signal."""
        if self._process.poll() is None:
            return None
        lifeline.cut(self._process)  # a process of its own that it has left behind still holds the pipes
        for reader in self._readers:
            reader.join(timeout=2)
        return self._process.returncode if self._events.empty() else None

    def kill(self) -> None:
        """At once, with all it has started, even where it hangs or is stopped."""
        lifeline.kill(self._process)
        self.stop()

    def stop(self) -> None:
        """Ask it to stop, then kill it with all it has started."""
        lifeline.end(self._process, GRACE_SECONDS)
        for reader in self._readers:
            reader.join(timeout=2)

    def _is_over(self) -> bool:
        return self._process.poll() is not None and self._events.empty()

    def _read(self, stream: IO[bytes] | None, parse: Any) -> threading.Thread:
        assert stream is not None
        thread = threading.Thread(target=_drain, args=(stream, parse, self._events), daemon=True)
        thread.start()
        return thread


def _drain(stream: IO[bytes], parse: Any, events: "queue.SimpleQueue[Event]") -> None:
    with stream:
        for line in iter(partial(stream.readline, MAX_READ), b""):
            if text := line.decode(errors="replace").rstrip():
                events.put(parse(text))


def _parse(text: str) -> Event:
    try:
        event = json.loads(text)
    except ValueError:
        return _as_log(text)
    return event if isinstance(event, dict) and "event" in event else _as_log(text)


def _as_log(text: str) -> Event:
    return {"event": "log", "line": text[:MAX_LINE].replace("\0", "")}
