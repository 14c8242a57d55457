"""Projects: made with labels, listed, renamed, deleted with all that belongs to them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks
from rest_framework.test import APIClient

from annotations.models import Image, Snapshot
from annotations.object_keys import keys_of_image
from boxwright.projects.models import Project
from boxwright.projects.tasks import remove_project
from boxwright.storage import registry, store
from boxwright.storage.collector import collect
from boxwright.teams.models import User
from training.models import Run

As = Callable[[User], APIClient]
CARS = {"team": "plates", "name": "Cars", "task": "detection"}


def create(client: APIClient, **changes: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/projects/", {**CARS, **changes})
    assert answer.status_code == 201, answer.json()
    body: dict[str, Any] = answer.json()
    return body


def add_image(project: Project, sha256: str, **fields: Any) -> Image:
    image = Image.objects.create(
        project=project, sha256=sha256, name=f"{sha256[:4]}.jpg", width=8, height=8, size=1, content_type="image/jpeg"
    )
    for key in keys_of_image(project.team_id, sha256):
        registry.keep(key, b"x")
    return image


def test_a_project_starts_with_its_labels(as_user: As, mona: User) -> None:
    made = create(as_user(mona), labels=[{"name": "car"}, {"name": "bus", "color": "#00aa00"}, {"name": "tram"}])
    assert [(label["name"], label["color"], label["position"]) for label in made["labels"]] == [
        ("car", "#AA53FB", 0),
        ("bus", "#00AA00", 1),
        ("tram", "#F5A420", 2),
    ]
    assert made["counts"] == dict.fromkeys(
        ["images", "unlabelled", "labelled", "review", "done", "skipped", "annotations"], 0
    )
    assert (made["slug"], made["role"], made["team"]) == ("cars", "manager", {"slug": "plates", "name": "Plates"})


def test_a_slug_is_unique_over_the_installation(as_user: As, mona: User, charlie: User) -> None:
    slugs = [create(as_user(mona))["slug"], create(as_user(charlie), team="strangers")["slug"]]
    assert slugs == ["cars", "cars-2"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"task": "segmentation"}, "task"),
        ({"labels": [{"name": "a"}, {"name": " A "}]}, "labels[1].name"),
        ({"labels": [{"name": "a"}, {"name": ""}]}, "labels[1].name"),
        ({"labels": [{"name": "a", "color": "red"}]}, "labels[0].color"),
    ],
)
def test_what_is_wrong_is_named(as_user: As, mona: User, changes: dict[str, Any], field: str) -> None:
    refused = as_user(mona).post("/api/v1/projects/", {**CARS, **changes})
    assert refused.status_code == 400
    assert refused["Content-Type"] == "application/problem+json"
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert not Project.objects.exists()


def test_a_list_costs_the_same_for_any_number(as_user: As, mona: User) -> None:
    counts = []
    for more in (1, 9):
        for _ in range(more):
            create(as_user(mona), labels=[{"name": "car"}])
        with CaptureQueriesContext(connection) as queries:
            as_user(mona).get("/api/v1/projects/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 4


def test_a_list_shows_mine_and_is_filtered(as_user: As, mona: User, charlie: User, project: Project) -> None:
    create(as_user(charlie), team="strangers")
    create(as_user(mona))

    def names(**query: str) -> list[str]:
        return [row["name"] for row in as_user(mona).get("/api/v1/projects/", query).json()["results"]]

    assert names() == ["Cars", "Raccoons"]
    assert names(slug="raccoons") == ["Raccoons"]
    assert names(team="strangers") == []


def test_a_new_name_keeps_the_address(as_user: As, mona: User, project: Project) -> None:
    changed = as_user(mona).patch(f"/api/v1/projects/{project.pk}/", {"name": "Procyon"}).json()
    assert (changed["name"], changed["slug"]) == ("Procyon", "raccoons")


def test_deleting_takes_rows_and_objects(
    as_user: As,
    alice: User,
    project: Project,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    other = Project.objects.create(team=project.team, slug="other", name="Other", task="detection")
    only, shared = "a" * 64, "b" * 64
    add_image(project, only)
    add_image(project, shared)
    add_image(other, shared)
    snapshot = Snapshot.objects.create(project=project, number=1)
    Run.objects.create(project=project, number=1, snapshot=snapshot, model="ssdlite")
    registry.keep(f"projects/{project.pk}/runs/1/best.pt", b"weights")
    with django_capture_on_commit_callbacks(execute=True):
        assert as_user(alice).delete(f"/api/v1/projects/{project.pk}/").status_code == 204
    assert not Project.objects.filter(pk=project.pk).exists()
    assert not Run.objects.exists()
    assert len(list(store().list(""))) == 7, "rows go; bytes are left to the collector"
    collect(timedelta(0))
    assert list(store().list("projects/")) == []
    assert sorted(store().list("teams/")) == sorted(keys_of_image(project.team_id, shared))


def test_a_project_is_gone_before_its_rows_are(as_user: As, alice: User, project: Project) -> None:
    as_user(alice).delete(f"/api/v1/projects/{project.pk}/")
    assert Project.objects.filter(pk=project.pk).exists()
    assert as_user(alice).get(f"/api/v1/projects/{project.pk}/").status_code == 404
    assert as_user(alice).get("/api/v1/projects/").json()["results"] == []
    assert create(as_user(alice), name="Raccoons")["slug"] == "raccoons"
    for _ in range(2):
        remove_project(project.pk)
    assert not Project.objects.filter(pk=project.pk).exists()


def test_nothing_removes_a_project_that_nobody_deleted(project: Project) -> None:
    remove_project(project.pk)
    assert Project.objects.filter(pk=project.pk).exists()
