"""What a worker's reaper does in one pass, for every kind of job."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from annotations.models import Import, Snapshot
from boxwright import jobs
from boxwright.events.models import Event
from boxwright.jobs import MAX_ATTEMPTS, Status
from boxwright.projects.models import Project
from tests.training.conftest import MakeRun
from training import reaper
from training.models import Artifact

LONG_AGO = timedelta(hours=2)


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    calls: list[tuple[Any, ...]] = []
    monkeypatch.setattr(jobs, "enqueue", lambda name, *ids, queue: calls.append((name, *ids, queue)))
    return calls


def test_a_dead_workers_jobs_of_every_kind_are_queued_again(
    project: Project, snapshot: Snapshot, make_run: MakeRun, sent: list[Any]
) -> None:
    lost = {"status": Status.RUNNING, "attempt": 1, "heartbeat_at": timezone.now() - LONG_AGO}
    run = make_run(**lost)
    Artifact.objects.create(run=run, target="onnx", **lost)
    Import.objects.create(project=project, **lost)
    Snapshot.objects.create(project=project, number=2, **lost)
    assert reaper.revive_all() == 4
    assert sorted(queue for *_, queue in sent) == ["default", "default", "export", "train"]


def test_whoever_watches_hears_of_a_run_that_was_given_up(make_run: MakeRun) -> None:
    run = make_run(status=Status.RUNNING, attempt=MAX_ATTEMPTS, heartbeat_at=timezone.now() - LONG_AGO)
    reaper.revive_all()
    event = Event.objects.get(kind="run")
    assert (event.data["id"], event.data["status"], event.data["error"]["code"]) == (run.pk, "failed", "worker_lost")


def test_old_events_are_pruned(project: Project) -> None:
    for age in (timedelta(0), LONG_AGO):
        Event.objects.create(project_id=project.pk, kind="counts", data={}, created_at=timezone.now() - age)
    assert reaper.prune_events() == 1
    assert Event.objects.count() == 1
