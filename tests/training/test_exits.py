"""How an engine process can end, and which fault that is."""

import io
import queue

import pytest

from boxwright.jobs import OurFault, UserFault
from training.work.exits import Killed, raise_for
from training.work.process import Event, _as_log, _drain


def test_a_process_that_is_done_raises_nothing() -> None:
    raise_for(0, None, [])


@pytest.mark.parametrize(("code", "says"), [(-9, "SIGKILL"), (-15, "SIGTERM"), (3, "asked to stop")])
def test_a_process_ended_from_outside_may_go_on(code: int, says: str) -> None:
    with pytest.raises(Killed, match=says):
        raise_for(code, None, [])


def test_the_engines_error_is_passed_on_with_what_it_found() -> None:
    with pytest.raises(UserFault) as failed:
        raise_for(2, ("parity", "off by 9 px"), [], parity={"passed": False})
    assert (failed.value.code, failed.value.detail) == ("parity", "off by 9 px")
    assert failed.value.changes == {"parity": {"passed": False}}


def test_a_crash_shows_its_last_lines() -> None:
    with pytest.raises(OurFault, match="exit 1") as failed:
        raise_for(1, None, ["Traceback", "RuntimeError: out of luck"])
    assert failed.value.code == "crashed"
    assert failed.value.detail.endswith("RuntimeError: out of luck")


def test_however_much_a_process_says_its_row_stays_small() -> None:
    with pytest.raises(OurFault) as failed:
        raise_for(1, None, ["x" * 2000] * 20)
    assert len(failed.value.detail) < 5000
    with pytest.raises(UserFault) as refused:
        raise_for(2, ("data", "x" * 10_000), [])
    assert len(refused.value.detail) < 5000


def test_a_line_without_end_comes_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.work.process.MAX_READ", 10)
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    _drain(io.BytesIO(b"a" * 25 + b"\nnext\n"), _as_log, events)
    lines = [events.get()["line"] for _ in range(events.qsize())]
    assert lines == ["a" * 10, "a" * 10, "a" * 5, "next"]
