"""However the work on a job ends, its row says so, and only a bug is raised."""

import io
import queue
from collections.abc import Callable, Iterator

import pytest

from boxwright import jobs
from boxwright.errors import Unavailable
from boxwright.jobs import Status
from tests.training.conftest import MakeRun
from training.hold import Lost
from training.models import Run
from training.work import worker
from training.work.exits import Failed, Killed, raise_for
from training.work.process import Event, _as_log, _drain


@pytest.fixture
def run(make_run: MakeRun) -> Run:
    claimed = Run.claim(make_run().pk)
    assert claimed is not None
    return claimed


@pytest.fixture
def leaving() -> Iterator[None]:
    jobs.stopping.set()
    yield
    jobs.stopping.clear()


def raising(error: Exception) -> Callable[[], None]:
    def work() -> None:
        raise error

    return work


def row(run: Run) -> tuple[str, str, str]:
    now = Run.objects.get(pk=run.pk)
    return now.status, now.error_code, now.error


def test_a_failure_is_told_in_its_own_words(run: Run) -> None:
    worker._see_through(run, raising(Failed("bad_data", "There are no labelled images.")), phase="")
    assert row(run) == (Status.FAILED, "bad_data", "There are no labelled images.")


def test_a_store_that_is_away_fails_the_job(run: Run) -> None:
    worker._see_through(run, raising(Unavailable("The object store does not answer.")))
    assert row(run) == (Status.FAILED, "unavailable", "The object store does not answer.")


def test_a_bug_fails_the_job_and_is_raised(run: Run) -> None:
    with pytest.raises(ZeroDivisionError):
        worker._see_through(run, raising(ZeroDivisionError()))
    assert row(run)[:2] == (Status.FAILED, "internal_error")


def test_a_canceled_job_stays_canceled(run: Run) -> None:
    Run.objects.get(pk=run.pk).move(Status.CANCELED)
    worker._see_through(run, raising(Lost()))
    assert row(run)[0] == Status.CANCELED


@pytest.mark.usefixtures("leaving")
def test_a_job_of_a_worker_that_leaves_is_queued_again(run: Run) -> None:
    worker._see_through(run, raising(Lost()))
    assert row(run)[0] == Status.QUEUED


def test_a_process_that_is_done_raises_nothing() -> None:
    raise_for(0, None, [])


@pytest.mark.parametrize(("code", "says"), [(-9, "SIGKILL"), (-15, "SIGTERM"), (3, "asked to stop")])
def test_a_process_ended_from_outside_may_go_on(code: int, says: str) -> None:
    with pytest.raises(Killed, match=says):
        raise_for(code, None, [])


def test_the_engines_error_is_passed_on_with_what_it_found() -> None:
    with pytest.raises(Failed) as failed:
        raise_for(2, ("parity", "off by 9 px"), [], parity={"passed": False})
    assert (failed.value.code, failed.value.detail) == ("parity", "off by 9 px")
    assert failed.value.changes == {"parity": {"passed": False}}


def test_a_crash_shows_its_last_lines() -> None:
    with pytest.raises(Failed, match="exit 1") as failed:
        raise_for(1, None, ["Traceback", "RuntimeError: out of luck"])
    assert failed.value.code == "crashed"
    assert failed.value.detail.endswith("RuntimeError: out of luck")


def test_however_much_a_process_says_its_row_stays_small() -> None:
    with pytest.raises(Failed) as failed:
        raise_for(1, None, ["x" * 2000] * 20)
    assert len(failed.value.detail) < 5000
    with pytest.raises(Failed) as failed:
        raise_for(2, ("data", "x" * 10_000), [])
    assert len(failed.value.detail) < 5000


def test_a_line_without_end_comes_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.work.process.MAX_READ", 10)
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    _drain(io.BytesIO(b"a" * 25 + b"\nnext\n"), _as_log, events)
    lines = [events.get()["line"] for _ in range(events.qsize())]
    assert lines == ["a" * 10, "a" * 10, "a" * 5, "next"]
