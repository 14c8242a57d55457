"""The row that survives its worker: every change of it is conditional."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from boxwright import jobs
from boxwright.jobs import MAX_ATTEMPTS, OPEN, TRANSITIONS, Status, job_models, revive
from tests.training.conftest import MakeRun
from training.models import Run

LONG_AGO = timedelta(hours=1)


@pytest.fixture
def leaving() -> Iterator[None]:
    jobs.stopping.set()
    yield
    jobs.stopping.clear()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What goes to the broker: the seam to the outside world."""
    calls: list[tuple[Any, ...]] = []
    monkeypatch.setattr(jobs, "enqueue", lambda name, *ids, queue: calls.append((name, *ids, queue)))
    return calls


def test_claiming_starts_a_queued_job_once(make_run: MakeRun) -> None:
    run = make_run()
    first = Run.claim(run.pk)
    assert first is not None
    assert (first.status, first.attempt) == (Status.RUNNING, 1)
    assert first.started_at
    assert Run.claim(run.pk) is None


@pytest.mark.parametrize("status", [s for s in Status if s != Status.QUEUED])
def test_only_a_queued_job_can_be_claimed(make_run: MakeRun, status: Status) -> None:
    assert Run.claim(make_run(status=status).pk) is None


@pytest.mark.parametrize("source", Status)
@pytest.mark.parametrize("target", Status)
def test_a_job_moves_only_as_the_table_says(make_run: MakeRun, source: Status, target: Status) -> None:
    run = make_run(status=source)
    allowed = target in TRANSITIONS[source]
    assert run.move(target) is allowed
    run.refresh_from_db()
    assert run.status == (target if allowed else source)


def test_an_ended_job_knows_when_and_a_requeued_one_forgets_why(make_run: MakeRun) -> None:
    run = make_run(status=Status.RUNNING)
    run.move(Status.FAILED, error_code="crashed", error="bang")
    assert run.finished_at
    run.move(Status.QUEUED)
    assert Run.objects.filter(pk=run.pk, error_code="", error="", finished_at=None).exists()


def test_a_beat_of_a_job_that_is_no_longer_ours_changes_nothing(make_run: MakeRun) -> None:
    mine = Run.claim(make_run().pk)
    assert mine is not None
    assert mine.beat(epoch=1)
    Run.objects.get(pk=mine.pk).move(Status.CANCELED)
    assert not mine.is_mine()
    assert not mine.beat(epoch=2)
    assert not mine.finish(Status.SUCCEEDED)
    assert Run.objects.filter(pk=mine.pk, status=Status.CANCELED, epoch=1).exists()


def test_a_job_taken_over_belongs_to_its_new_worker(make_run: MakeRun) -> None:
    old = Run.claim(make_run().pk)
    assert old is not None
    Run.objects.get(pk=old.pk).move(Status.QUEUED)
    new = Run.claim(old.pk)
    assert new is not None
    assert (new.is_mine(), old.is_mine(), old.fail("late", "too late")) == (True, False, False)


@pytest.mark.usefixtures("leaving")
def test_a_worker_that_leaves_gives_its_job_back_at_the_next_beat(make_run: MakeRun) -> None:
    run = Run.claim(make_run().pk)
    assert run is not None
    assert not run.beat()
    run.refresh_from_db()
    assert (run.status, run.attempt, run.lease) == (Status.QUEUED, 0, None)


def test_a_job_without_a_heartbeat_is_queued_again(make_run: MakeRun, sent: list[Any]) -> None:
    changed: list[int] = []
    lost = make_run(status=Status.RUNNING, attempt=1, heartbeat_at=timezone.now() - LONG_AGO)
    alive = make_run(status=Status.RUNNING, attempt=1, heartbeat_at=timezone.now())
    assert revive(Run, changed=changed.append) == 1
    assert [row.status for row in Run.objects.order_by("pk")] == [Status.QUEUED, Status.RUNNING]
    assert sent == [(Run.TASK, lost.pk, "train")]
    assert changed == [lost.pk]
    assert alive.is_mine()


def test_a_job_is_given_up_when_its_worker_died_too_often(make_run: MakeRun, sent: list[Any]) -> None:
    run = make_run(status=Status.RUNNING, attempt=MAX_ATTEMPTS, heartbeat_at=timezone.now() - LONG_AGO)
    assert revive(Run) == 0
    run.refresh_from_db()
    assert (run.status, run.error_code, sent) == (Status.FAILED, "worker_lost", [])


def test_a_message_that_was_lost_is_sent_again_and_once(make_run: MakeRun, sent: list[Any]) -> None:
    make_run(enqueued_at=timezone.now() - LONG_AGO)
    make_run()
    assert revive(Run) == 1
    assert revive(Run) == 0
    assert len(sent) == 1


def test_a_fresh_worker_sends_all_that_is_queued(make_run: MakeRun, sent: list[Any]) -> None:
    make_run()
    make_run(status=Status.SUCCEEDED)
    assert revive(Run, resend_after=timedelta(0)) == 1


def test_every_kind_of_job_is_watched() -> None:
    assert {model.__name__ for model in job_models()} == {"Import", "Snapshot", "Run", "Artifact"}
    assert set(OPEN) == {
        status for status in Status if status not in (Status.SUCCEEDED, Status.FAILED, Status.CANCELED)
    }
