"""How a run tells what it does and learns that it should stop; and the JSON lines that a child process speaks."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TextIO

Values = Mapping[str, float | None]

STEP_INTERVAL = 0.25
"""Seconds between two step or download events: at most four a second."""


class Stopped(Exception):
    """Somebody asked the run to stop, and it has left its loop."""


class Progress(Protocol):
    """What the worker, the command line and the tests implement."""

    def on_log(self, line: str) -> None: ...

    def on_step(self, epoch: int, epochs: int, step: int, steps: int, loss: float, eta_seconds: float) -> None: ...

    def on_metrics(self, epoch: int, epochs: int, values: Values, seconds: float, eta_seconds: float) -> None: ...

    def on_checkpoint(self, path: str, epoch: int) -> None: ...

    def on_download(self, done: int, total: int) -> None: ...

    def should_stop(self) -> bool: ...


def stop_if_asked(progress: Progress) -> None:
    """Raises Stopped when somebody asked for it."""
    if progress.should_stop():
        raise Stopped


class Silent:
    """Says nothing and never stops."""

    def on_log(self, line: str) -> None: ...

    def on_step(self, epoch: int, epochs: int, step: int, steps: int, loss: float, eta_seconds: float) -> None: ...

    def on_metrics(self, epoch: int, epochs: int, values: Values, seconds: float, eta_seconds: float) -> None: ...

    def on_checkpoint(self, path: str, epoch: int) -> None: ...

    def on_download(self, done: int, total: int) -> None: ...

    def should_stop(self) -> bool:
        return False


class JsonLines:
    """Writes each event as one line of JSON, flushed at once."""

    def __init__(self, stream: TextIO, should_stop: Callable[[], bool] = lambda: False) -> None:
        self._stream = stream
        self._should_stop = should_stop
        self._quiet_until = 0.0
        self._computed = 0.0

    def on_log(self, line: str) -> None:
        self.write("log", line=line)

    def on_step(self, epoch: int, epochs: int, step: int, steps: int, loss: float, eta_seconds: float) -> None:
        if self._is_due(last=step == steps):
            eta = round(eta_seconds, 1)
            self.write("step", epoch=epoch, epochs=epochs, step=step, steps=steps, loss=round(loss, 4), eta_seconds=eta)

    def on_metrics(self, epoch: int, epochs: int, values: Values, seconds: float, eta_seconds: float) -> None:
        computed, self._computed = self._computed, time.process_time()
        times = {"seconds": round(seconds, 2), "eta_seconds": round(eta_seconds, 1)}
        times |= {"cpu_seconds": round(self._computed - computed, 2)}
        self.write("metrics", epoch=epoch, epochs=epochs, values=dict(values), **times)

    def on_checkpoint(self, path: str, epoch: int) -> None:
        self.write("checkpoint", path=path, epoch=epoch)

    def on_download(self, done: int, total: int) -> None:
        if self._is_due(last=done >= total):
            self.write("download", bytes=done, total=total)

    def should_stop(self) -> bool:
        return self._should_stop()

    def write(self, event: str, **fields: Any) -> None:
        self._stream.write(json.dumps({"event": event, **fields}) + "\n")
        self._stream.flush()

    def _is_due(self, *, last: bool) -> bool:
        now = time.monotonic()
        if now < self._quiet_until and not last:
            return False
        self._quiet_until = now + STEP_INTERVAL
        return True
