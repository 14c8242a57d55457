from collections.abc import Callable, Iterator
from typing import Any

import pytest

from annotations.models import Import
from boxwright import jobs
from boxwright.jobs import Beat
from boxwright.projects.models import Project

MakeJob = Callable[..., Import]
Working = Callable[[Callable[[Import, Beat], None]], None]


@pytest.fixture
def leaving() -> Iterator[None]:
    jobs.stopping.set()
    yield
    jobs.stopping.clear()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What goes to the broker: the seam to the outside world."""
    calls: list[tuple[Any, ...]] = []
    monkeypatch.setattr("boxwright.jobs.job.enqueue", lambda _task, *ids, queue: calls.append((*ids, queue)))
    return calls


@pytest.fixture
def make_job(project: Project) -> MakeJob:
    """`make_job(status="running")`: an import, as the plainest kind of job."""

    def make(**fields: Any) -> Import:
        job = Import.objects.create(project=project, **fields)
        job.refresh_from_db()
        return job

    return make


@pytest.fixture
def working(monkeypatch: pytest.MonkeyPatch) -> Working:
    """`working(function)`: what the work of an import is in this test."""

    def use(work: Callable[[Import, Beat], None]) -> None:
        monkeypatch.setattr(Import, "work", work)

    return use
