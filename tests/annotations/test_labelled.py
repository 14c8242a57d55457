"""All annotations of one label, in the order that a reviewer looks in."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from annotations.labelled import ORDERS
from annotations.models import Annotation, Image
from boxwright.projects.models import Label, Project
from boxwright.teams.models import User
from tests.annotations.images import box, label_id, picture, save, upload

AsUser = Callable[[User], APIClient]


@pytest.fixture
def marks(project: Project, bob: User, vera: User, as_user: AsUser) -> list[Annotation]:
    """Six boxes on two images, from small and new to large and old; the second half is vera's, every second scored."""
    made = upload(as_user(bob), project, a__jpg=picture(1), b__jpg=picture(2))["created"]
    now, label = timezone.now(), Label.objects.get(project=project, name="raccoon")
    rows = [
        Annotation(
            id=uuid.UUID(int=n + 1),
            image_id=made[n % 2]["id"],
            label=label,
            revision=1,
            x_min=1,
            y_min=1,
            x_max=3 + n,
            y_max=3 + n,
            score=n / 10 if n % 2 else None,
            created_by=vera if n > 2 else bob,
            created_at=now - timedelta(hours=n),
        )
        for n in range(6)
    ]
    return Annotation.objects.bulk_create(rows)


def asked(client: APIClient, label: int, **query: Any) -> Any:
    return client.get(f"/api/v1/labels/{label}/annotations/", query)


def found(client: APIClient, label: int, marks: list[Annotation], **query: Any) -> list[int]:
    """Which of the marks come, page by page."""
    places = {str(mark.id): n for n, mark in enumerate(marks)}
    url: str | None = f"/api/v1/labels/{label}/annotations/"
    seen: list[int] = []
    while url:
        page = client.get(url, query if not seen else None).json()
        seen += [places[row["id"]] for row in page["results"]]
        url = page["next"]
    return seen


def test_each_order_is_whole_page_by_page(
    marks: list[Annotation], project: Project, vera: User, as_user: AsUser
) -> None:
    orders = {
        "newest": [0, 1, 2, 3, 4, 5],
        "oldest": [5, 4, 3, 2, 1, 0],
        "smallest": [0, 1, 2, 3, 4, 5],
        "largest": [5, 4, 3, 2, 1, 0],
        "unsure": [1, 3, 5],
        "author": [0, 2, 1, 4, 3, 5],
    }
    seen = {order: found(as_user(vera), label_id(project), marks, order=order, limit=2) for order in ORDERS}
    assert seen == orders


def test_what_was_made_at_one_moment_comes_once(
    marks: list[Annotation], project: Project, vera: User, as_user: AsUser
) -> None:
    """As an import does."""
    Annotation.objects.update(created_at=timezone.now(), x_max=9, y_max=9, score=0.5, created_by=vera)
    for order in ORDERS:
        seen = found(as_user(vera), label_id(project), marks, order=order, limit=1)
        assert sorted(seen) == list(range(6)), order


def test_an_answer_says_what_a_save_needs(project: Project, bob: User, as_user: AsUser) -> None:
    client = as_user(bob)
    (image,) = upload(client, project, a__jpg=picture(1))["created"]
    mark = box(project, attributes={"difficult": True})
    state = save(client, image["id"], 0, upsert=[mark]).json()
    (row,) = asked(client, label_id(project)).json()["results"]
    assert {name: value for name, value in row.items() if name != "image"} == state["annotations"][0]
    fields = {name: image[name] for name in ("id", "name", "width", "height")}
    assert row["image"] == {**fields, "queue": "labelled", "revision": state["revision"]}
    relabelled = {**mark, "label": label_id(project, "cat")}
    assert save(client, image["id"], row["image"]["revision"], upsert=[relabelled]).status_code == 200
    assert asked(client, label_id(project)).json()["results"] == []


def test_labels_of_whole_images_come_too(project: Project, bob: User, as_user: AsUser) -> None:
    Project.objects.filter(pk=project.pk).update(task="classification")
    (image,) = upload(as_user(bob), project, a__jpg=picture(1))["created"]
    save(as_user(bob), image["id"], 0, upsert=[{"id": str(uuid.uuid4()), "label": label_id(project)}])
    (row,) = asked(as_user(bob), label_id(project)).json()["results"]
    assert "x_min" not in row
    assert asked(as_user(bob), label_id(project), order="largest").json()["results"] == []


def test_who_left_is_the_author_of_nothing(
    marks: list[Annotation], project: Project, vera: User, as_user: AsUser
) -> None:
    Annotation.objects.filter(id=marks[0].id).update(created_by=None)
    assert 0 not in found(as_user(vera), label_id(project), marks, order="author")
    (row, *_) = asked(as_user(vera), label_id(project)).json()["results"]
    assert (row["id"], row["created_by"]) == (str(marks[0].id), None)


@pytest.mark.parametrize("query", [{"order": "shape"}, {"order": "newest", "cursor": "WzAsWzEsMiwzXV0"}])
def test_what_is_no_order_or_page_is_refused(
    project: Project, bob: User, as_user: AsUser, query: dict[str, str]
) -> None:
    assert asked(as_user(bob), label_id(project), **query).status_code == 400
    assert Image.objects.count() == 0
