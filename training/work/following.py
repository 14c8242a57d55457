"""An engine process that makes one thing, followed to its end."""

from collections.abc import Callable
from typing import Any

from boxwright.jobs import Beat
from training.work.exits import raise_for
from training.work.process import Child, Event
from training.work.watchdog import Hung, OutOfMemory, Watchdog

WAIT_SECONDS = 0.15
KEPT_LINES = 20


def follow(
    child: Child,
    beat: Beat,
    changes: Callable[[], dict[str, Any]] = dict,
    on_event: Callable[[Event], None] = lambda _event: None,
) -> None:
    """Until it is done, keeping the job; `on_event` takes what is neither error nor log.

    Raises as `raise_for` does, with `changes` for the row; Hung, OutOfMemory.
    """
    error: tuple[str, str] | None = None
    lines: list[str] = []
    watchdog = Watchdog(child.pid)
    try:
        while (code := child.ended()) is None:
            for event in child.events(WAIT_SECONDS):
                watchdog.heard()
                if event["event"] == "error":
                    error = (event["code"], event["detail"])
                elif event["event"] == "log":
                    lines = [*lines[1 - KEPT_LINES :], event["line"]]
                else:
                    on_event(event)
            watchdog.check()
            beat.check()
    except (Hung, OutOfMemory):
        child.kill()
        raise
    finally:
        child.stop()
    raise_for(code, error, lines, **changes())
