"""Looking back on an image: what stood after each revision, and which of them brought another back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from annotations.models import Image, Revision
from boxwright.projects.models import Project
from boxwright.teams.models import User
from tests.annotations.images import box, label_id, save

AsUser = Callable[[User], APIClient]


def revisions(client: APIClient, image: Image) -> list[dict[str, Any]]:
    """Oldest first."""
    rows: list[dict[str, Any]] = client.get(f"/api/v1/images/{image.pk}/revisions/").json()["results"]
    return rows[::-1]


def state(client: APIClient, image: Image, number: int) -> Any:
    return client.get(f"/api/v1/images/{image.pk}/revisions/{number}/").json()


def restore(client: APIClient, image: Image, number: int) -> Any:
    return client.post(f"/api/v1/images/{image.pk}/revisions/{number}/restore/")


def test_each_state_is_what_stood_then(
    project: Project, image: Image, bob: User, mona: User, vera: User, as_user: AsUser
) -> None:
    first, second = box(project), box(project, 20, "cat", attributes={"difficult": True})
    save(as_user(bob), image.pk, 0, upsert=[first])
    save(as_user(mona), image.pk, 1, upsert=[{**first, "x_min": 0}, second], queue="done")
    save(as_user(bob), image.pk, 2, delete=[first["id"]])

    states = [state(as_user(vera), image, number) for number in (1, 2, 3)]

    shown = [{(row["id"], row["label_name"], row["x_min"]) for row in each["annotations"]} for each in states]
    moved, kept = (first["id"], "raccoon", 0), (second["id"], "cat", 20)
    assert shown == [{(first["id"], "raccoon", 1)}, {moved, kept}, {kept}]
    assert [(each["number"], each["queue"]) for each in states] == [(1, "labelled"), (2, "done"), (3, "done")]
    assert states[2]["annotations"][0]["attributes"] == {"difficult": True}


@pytest.mark.parametrize("number", [0, 2, 2**40])
def test_a_revision_that_never_was_is_not_found(
    project: Project, image: Image, bob: User, as_user: AsUser, number: int
) -> None:
    save(as_user(bob), image.pk, 0, upsert=[box(project)])
    assert as_user(bob).get(f"/api/v1/images/{image.pk}/revisions/{number}/").status_code == 404


def test_strangers_see_no_state(project: Project, image: Image, bob: User, charlie: User, as_user: AsUser) -> None:
    save(as_user(bob), image.pk, 0, upsert=[box(project)])
    assert as_user(charlie).get(f"/api/v1/images/{image.pk}/revisions/1/").status_code == 404


def test_names_of_labels_are_those_of_then(
    project: Project, image: Image, bob: User, mona: User, as_user: AsUser
) -> None:
    save(as_user(bob), image.pk, upsert=[box(project, label="cat")])
    path = f"/api/v1/labels/{label_id(project, 'cat')}/merge/"
    assert as_user(mona).post(path, {"into": label_id(project)}, format="json").status_code == 200

    names = [[row["label_name"] for row in state(as_user(bob), image, n)["annotations"]] for n in (1, 2)]

    assert names == [["cat"], ["raccoon"]]
    assert [row["upserted"][0]["label_name"] for row in revisions(as_user(bob), image)] == ["cat", "raccoon"]


def test_what_was_restored_is_told_and_restored_back(
    project: Project, image: Image, bob: User, mona: User, as_user: AsUser
) -> None:
    first, second = box(project), box(project, 20)
    save(as_user(bob), image.pk, 0, upsert=[first])
    save(as_user(mona), image.pk, 1, upsert=[second], delete=[first["id"]])

    assert [restore(as_user(bob), image, number).status_code for number in (1, 2)] == [200, 200]

    assert [row["restored"] for row in revisions(as_user(bob), image)] == [None, None, 1, 2]
    assert [row["id"] for row in state(as_user(bob), image, 4)["annotations"]] == [second["id"]]


def test_a_state_of_a_thousand_revisions_takes_a_handful_of_queries(
    project: Project, image: Image, bob: User, as_user: AsUser
) -> None:
    marks = [box(project, x) for x in range(10)]
    rows = [{**mark, "label_name": "raccoon", "source": "human"} for mark in marks]
    Revision.objects.bulk_create(
        Revision(image=image, number=number, author=bob, queue="labelled", upserted=rows) for number in range(1, 1001)
    )
    client = as_user(bob)
    counts = []
    for number in (1, 1000):
        with CaptureQueriesContext(connection) as seen:
            found = state(client, image, number)
        counts.append(len(seen.captured_queries))
        assert len(found["annotations"]) == 10
    assert counts[0] == counts[1] <= 5
