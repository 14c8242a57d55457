"""Whoever may start a job may cancel it, whatever its kind: queued, waiting for what is away, or worked on."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from annotations.models import Import, Snapshot
from boxwright.events.models import Event
from boxwright.jobs import OPEN, Job, Status
from boxwright.projects.models import Project
from boxwright.teams.models import AuditEntry, User
from tests.training.conftest import MODEL
from training.engine.catalog import complete_config
from training.models import Artifact, Run

AsUser = Callable[[User], APIClient]
KINDS = ("imports", "snapshots", "runs", "artifacts")
AWAY = {"waiting_for": "The object store does not answer.", "waiting_since": timezone.now(), "retries": 3}
TITLES = {
    "imports": "Raccoons import of set.zip",
    "snapshots": "Raccoons snapshot v2",
    "runs": "Raccoons run 3",
    "artifacts": "Raccoons onnx of run 3",
}


def job_of(kind: str, project: Project, **fields: Any) -> Job:
    if kind == "imports":
        return Import.objects.create(project=project, archive_name="set.zip", **fields)
    if kind == "snapshots":
        return Snapshot.objects.create(project=project, number=2, **fields)
    snapshot = Snapshot.objects.create(project=project, number=1, status=Status.SUCCEEDED)
    row: dict[str, Any] = {"project": project, "snapshot": snapshot, "number": 3, "model": MODEL}
    if kind == "runs":
        return Run.objects.create(config=complete_config({"model": MODEL}).to_dict(), **row, **fields)
    run = Run.objects.create(**row, status=Status.SUCCEEDED)
    return Artifact.objects.create(run=run, target="onnx", **fields)


def cancel(client: APIClient, kind: str, job: Job) -> Any:
    return client.post(f"/api/v1/{kind}/{job.pk}/cancel/")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fields", [{}, AWAY, {"status": Status.RUNNING}], ids=["queued", "waiting", "running"])
def test_an_open_job_is_canceled_at_once_and_twice_is_no_error(
    project: Project, mona: User, as_user: AsUser, kind: str, fields: dict[str, Any]
) -> None:
    job = job_of(kind, project, **fields)
    for _ in range(2):
        answer = cancel(as_user(mona), kind, job)
        assert (answer.status_code, answer.json()["status"], answer.json()["waiting_for"]) == (200, "canceled", "")
    event = Event.objects.get(kind=job.EVENT)
    assert event.data["status"] == "canceled"
    (entry,) = AuditEntry.objects.filter(action__startswith="canceled")
    assert (entry.action, entry.target) == (f"canceled {job.EVENT}", TITLES[kind])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", [Status.SUCCEEDED, Status.FAILED])
def test_a_job_that_has_ended_can_not_be_canceled(
    project: Project, mona: User, as_user: AsUser, kind: str, status: Status
) -> None:
    job = job_of(kind, project, status=status)
    answer = cancel(as_user(mona), kind, job)
    assert (answer.status_code, answer.json()["detail"]) == (409, f"This {job.EVENT} has {status} already.")
    assert not AuditEntry.objects.filter(action__startswith="canceled").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_a_job_that_ends_meanwhile_says_how_it_ended(
    project: Project, mona: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    job = job_of(kind, project, status=Status.RUNNING)
    move = type(job)._move

    def ends_first(self: Any, *args: Any, **changes: Any) -> bool:
        type(job)._default_manager.filter(pk=job.pk, status__in=OPEN).update(status=Status.SUCCEEDED)
        return move(self, *args, **changes)

    monkeypatch.setattr(type(job), "_move", ends_first)
    assert cancel(as_user(mona), kind, job).json()["detail"] == f"This {job.EVENT} has succeeded already."
