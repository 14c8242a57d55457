"""One run at a time in a worker, whatever comes meanwhile is taken afterwards, and nothing is done twice."""

from collections.abc import Iterator

import pytest

from boxwright import jobs
from boxwright.jobs import Status
from tests.training.conftest import MakeRun
from training import lanes
from training.models import Run


@pytest.fixture
def leaving() -> Iterator[None]:
    jobs.stopping.set()
    yield
    jobs.stopping.clear()


class Work:
    """Claims and ends each run; `during` happens while the first is worked on."""

    def __init__(self) -> None:
        self.done: list[int] = []

    def __call__(self, pk: int) -> None:
        run = Run.claim(pk)
        if run is None:
            return
        self.done.append(pk)
        if len(self.done) == 1:
            self.during()
        run.finish(Status.SUCCEEDED)

    def during(self) -> None:
        """Nothing happens."""


def test_what_is_queued_is_done_in_its_order(make_run: MakeRun) -> None:
    runs = [make_run() for _ in range(3)]
    work = Work()
    lanes.work_through(Run, runs[0].pk, work)
    assert work.done == [run.pk for run in runs]


def test_a_message_that_finds_its_lane_taken_is_dropped_and_its_run_done_afterwards(make_run: MakeRun) -> None:
    first = make_run()
    work = Work()

    def during() -> None:
        second = make_run()
        lanes.work_through(Run, second.pk, work)
        assert work.done == [first.pk], "not while the first is worked on"

    work.during = during  # type: ignore[method-assign]
    lanes.work_through(Run, first.pk, work)
    assert len(work.done) == 2


def test_a_message_that_comes_twice_is_done_once(make_run: MakeRun) -> None:
    run = make_run()
    work = Work()
    for _ in range(2):
        lanes.work_through(Run, run.pk, work)
    assert work.done == [run.pk]


@pytest.mark.usefixtures("leaving")
def test_a_worker_that_leaves_takes_nothing_more(make_run: MakeRun) -> None:
    runs = [make_run() for _ in range(2)]
    work = Work()
    lanes.work_through(Run, runs[0].pk, work)
    assert Run.objects.filter(status=Status.QUEUED).count() == 1


def test_a_lane_is_free_again_after_a_crash(make_run: MakeRun) -> None:
    def crash(_pk: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        lanes.work_through(Run, make_run().pk, crash)
    work = Work()
    lanes.work_through(Run, make_run().pk, work)
    assert len(work.done) == 2
