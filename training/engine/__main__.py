"""`python -m training.engine COMMAND …`: what a worker starts, and what people run in a terminal or a notebook.

Standard output carries JSON lines only (see `progress`), on a terminal a bar (`console`); everything else goes to
standard error. Exit codes: 0 done, 1 crashed, 2 something the user can mend, 3 stopped by SIGTERM or Ctrl-C, or because
whoever started it is gone.
"""

import gc
import os
import signal
import sys
from types import FrameType
from typing import TextIO

from training.engine import catalog
from training.engine.arguments import parser
from training.engine.config import CHILD_ENVIRONMENT
from training.engine.console import Console
from training.engine.errors import EngineError
from training.engine.progress import JsonLines, Stopped

DONE, MENDABLE, STOPPED = 0, 2, 3


class StopRequest:
    """SIGTERM, Ctrl-C or the death of the parent process, as an answer to `should_stop`."""

    def __init__(self) -> None:
        self._received = False
        self._polled = False
        self._parent = os.getppid()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._receive)

    def poll(self) -> bool:
        self._polled = True
        return self._received or os.getppid() != self._parent

    def _receive(self, _number: int, _frame: FrameType | None) -> None:
        if not self._polled:  # still importing: nothing is half done, and nobody would look for seconds
            os._exit(STOPPED)
        self._received = True


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    stop = StopRequest()
    shows_bar = options.progress == "bar" or (options.progress == "auto" and sys.stdout.isatty())
    events = (Console if shows_bar else JsonLines)(_take_stdout(), stop.poll)
    try:
        gc.disable()  # it would go through what is being imported again and again
        commands = catalog.load_module("training.engine.commands")  # imports torch: a second or two
        gc.freeze()
        gc.enable()
        commands.called(options, events)
    except EngineError as error:
        events.write("error", code=error.code, detail=error.detail)
        return MENDABLE
    except Stopped:
        return STOPPED
    return DONE


def _take_stdout() -> TextIO:
    """Standard output for events alone: what libraries print from now on goes to standard error."""
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return events


def _expect_environment() -> None:
    """Start again, as the same process, with what libraries read when a process starts."""
    missing = {name: value for name, value in CHILD_ENVIRONMENT.items() if name not in os.environ}
    if missing:
        os.execve(sys.executable, sys.orig_argv, os.environ | missing)  # noqa: S606 our own command again


if __name__ == "__main__":
    _expect_environment()
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # all is written: taking torch's modules down costs a quarter of a second
