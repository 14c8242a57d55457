"""`python -m training.engine train|evaluate|predict|export FOLDER`: the child process that a worker starts.

Standard output carries JSON lines only (see `progress`); everything else goes to standard error. Exit codes: 0 done,
1 crashed, 2 something the user can mend, 3 stopped by SIGTERM or Ctrl-C, or because whoever started it is gone.
"""

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import TextIO

from training.engine import catalog, targets
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
    options = _parser().parse_args(arguments)
    stop = StopRequest()
    events = JsonLines(_take_stdout(), stop.poll)
    try:
        commands = catalog.load_module("training.engine.commands")  # imports torch: a second or two
        getattr(commands, options.command)(options, events)
    except EngineError as error:
        events.write("error", code=error.code, detail=error.detail)
        return MENDABLE
    except Stopped:
        return STOPPED
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.engine")
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train on a run folder; goes on where an earlier process stopped")
    evaluate = commands.add_parser("evaluate", help="evaluate checkpoint.pt on a split of the folder")
    predict = commands.add_parser("predict", help="what checkpoint.pt sees in image files")
    export = commands.add_parser("export", help="make an artifact of checkpoint.pt and check it")
    for command in (train, evaluate, predict, export):
        command.add_argument("folder", type=Path)
    train.add_argument("--weights-dir", type=Path, help="folder with base weights, looked into first")
    train.add_argument("--config", metavar="JSON", help="the settings, instead of the folder's config.json")
    evaluate.add_argument("--split", choices=("train", "val", "test"), default="val")
    predict.add_argument("images", type=Path, nargs="+")
    export.add_argument("--target", choices=tuple(targets.TARGETS), required=True)
    export.add_argument("--quantization", default="none")
    return parser


def _take_stdout() -> TextIO:
    """Standard output for events alone: what libraries print from now on goes to standard error."""
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return events


if __name__ == "__main__":
    sys.exit(main())
