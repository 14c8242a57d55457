"""However an attempt ends, the row says so: a fault of the user's, of the surroundings, or of ours, for every kind."""

import errno
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.db.models.functions import Now
from django.utils import timezone

from annotations.models import Import
from boxwright.errors import Invalid, NoRoom, OverQuota
from boxwright.events.models import Event
from boxwright.jobs import PROGRESS, Beat, Lost, OurFault, Status, SurroundingsFault, UserFault, job_models
from boxwright.jobs.attempt import attempt
from boxwright.jobs.faults import fault_of
from boxwright.jobs.reaper import revive
from boxwright.storage import ObjectMissing
from boxwright.storage.errors import StoreAway
from tests.platform.jobs.conftest import MakeJob, Working

AWAY = StoreAway("no route")


def raising(error: Exception) -> Callable[[Import, Beat], None]:
    def work(_job: Import, _beat: Beat) -> None:
        raise error

    return work


def tried(make_job: MakeJob, working: Working, error: Exception, **row: Any) -> Import:
    """The row of a job whose work raised this."""
    working(raising(error))
    job = make_job(**row)
    attempt(Import, job.pk)
    job.refresh_from_db()
    return job


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (UserFault("bad_data", "No images."), UserFault, "bad_data"),
        (Invalid("Wrong."), UserFault, "invalid"),
        (OverQuota("Too much."), UserFault, "over_quota"),
        (ObjectMissing("a/b"), UserFault, "object_missing"),
        (AWAY, SurroundingsFault, "unavailable"),
        (OSError(errno.ENOSPC, "No space left on device"), SurroundingsFault, "no_room"),
        (NoRoom("full"), SurroundingsFault, "no_room"),
        (OperationalError("server closed the connection"), SurroundingsFault, "unavailable"),
        (OurFault("crashed", "exit 1"), OurFault, "crashed"),
        (ZeroDivisionError(), OurFault, "internal"),
        (OSError(errno.EPERM, "Operation not permitted"), OurFault, "internal"),
    ],
)
def test_each_error_is_one_of_three_faults(error: Exception, kind: type[Exception], code: str) -> None:
    fault = fault_of(error)
    assert (type(fault), fault.code) == (kind, code)


def test_a_fault_of_the_user_is_told_in_one_sentence_and_not_tried_again(make_job: MakeJob, working: Working) -> None:
    job = tried(make_job, working, UserFault("bad_data", "There are no labelled images.", finding_count=3))
    assert (job.status, job.error_code, job.error) == (Status.FAILED, "bad_data", "There are no labelled images.")
    assert job.finding_count == 3
    told = Event.objects.filter(kind="import").order_by("pk").last()
    assert told is not None
    assert told.data["error"] == {"code": "bad_data", "detail": "There are no labelled images."}


def test_what_belongs_to_a_failure_is_written_with_it(make_job: MakeJob, working: Working) -> None:
    job = make_job()

    def also() -> None:
        raise KeyboardInterrupt

    working(raising(UserFault("bad_data", "Wrong.", also=also)))
    with pytest.raises(KeyboardInterrupt):
        attempt(Import, job.pk)
    job.refresh_from_db()
    assert job.status == Status.RUNNING, "neither the one nor the other"


def test_a_job_waits_for_what_is_away_and_says_so(make_job: MakeJob, working: Working) -> None:
    job = tried(make_job, working, AWAY)
    assert (job.status, job.error, job.attempt, job.retries) == (Status.QUEUED, "", 0, 1)
    assert job.waiting_for == "The object store does not answer."
    assert Import.objects.filter(retry_at__gt=Now(), retry_at__lte=Now() + timedelta(seconds=6)).exists()
    told = Event.objects.filter(kind="import").order_by("pk").last()
    assert told is not None
    assert (told.data["status"], told.data["waiting_for"]) == ("queued", job.waiting_for)


def test_it_is_not_tried_before_its_time(make_job: MakeJob, working: Working) -> None:
    job = tried(make_job, working, AWAY)
    assert revive(Import, timedelta(0)) == 0
    Import.objects.update(retry_at=Now() - timedelta(seconds=1))
    assert revive(Import) == 1
    attempt(Import, job.pk)
    job.refresh_from_db()
    assert (job.status, job.retries) == (Status.QUEUED, 2)
    assert Import.objects.filter(retry_at__gt=Now() + timedelta(seconds=7)).exists(), "longer each time"


def test_what_is_back_lets_it_succeed_and_nothing_is_left_to_see(make_job: MakeJob, working: Working) -> None:
    job = tried(make_job, working, AWAY)

    def works(job: Import, beat: Beat) -> None:
        assert job.waiting_for == ""
        beat.write(finding_count=1)
        assert job.retries == 1, "what it writes before it comes on proves nothing"
        beat.write(**PROGRESS)
        assert (job.waiting_since, job.retries) == (None, 0)

    working(works)
    Import.objects.update(retry_at=None)
    attempt(Import, job.pk)
    job.refresh_from_db()
    assert (job.status, job.waiting_for, job.error) == (Status.SUCCEEDED, "", "")


def test_after_a_day_it_has_failed(make_job: MakeJob, working: Working) -> None:
    job = tried(make_job, working, AWAY, waiting_since=timezone.now() - timedelta(hours=25), retries=99)
    assert (job.status, job.error_code) == (Status.FAILED, "unavailable")
    assert job.error.endswith("It was tried again for a day.")


def test_a_fault_of_ours_is_tried_once_more_then_names_its_place_in_the_log(
    make_job: MakeJob, working: Working, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        job = tried(make_job, working, ZeroDivisionError())
        assert (job.status, job.faults, job.attempt) == (Status.QUEUED, 1, 0)
        attempt(Import, job.pk)
    job.refresh_from_db()
    assert (job.status, job.error_code) == (Status.FAILED, "internal")
    name = job.error.removeprefix("Something is wrong in Boxwright itself. The server's log has it under ").rstrip(".")
    assert f"[{name}] annotations.import {job.pk} failed" in caplog.text
    assert caplog.text.count("ZeroDivisionError") == 2


def test_a_job_that_was_canceled_meanwhile_stays_so_whatever_its_work_raises(
    make_job: MakeJob, working: Working
) -> None:
    def work(job: Import, _beat: Beat) -> None:
        Import.objects.get(pk=job.pk).cancel()
        raise ZeroDivisionError

    working(work)
    job = make_job()
    attempt(Import, job.pk)
    job.refresh_from_db()
    assert (job.status, job.error) == (Status.CANCELED, "")


def test_a_job_whose_project_was_deleted_meanwhile_ends_quietly(make_job: MakeJob, working: Working) -> None:
    def work(job: Import, beat: Beat) -> None:
        Import.objects.filter(pk=job.pk).delete()
        beat.write(finding_count=1)

    working(work)
    attempt(Import, make_job().pk)
    assert not Import.objects.exists()


@pytest.mark.usefixtures("leaving")
def test_a_job_of_a_worker_that_leaves_is_queued_again(make_job: MakeJob, working: Working) -> None:
    job = tried(make_job, working, Lost())
    assert (job.status, job.attempt) == (Status.QUEUED, 0)


@pytest.mark.parametrize("model", job_models(), ids=lambda model: model.__name__)
def test_the_work_and_the_serializer_of_each_kind_can_be_found(model: Any) -> None:
    from django.utils.module_loading import import_string

    assert callable(import_string(model.WORK))
    assert {"id", "status", "error", "waiting_for"} <= set(import_string(model.SERIALIZER).Meta.fields)
