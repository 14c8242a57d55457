"""A snapshot of a part of the project, to take away: what the list of images shows, named so."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from annotations import snapshots
from annotations.models import Image, Snapshot
from boxwright.jobs import Status
from boxwright.jobs.attempt import attempt
from boxwright.projects.models import Label, Project
from boxwright.storage import store
from boxwright.teams.models import User
from tests.annotations.archives import Commits
from tests.annotations.images import box, label_id, picture, save, upload

AsUser = Callable[[User], APIClient]


@pytest.fixture
def client(mona: User, as_user: AsUser) -> APIClient:
    return as_user(mona)


@pytest.fixture
def images(project: Project, client: APIClient) -> list[int]:
    """cat.jpg with a cat, dog.jpg looked at, cat2.jpg untouched."""
    files = {"cat__jpg": picture(1), "dog__jpg": picture(2), "cat2__jpg": picture(3)}
    ids = [image["id"] for image in upload(client, project, **files)["created"]]
    save(client, ids[0], upsert=[box(project, label="cat")])
    save(client, ids[1], queue="labelled")
    return ids


def freeze(client: APIClient, project: Project, commits: Commits, **only: Any) -> dict[str, Any]:
    with commits(execute=True):
        answer = client.post(f"/api/v1/projects/{project.pk}/snapshots/", only, format="json")
    assert answer.status_code == 201, answer.content
    body: dict[str, Any] = client.get(f"/api/v1/snapshots/{answer.json()['id']}/").json()
    return body


def names(made: dict[str, Any]) -> set[str]:
    return {record.name for record in snapshots.records_of(Snapshot.objects.get(pk=made["id"]))}


@pytest.mark.usefixtures("images")
def test_a_filter_holds_what_the_list_shows_and_is_named_so(
    project: Project, mona: User, client: APIClient, django_capture_on_commit_callbacks: Commits
) -> None:
    Image.objects.filter(name="cat2.jpg").update(assigned_to=mona)
    cat = label_id(project, "cat")
    cases: list[tuple[dict[str, Any], str, set[str]]] = [
        ({"queue": "labelled"}, "v1: labelled", {"cat.jpg", "dog.jpg"}),
        ({"label": cat}, "v2: label cat", {"cat.jpg"}),
        ({"search": "CAT"}, 'v3: "CAT"', {"cat.jpg", "cat2.jpg"}),
        ({"queue": "labelled", "label": cat, "search": "c"}, 'v4: labelled, label cat, "c"', {"cat.jpg"}),
        ({"boxes": "none"}, "v5: no boxes", {"dog.jpg", "cat2.jpg"}),
        ({"author": mona.pk, "max_width": 100}, "v6: boxes by Mona, to 100 px", {"cat.jpg"}),
        ({"assigned": str(mona.pk)}, "v7: assigned to Mona", {"cat2.jpg"}),
        ({"assigned": "nobody", "queue": "labelled"}, "v8: labelled, assigned to nobody", {"cat.jpg", "dog.jpg"}),
        ({}, "v9", {"cat.jpg", "dog.jpg", "cat2.jpg"}),
    ]
    for only, name, held in cases:
        made = freeze(client, project, django_capture_on_commit_callbacks, **only)
        shown = {row["name"] for row in client.get(f"/api/v1/projects/{project.pk}/images/", only).json()["results"]}
        assert (made["status"], made["name"], names(made)) == ("succeeded", name, held)
        assert (shown, made["image_count"]) == (held, len(held))
    assert made["filter"] == {}


@pytest.mark.usefixtures("images")
def test_a_part_is_nobodys_parent_and_has_none(
    project: Project, client: APIClient, django_capture_on_commit_callbacks: Commits
) -> None:
    commits = django_capture_on_commit_callbacks
    whole, part = freeze(client, project, commits), freeze(client, project, commits, queue="labelled")
    later = freeze(client, project, commits)
    assert (whole["parent"], part["parent"], later["parent"]) == (None, None, 1)
    with store().open(Snapshot.objects.get(pk=part["id"]).about_key) as file:
        assert json.load(file)["filter"] == {"queue": "labelled"}


@pytest.mark.usefixtures("images")
def test_a_run_needs_the_whole_project(
    project: Project, client: APIClient, django_capture_on_commit_callbacks: Commits
) -> None:
    part = freeze(client, project, django_capture_on_commit_callbacks, queue="labelled")
    asked = {"snapshot": part["id"], "model": "ssdlite320_mobilenet_v3_large"}
    refused = client.post(f"/api/v1/projects/{project.pk}/runs/", asked, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "snapshot")


@pytest.mark.usefixtures("images")
@pytest.mark.parametrize("wrong", [{"queue": "none"}, {"label": 10**9}, {"search": "no such"}, {"label": "x"}])
def test_a_filter_that_lets_nothing_through_is_refused(
    project: Project, client: APIClient, wrong: dict[str, Any]
) -> None:
    refused = client.post(f"/api/v1/projects/{project.pk}/snapshots/", wrong, format="json")
    assert (refused.status_code, Snapshot.objects.count()) == (400, 0)


@pytest.mark.usefixtures("images")
def test_a_label_that_goes_before_the_building_fails_it(project: Project, mona: User) -> None:
    only = {"label": label_id(project, "cat")}
    made = snapshots.create_snapshot(project=project, author=mona, only=only)
    Label.objects.filter(pk=only["label"]).update(project=Project.objects.create(team=project.team, slug="other"))
    attempt(Snapshot, made.pk)
    made.refresh_from_db()
    assert (made.status, "no such label" in made.error) == (Status.FAILED, True)
