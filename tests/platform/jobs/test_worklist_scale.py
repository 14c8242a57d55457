"""What it costs to find the next job does not grow with the jobs of the past, on either database."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotations.models import Import, Snapshot
from boxwright.jobs import Job, Status, worklist
from boxwright.projects.models import Project
from boxwright.teams.models import Team
from training.models import Artifact, Run

FEW, MANY = 300, 3_000
Make = Callable[[Project, int, dict[str, Any]], None]


def imports(project: Project, count: int, fields: dict[str, Any]) -> None:
    Import.objects.bulk_create([Import(project=project, **fields) for _ in range(count)], batch_size=1000)


def artifacts(project: Project, count: int, fields: dict[str, Any]) -> None:
    """Each of a run of its own."""
    snapshot, _ = Snapshot.objects.get_or_create(project=project, number=1, status=Status.SUCCEEDED)
    first = Run.objects.filter(project=project).count()
    runs = [Run(project=project, snapshot=snapshot, number=first + n, model="m") for n in range(count)]
    made = Run.objects.bulk_create(runs, batch_size=1000)
    Artifact.objects.bulk_create([Artifact(run=run, target="onnx", **fields) for run in made], batch_size=1000)


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "make"), [(Import, imports), (Artifact, artifacts)])
def test_the_next_job_costs_the_same_after_many_as_after_few(model: type[Job], make: Make) -> None:
    projects = [project_of(name) for name in ("one", "two", "three")]
    past = {"status": Status.SUCCEEDED, "started_at": timezone.now()}
    for project in projects:
        make(project, FEW, past)
        make(project, 2, {})
    few = cost_of_next(model)
    for project in projects:
        make(project, MANY // 3, past)
    assert cost_of_next(model) <= 1.2 * few


def project_of(name: str) -> Project:
    team = Team.objects.create(slug=name, name=name)
    return Project.objects.create(team=team, slug=name, name=name, task="detection")


def cost_of_next(model: type[Job]) -> int:
    if connection.vendor == "postgresql":  # which analyses by itself after a while; SQLite never does
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    with CaptureQueriesContext(connection) as seen:
        assert worklist.next_job(model, {}) is not None
    work = _instructions if connection.vendor == "sqlite" else _rows
    return sum(work(query["sql"]) for query in seen.captured_queries)


def _instructions(sql: str) -> int:
    """Of SQLite's virtual machine."""
    count = 0

    def step() -> None:
        nonlocal count
        count += 1

    connection.connection.set_progress_handler(step, 1)
    with connection.cursor() as cursor:
        cursor.execute(sql)
        cursor.fetchall()
    connection.connection.set_progress_handler(None, 0)
    return count


def _rows(sql: str) -> int:
    """Those that all steps of PostgreSQL's plan have looked at."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        (found,) = cursor.fetchone()
    return _looked_at((json.loads(found) if isinstance(found, str) else found)[0]["Plan"])


def _looked_at(node: dict[str, Any]) -> int:
    seen = node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Join Filter", 0)
    return int(seen * node["Actual Loops"]) + sum(_looked_at(inner) for inner in node.get("Plans", []))
