"""How an engine process can end, and what that means for the job."""

import signal
from collections.abc import Sequence
from typing import Any

from boxwright.jobs import OurFault, UserFault

MAX_TEXT = 4000
"""Characters of the process's own words that its row keeps: lists and events carry them. The log has the rest."""

DONE, MENDABLE, STOPPED = 0, 2, 3


class Killed(UserFault):
    """Something outside ended the process: it may go on from where it was."""


def raise_for(code: int, error: tuple[str, str] | None, last_lines: Sequence[str], **changes: Any) -> None:
    """Nothing when the process is done. Raises Killed, UserFault with the engine's own words, or OurFault with its
    last lines."""
    if code == DONE:
        return
    if code < 0 or code == STOPPED:
        raise Killed("killed", f"The process was killed ({_signal_name(code)}).")
    if code == MENDABLE and error is not None:
        raise UserFault(error[0], error[1][:MAX_TEXT], **changes)
    lines = "\n".join(last_lines)[-MAX_TEXT:] or "It said nothing."
    raise OurFault("crashed", f"The process crashed (exit {code}). Its last lines:\n{lines}", **changes)


def _signal_name(code: int) -> str:
    try:
        return signal.Signals(-code).name
    except ValueError:
        return "asked to stop"
