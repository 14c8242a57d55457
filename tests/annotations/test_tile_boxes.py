"""The boxes of a gallery's tiles, all in one answer."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from annotations import tile_boxes
from boxwright.projects.models import Project
from boxwright.teams.models import User
from tests.annotations.images import box, picture, save, upload

AsUser = Callable[[User], APIClient]


def boxed(client: APIClient, project: Project, count: int) -> list[int]:
    """Images with so many boxes: none, one, two, …"""
    made = upload(client, project, **{f"p{n}__jpg": picture(n) for n in range(count)})["created"]
    ids = [row["id"] for row in made]
    for n, id_ in enumerate(ids):
        save(client, id_, 0, upsert=[box(project) for _ in range(n)])
    return ids


def asked(client: APIClient, project: Project, ids: Any) -> Any:
    return client.get(f"/api/v1/projects/{project.pk}/images/boxes/", {"images": ",".join(map(str, ids))})


def test_all_boxes_come_in_the_order_asked_for(project: Project, bob: User, vera: User, as_user: AsUser) -> None:
    ids = boxed(as_user(bob), project, 3)
    found = asked(as_user(vera), project, [ids[2], ids[0], ids[1], ids[2]]).json()["images"]
    assert [(row["id"], len(row["boxes"])) for row in found] == [(ids[2], 2), (ids[0], 0), (ids[1], 1)]
    state = as_user(vera).get(f"/api/v1/images/{ids[1]}/annotations/").json()
    (mark,) = state["annotations"]
    sides = [mark[side] for side in ("x_min", "y_min", "x_max", "y_max")]
    assert found[2] == {"id": ids[1], "revision": state["revision"], "boxes": [[mark["label"], *sides]]}


def test_what_is_not_in_the_project_is_left_out(project: Project, bob: User, as_user: AsUser) -> None:
    ids = boxed(as_user(bob), project, 2)
    assert [row["id"] for row in asked(as_user(bob), project, [ids[1], 10**12]).json()["images"]] == [ids[1]]
    assert asked(as_user(bob), project, []).json() == {"images": []}


def test_many_images_cost_the_queries_of_one(project: Project, bob: User, as_user: AsUser) -> None:
    ids = boxed(as_user(bob), project, 4)
    counts = []
    for some in (ids[:1], ids):
        with CaptureQueriesContext(connection) as queries:
            asked(as_user(bob), project, some)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_too_many_boxes_leave_the_rest_for_another_request(
    project: Project, bob: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = boxed(as_user(bob), project, 4)
    monkeypatch.setattr(tile_boxes, "MOST", 3)
    assert [row["id"] for row in asked(as_user(bob), project, ids).json()["images"]] == ids[:3]
    monkeypatch.setattr(tile_boxes, "MOST", 0)
    assert [row["id"] for row in asked(as_user(bob), project, [ids[3], ids[0]]).json()["images"]] == [ids[3]]


@pytest.mark.parametrize("ids", [["x"], [""] * 2, ["-1"], range(1, 202), ["1" * 19]])
def test_ids_are_numbers_and_not_too_many(project: Project, bob: User, as_user: AsUser, ids: Any) -> None:
    answer = asked(as_user(bob), project, ids)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "images")
