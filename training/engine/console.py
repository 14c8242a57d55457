"""A run told to whoever sits at a terminal or a notebook: one line that moves, and lines that stay."""

import shutil
import time
from collections.abc import Callable
from typing import Any, TextIO

from training.engine.progress import Values

BAR = 24
INTERVAL = 0.1
"""Seconds between two drawings."""
CLEAR = "\r\x1b[K"


class Console:
    """The same events as `progress.JsonLines`, for people."""

    def __init__(self, stream: TextIO, should_stop: Callable[[], bool] = lambda: False) -> None:
        self._stream, self._should_stop = stream, should_stop
        self._next_drawing = 0.0
        self._is_moving = False

    def on_log(self, line: str) -> None:
        self._say(line)

    def on_step(self, epoch: int, epochs: int, step: int, steps: int, loss: float, eta_seconds: float) -> None:
        done = ((epoch - 1) * steps + step) / max(1, epochs * steps)
        self._draw(done, f"epoch {epoch}/{epochs}  step {step}/{steps}  loss {loss:.3f}  {clock(eta_seconds)} left")

    def on_metrics(self, epoch: int, epochs: int, values: Values, seconds: float, eta_seconds: float) -> None:
        del eta_seconds  # the bar shows it
        self._say(f"epoch {epoch}/{epochs}  {numbers(values)}  {seconds:.1f} s")

    def on_checkpoint(self, path: str, epoch: int) -> None:
        """Nothing that people wait for."""

    def on_download(self, done: int, total: int) -> None:
        self._draw(done / max(1, total), f"downloading weights  {done / 2**20:.0f} of {total / 2**20:.0f} MB")

    def should_stop(self) -> bool:
        return self._should_stop()

    def write(self, event: str, **fields: Any) -> None:
        self._say(f"{event}: " + "  ".join(f"{name} {_shown(value)}" for name, value in fields.items()))

    def _draw(self, share: float, text: str) -> None:
        now = time.monotonic()
        if now < self._next_drawing:
            return
        self._next_drawing, self._is_moving = now + INTERVAL, True
        full = round(min(1.0, share) * BAR)
        line = f"[{'#' * full}{'.' * (BAR - full)}] {text}"
        self._stream.write(CLEAR + line[: shutil.get_terminal_size().columns - 1])
        self._stream.flush()

    def _say(self, line: str) -> None:
        self._stream.write((CLEAR if self._is_moving else "") + line + "\n")
        self._stream.flush()
        self._is_moving = False


def clock(seconds: float) -> str:
    """`1:05`, `2:03:04`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def numbers(values: Values) -> str:
    """Names and numbers on one line; what can't be measured is a dash."""
    return "  ".join(f"{name} {'-' if value is None else format(value, '.4g')}" for name, value in values.items())


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "  ".join(f"{name} {_shown(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(_shown(one) for one in value) or "none"
    return format(value, ".4g") if isinstance(value, float) else str(value)
