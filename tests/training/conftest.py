import uuid
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from annotations import snapshots
from annotations.models import Snapshot
from boxwright.jobs.attempt import attempt
from boxwright.projects.models import Project
from boxwright.teams.models import User
from tests.annotations.images import box, picture, save, upload
from training.engine.catalog import complete_config
from training.models import Run

MODEL = "ssdlite320_mobilenet_v3_large"
MakeRun = Callable[..., Run]


@pytest.fixture
def snapshot(project: Project, alice: User) -> Snapshot:
    """v1: ten labelled images."""
    return Snapshot.objects.create(
        project=project,
        number=1,
        status="succeeded",
        image_count=12,
        labelled_count=10,
        box_count=14,
        splits={"train": 8, "val": 2, "test": 0},
        author=alice,
    )


@pytest.fixture
def drawn_snapshot(project: Project, alice: User, as_user: Callable[[User], APIClient]) -> Snapshot:
    """v1, built: eight pictures with a box each, which a real engine learns."""
    files = {f"{n}__jpg": picture(n, size=(96, 96)) for n in range(8)}
    for row in upload(as_user(alice), project, **files)["created"]:
        save(as_user(alice), row["id"], upsert=[box(project)])
    made = snapshots.create_snapshot(project=project, author=alice)
    attempt(Snapshot, made.pk)
    return Snapshot.objects.get(pk=made.pk)


@pytest.fixture
def make_run(project: Project, snapshot: Snapshot) -> MakeRun:
    """`make_run(status="running")`: the next run of the project, as a row."""

    def make(**fields: Any) -> Run:
        number = Run.objects.filter(project=project).count() + 1
        config = complete_config({"model": MODEL}).to_dict()
        row: dict[str, Any] = {"model": MODEL, "config": config, "lease": uuid.uuid4()} | fields
        Project.objects.filter(pk=project.pk).update(last_run_number=number)
        return Run.objects.create(project=project, snapshot=snapshot, number=number, **row)

    return make
