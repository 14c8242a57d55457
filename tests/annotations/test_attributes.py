"""What tools noted of an annotation, and of an image's split, stays with it through saves, history and snapshots."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from annotations.dataset.split import split_of
from annotations.models import Annotation, Image, Snapshot
from annotations.snapshots.building import records_of
from boxwright.projects.models import Project
from boxwright.teams.models import User
from tests.annotations.archives import Commits
from tests.annotations.images import box, picture, save, upload

AsUser = Callable[[User], APIClient]
NOTED = {"difficult": True, "pose": "Left", "score of a tool": 0.25}


def drawn(client: APIClient, project: Project) -> tuple[int, dict[str, Any]]:
    """An image with one box that carries attributes, at revision 1."""
    image = upload(client, project, a__jpg=picture(1))["created"][0]["id"]
    one = {**box(project, 30), "attributes": NOTED}
    save(client, image, 0, upsert=[one])
    return image, one


def test_a_save_that_names_no_attributes_keeps_them(project: Project, bob: User, as_user: AsUser) -> None:
    client = as_user(bob)
    image, one = drawn(client, project)
    moved = {**one, "x_max": one["x_max"] + 1}
    del moved["attributes"]
    save(client, image, 1, upsert=[moved])
    (held,) = client.get(f"/api/v1/images/{image}/annotations/").json()["annotations"]
    assert (held["x_max"], held["attributes"]) == (moved["x_max"], NOTED)
    save(client, image, 2, upsert=[{**moved, "attributes": {}}])
    assert Annotation.objects.get().attributes == {}


def test_a_deleted_box_is_restored_with_them(project: Project, bob: User, as_user: AsUser) -> None:
    client = as_user(bob)
    image, one = drawn(client, project)
    save(client, image, 1, delete=[one["id"]])
    answer = client.post(f"/api/v1/images/{image}/revisions/1/restore/")
    assert answer.status_code == 200
    assert Annotation.objects.get().attributes == NOTED


@pytest.mark.parametrize(
    "wrong",
    [
        [1],
        {str(n): True for n in range(21)},
        {"": 1},
        {"a": None},
        {"a": ["b"]},
        {"a": "x" * 201},
        {"a" * 61: 1},
        {"a\n": 1},
        {"a": 1e300},
    ],
)
def test_wrong_attributes_are_named(project: Project, bob: User, as_user: AsUser, wrong: Any) -> None:
    client = as_user(bob)
    image = upload(client, project, a__jpg=picture(1))["created"][0]["id"]
    sent = {"base_revision": 0, "upsert": [{**box(project, 30), "id": str(uuid.uuid4()), "attributes": wrong}]}
    answer = client.patch(f"/api/v1/images/{image}/annotations/", sent, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"].startswith("upsert[0].attributes")


def test_a_snapshot_carries_attributes_splits_and_groups(
    project: Project, mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    client = as_user(mona)
    image, _ = drawn(client, project)
    for seed in range(2, 6):
        upload(client, project, b__jpg=picture(seed))
    Image.objects.filter(pk=image).update(split="test")
    Image.objects.exclude(pk=image).update(group="film")
    with django_capture_on_commit_callbacks(execute=True):
        made = client.post(f"/api/v1/projects/{project.pk}/snapshots/").json()
    records = list(records_of(Snapshot.objects.get(pk=made["id"])))
    (mine,) = [record for record in records if record.annotations]
    assert (mine.split, mine.annotations[0].attributes) == ("test", NOTED)
    others = {(record.group, record.split) for record in records if record is not mine}
    assert others == {("film", split_of("film", project.seed))}
