"""What a worker's reaper does in one pass, for every kind of job."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from annotations.models import Import, Snapshot
from boxwright.events.models import Event
from boxwright.jobs import Status
from boxwright.jobs.job import MAX_DEATHS
from boxwright.jobs.reaper import revive, revive_all
from boxwright.projects.models import Project
from tests.platform.jobs.conftest import MakeJob
from training.models import Artifact, Holdout, Prediction, Run

LONG_AGO = timedelta(hours=2)


def lost(attempt: int = 1) -> dict[str, Any]:
    return {"status": Status.RUNNING, "attempt": attempt, "heartbeat_at": timezone.now() - LONG_AGO}


def test_a_dead_workers_jobs_of_every_kind_are_queued_again_and_told(project: Project, sent: list[Any]) -> None:
    snapshot = Snapshot.objects.create(project=project, number=1, **lost())
    run = Run.objects.create(project=project, snapshot=snapshot, number=1, model="m", config={"model": "m"}, **lost())
    Artifact.objects.create(run=run, target="onnx", **lost())
    Holdout.objects.create(run=run, **lost())
    Prediction.objects.create(run=run, **lost())
    Import.objects.create(project=project, **lost())
    assert revive_all() == 6
    assert sorted(queue for *_, queue in sent) == ["default", "default", "export", "export", "export", "train"]
    told = {event.kind: event.data["status"] for event in Event.objects.all()}
    assert told == dict.fromkeys(("import", "snapshot", "run", "artifact", "holdout", "prediction"), "queued")


def test_one_that_lives_is_left_alone(make_job: MakeJob, sent: list[Any]) -> None:
    alive = make_job(status=Status.RUNNING, attempt=1, heartbeat_at=timezone.now())
    assert revive(Import) == 0
    assert (alive.is_mine(), sent) == (True, [])


@pytest.mark.parametrize("attempt", range(1, MAX_DEATHS + 2))
def test_a_job_is_given_up_when_workers_died_on_it_too_often(make_job: MakeJob, attempt: int) -> None:
    job = make_job(**lost(attempt))
    given_up = attempt >= MAX_DEATHS
    assert revive(Import) == (not given_up)
    job.refresh_from_db()
    assert (job.status, job.error_code) == ((Status.FAILED, "worker_lost") if given_up else (Status.QUEUED, ""))
    event = Event.objects.get(kind="import")
    assert (event.data["id"], event.data["status"]) == (job.pk, job.status)


def test_a_message_that_was_lost_is_sent_again_and_once(make_job: MakeJob, sent: list[Any]) -> None:
    job = make_job(enqueued_at=timezone.now() - LONG_AGO)
    make_job()
    assert revive(Import) == 1
    assert revive(Import) == 0
    assert sent == [("annotations.import", job.pk, "default")]


def test_a_fresh_worker_sends_all_that_is_queued(make_job: MakeJob, sent: list[Any]) -> None:
    make_job()
    make_job(status=Status.SUCCEEDED)
    assert revive(Import, timedelta(0)) == 1
    assert len(sent) == 1
