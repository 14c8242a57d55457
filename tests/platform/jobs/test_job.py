"""The row that survives its worker: every change of it is conditional, and is told to whoever watches."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.models import Import
from boxwright.events.models import Event
from boxwright.jobs import MENDABLE, OPEN, Status, job_models
from boxwright.jobs.job import job_model
from boxwright.jobs.status import TRANSITIONS
from tests.platform.jobs.conftest import MakeJob


def statuses_told() -> list[str]:
    return [event.data["status"] for event in Event.objects.filter(kind="import").order_by("pk")]


def test_claiming_starts_a_queued_job_once(make_job: MakeJob) -> None:
    job = make_job()
    first = Import.claim(job.pk)
    assert first is not None
    assert (first.status, first.attempt) == (Status.RUNNING, 1)
    assert first.started_at
    assert Import.claim(job.pk) is None
    assert statuses_told() == ["running"]


@pytest.mark.parametrize("status", [s for s in Status if s != Status.QUEUED])
def test_only_a_queued_job_can_be_claimed(make_job: MakeJob, status: Status) -> None:
    assert Import.claim(make_job(status=status).pk) is None


@pytest.mark.parametrize("source", Status)
@pytest.mark.parametrize("target", Status)
def test_a_job_moves_only_as_the_table_says(make_job: MakeJob, source: Status, target: Status) -> None:
    job = make_job(status=source)
    allowed = target in TRANSITIONS[source]
    assert job._move(target, tuple(Status)) is allowed
    job.refresh_from_db()
    assert job.status == (target if allowed else source)


def test_an_ended_job_knows_when_and_one_that_is_queued_again_forgets_why(make_job: MakeJob) -> None:
    job = make_job(faults=1, attempt=2, retries=4, waiting_since=timezone.now())
    claimed = Import.claim(job.pk)
    assert claimed is not None
    assert claimed.fail("crashed", "bang")
    assert claimed.finished_at
    assert claimed.queue_again(MENDABLE)
    fresh = {"error_code": "", "error": "", "finished_at": None, "attempt": 0, "faults": 0, "retries": 0}
    assert Import.objects.filter(pk=job.pk, started_at=None, waiting_since=None, **fresh).exists()
    assert statuses_told() == ["running", "failed", "queued"]


def test_a_job_that_has_succeeded_is_not_queued_again(make_job: MakeJob) -> None:
    assert not make_job(status=Status.SUCCEEDED).queue_again(tuple(Status))


def test_a_canceled_job_is_told_once(make_job: MakeJob) -> None:
    job = make_job()
    assert job.cancel()
    assert not job.cancel()
    assert statuses_told() == ["canceled"]


def test_a_beat_of_a_job_that_is_no_longer_ours_changes_nothing(make_job: MakeJob) -> None:
    mine = Import.claim(make_job().pk)
    assert mine is not None
    assert mine.beat(finding_count=1)
    assert Import.objects.get(pk=mine.pk).cancel()
    assert not mine.is_mine()
    assert not mine.beat(finding_count=2)
    assert not mine.finish(Status.SUCCEEDED)
    assert Import.objects.filter(pk=mine.pk, status=Status.CANCELED, finding_count=1).exists()
    assert statuses_told() == ["running", "running", "canceled"]


def test_a_mere_heartbeat_is_told_nobody(make_job: MakeJob) -> None:
    mine = Import.claim(make_job().pk)
    assert mine is not None
    assert mine.beat()
    assert statuses_told() == ["running"]


def test_a_job_taken_over_belongs_to_its_new_worker(make_job: MakeJob) -> None:
    old = Import.claim(make_job().pk)
    assert old is not None
    Import.objects.filter(pk=old.pk).update(heartbeat_at=timezone.now() - timedelta(hours=1))
    assert Import.objects.get(pk=old.pk).leave_dead_worker(timedelta(minutes=1))
    new = Import.claim(old.pk)
    assert new is not None
    assert (new.is_mine(), old.is_mine(), old.fail("late", "too late")) == (True, False, False)


@pytest.mark.usefixtures("leaving")
def test_a_worker_that_leaves_gives_its_job_back_at_the_next_beat(make_job: MakeJob) -> None:
    job = Import.claim(make_job().pk)
    assert job is not None
    assert not job.beat()
    job.refresh_from_db()
    assert (job.status, job.attempt, job.lease) == (Status.QUEUED, 0, None)


def test_every_kind_of_job_is_known_by_its_name() -> None:
    assert {model.kind() for model in job_models()} == {
        *(
            "annotations.import",
            "annotations.snapshot",
            "annotations.bulkchange",
            "training.run",
            "training.artifact",
            "training.holdout",
        ),
        "training.prediction",
    }
    assert job_model("annotations.import") is Import
    with pytest.raises(KeyError):
        job_model("annotations.image")
    assert set(OPEN) == set(Status) - {Status.SUCCEEDED, Status.FAILED, Status.CANCELED}
