"""A run whose snapshot is still in the making leaves its place to the next one, and starts by itself."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from annotations.models import Snapshot
from boxwright.events.models import Event
from boxwright.jobs import Status, worklist
from boxwright.jobs.attempt import attempt
from boxwright.jobs.reaper import revive
from boxwright.projects.models import Project
from boxwright.teams.models import User
from tests.annotations.archives import Commits
from tests.training.conftest import MakeRun
from training.models import Run

Client = Callable[[User], APIClient]
WAITS = "Snapshot v2 is not ready yet."


@pytest.fixture
def unbuilt(project: Project) -> Snapshot:
    return Snapshot.objects.create(project=project, number=2)


@pytest.fixture
def waiting(make_run: MakeRun, unbuilt: Snapshot) -> Run:
    """Queued before any other."""
    run = make_run(lease=None)
    Run.objects.update(snapshot=unbuilt)
    return Run.objects.get(pk=run.pk)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What goes to the broker."""
    calls: list[tuple[Any, ...]] = []
    monkeypatch.setattr("boxwright.jobs.job.enqueue", lambda _task, *ids, queue: calls.append(ids))
    return calls


def test_no_worker_takes_it_before_its_snapshot_has_ended(
    waiting: Run, unbuilt: Snapshot, make_run: MakeRun, sent: list[Any]
) -> None:
    ready = make_run(lease=None)
    Run.objects.update(enqueued_at="2020-01-01T00:00Z")
    found = worklist.next_job(Run, {})
    assert found is not None
    assert found[0] == ready.pk
    assert Run.claim(waiting.pk) is None
    revive(Run)
    assert sent == [("training.run", ready.pk)]
    Snapshot.objects.filter(pk=unbuilt.pk).update(status=Status.SUCCEEDED)
    assert Run.claim(waiting.pk) is not None


def test_the_page_says_what_it_waits_for(waiting: Run, unbuilt: Snapshot, as_user: Client, vera: User) -> None:
    def told() -> Any:
        return as_user(vera).get(f"/api/v1/runs/{waiting.pk}/").json()["waiting_for"]

    assert told() == WAITS
    Snapshot.objects.filter(pk=unbuilt.pk).update(status=Status.RUNNING)
    assert told() == WAITS
    Snapshot.objects.filter(pk=unbuilt.pk).update(status=Status.SUCCEEDED)
    assert told() == ""


@pytest.mark.parametrize("end", ["succeeds", "fails", "is canceled"])
def test_it_is_sent_when_its_snapshot_ends(
    waiting: Run,
    unbuilt: Snapshot,
    end: str,
    as_user: Client,
    mona: User,
    sent: list[Any],
    django_capture_on_commit_callbacks: Commits,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        if end == "is canceled":
            as_user(mona).post(f"/api/v1/snapshots/{unbuilt.pk}/cancel/")
        else:
            built = Snapshot.claim(unbuilt.pk)
            assert built is not None
            built.finish(Status.SUCCEEDED if end == "succeeds" else Status.FAILED)
    assert sent == [("training.run", waiting.pk)]
    event = Event.objects.get(kind="run")
    assert (event.data["id"], event.data["status"], event.data["waiting_for"]) == (waiting.pk, "queued", "")


@pytest.mark.parametrize(
    ("ended", "says"),
    [
        ({"status": Status.CANCELED}, "Snapshot v2 was canceled."),
        (
            {"status": Status.FAILED, "error": "The store has lost a picture."},
            "Snapshot v2 could not be made: The store has lost a picture.",
        ),
    ],
)
def test_it_fails_with_a_sentence_when_its_snapshot_was_not_made(
    waiting: Run, unbuilt: Snapshot, ended: dict[str, Any], says: str
) -> None:
    Snapshot.objects.filter(pk=unbuilt.pk).update(**ended)
    attempt(Run, waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.error_code, waiting.error) == (Status.FAILED, "snapshot_failed", says)
