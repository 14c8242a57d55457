"""Merging labels: a revision of each image, in parts, beside people who work."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from annotations import label_merges
from annotations.models import Annotation, Image, Revision
from annotations.recount import recount
from boxwright.events.models import Event
from boxwright.projects.models import Label, Project
from boxwright.teams.models import User
from tests.annotations.images import box, label_id, picture, save, upload

AsUser = Callable[[User], APIClient]


def merge(client: APIClient, project: Project, name: str = "cat", into: str = "raccoon") -> Any:
    path = f"/api/v1/labels/{label_id(project, name)}/merge/"
    return client.post(path, {"into": label_id(project, into)}, format="json")


def restore(client: APIClient, image: int, number: int) -> Any:
    return client.post(f"/api/v1/images/{image}/revisions/{number}/restore/")


def names() -> set[str]:
    return set(Annotation.objects.values_list("label__name", flat=True))


def test_merged_label_passes_its_annotations_on(
    project: Project, image: Image, bob: User, mona: User, as_user: AsUser
) -> None:
    save(as_user(bob), image.pk, upsert=[box(project), box(project, 9, "cat"), box(project, 20, "cat")])
    answer = merge(as_user(mona), project)
    assert (answer.status_code, answer.json()["annotation_count"]) == (200, 3)
    assert (names(), recount()) == ({"raccoon"}, [])
    assert list(Label.objects.values_list("name", flat=True)) == ["raccoon"]
    project.refresh_from_db()
    assert project.annotation_count == 3


def test_a_merge_is_a_revision_of_each_image_it_touches(
    project: Project, image: Image, bob: User, mona: User, as_user: AsUser
) -> None:
    other = upload(as_user(bob), project, b__jpg=picture(2))["created"][0]["id"]
    mark = box(project, 9, "cat")
    save(as_user(bob), image.pk, upsert=[box(project), mark])
    save(as_user(bob), other, upsert=[box(project)])
    Event.objects.all().delete()
    merge(as_user(mona), project)
    rows = as_user(bob).get(f"/api/v1/images/{image.pk}/revisions/").json()["results"]
    assert [(row["number"], row["author"]["name"], row["merged_label"]) for row in rows] == [
        (2, "Mona", "cat"),
        (1, "Bob", ""),
    ]
    assert [(row["id"], row["label_name"]) for row in Revision.objects.get(number=2).upserted] == [
        (mark["id"], "raccoon")
    ]
    state = as_user(bob).get(f"/api/v1/images/{image.pk}/annotations/").json()
    assert (state["revision"], Image.objects.get(pk=other).revision) == (2, 1)
    told = [
        (event.data["id"], event.data["revision"], event.data["by"]) for event in Event.objects.filter(kind="image")
    ]
    assert told == [(image.pk, 2, {"id": mona.pk, "name": "Mona"})]


def test_an_older_revision_comes_back_with_the_label_it_went_into(
    project: Project, image: Image, bob: User, mona: User, as_user: AsUser
) -> None:
    """Also through two merges, and where the merged name is used anew."""
    first = box(project, 9, "cat")
    save(as_user(bob), image.pk, upsert=[first])
    save(as_user(bob), image.pk, 1, delete=[first["id"]])
    Label.objects.create(project=project, name="procyon", color="#000000", position=2)
    assert merge(as_user(mona), project).status_code == 200
    assert merge(as_user(mona), project, "raccoon", "procyon").status_code == 200
    Label.objects.create(project=project, name="cat", color="#000000", position=3)
    answer = restore(as_user(bob), image.pk, 1)
    assert (answer.status_code, names(), recount()) == (200, {"procyon"}, [])


@pytest.mark.parametrize(
    ("change", "label", "x_min"), [({"x_min": 3}, "raccoon", 3), ({"label": "fox", "x_min": 4}, "fox", 4)]
)
def test_an_open_editor_goes_on_over_a_merge(
    project: Project,
    image: Image,
    bob: User,
    mona: User,
    as_user: AsUser,
    change: dict[str, Any],
    label: str,
    x_min: float,
) -> None:
    """Bob opened the image before Mona merged; what he does to the box she relabelled is no conflict."""
    fox = Label.objects.create(project=project, name="fox", color="#000000", position=2)
    mark = box(project, 9, "cat")
    save(as_user(bob), image.pk, upsert=[mark])
    merge(as_user(mona), project)
    wanted = {**mark, **change, "label": fox.pk if "label" in change else mark["label"]}
    answer = save(as_user(bob), image.pk, 1, upsert=[wanted, box(project, 30) | {"label": mark["label"]}])
    assert answer.status_code == 200
    held = Annotation.objects.get(id=mark["id"])
    assert (held.label.name, held.x_min, recount()) == (label, x_min, [])
    assert save(as_user(bob), image.pk, 1, delete=[mark["id"]]).status_code == 200


def test_a_merge_hides_no_conflict(project: Project, image: Image, bob: User, mona: User, as_user: AsUser) -> None:
    mark = box(project, 9, "cat")
    save(as_user(bob), image.pk, upsert=[mark])
    save(as_user(mona), image.pk, 1, upsert=[{**mark, "x_min": 3}])
    merge(as_user(mona), project)
    assert save(as_user(bob), image.pk, 1, upsert=[{**mark, "x_min": 5}]).status_code == 409
    resent = save(as_user(bob), image.pk, 0, upsert=[mark])
    assert (resent.status_code, resent.json()["annotations"][0]["x_min"]) == (200, 3)


@pytest.fixture
def interrupted(project: Project, bob: User, mona: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Six images with a cat; the process that merges cat into raccoon ended after the first two."""
    created = upload(as_user(bob), project, **{f"{n}__jpg": picture(n) for n in range(6)})["created"]
    ids = [image["id"] for image in created]
    for pk in ids:
        save(as_user(bob), pk, upsert=[box(project, 9, "cat")])
    monkeypatch.setattr(label_merges, "IMAGES", 2)
    move, parts = label_merges._move_part, list[object]()

    def ends(*args: Any) -> int:
        if parts:
            raise KeyboardInterrupt
        parts.append(args)
        return move(*args)

    monkeypatch.setattr(label_merges, "_move_part", ends)
    with pytest.raises(KeyboardInterrupt):
        merge(as_user(mona), project)
    monkeypatch.setattr(label_merges, "_move_part", move)
    return ids


def test_an_interrupted_merge_is_whole_in_each_part_and_goes_on(
    project: Project, interrupted: list[int], mona: User, as_user: AsUser
) -> None:
    cat = Label.objects.get(name="cat")
    assert (cat.annotation_count, label_count("raccoon"), recount()) == (4, 2, [])
    assert merge(as_user(mona), project).status_code == 200
    assert (names(), label_count("raccoon"), recount()) == ({"raccoon"}, 6, [])
    assert sorted(Revision.objects.values_list("image_id", "number")) == [(pk, n) for pk in interrupted for n in (1, 2)]


def test_during_a_merge_the_label_stands_for_the_other(
    project: Project, interrupted: list[int], bob: User, mona: User, as_user: AsUser
) -> None:
    cat = label_id(project, "cat")
    answer = save(as_user(bob), interrupted[5], 1, upsert=[box(project, 30, "cat")])
    assert sorted(row["label"] for row in answer.json()["annotations"]) == sorted([cat, label_id(project)])
    restore(as_user(bob), interrupted[4], 1)
    assert (label_count("cat"), label_count("raccoon"), recount()) == (3, 4, [])
    Label.objects.create(project=project, name="fox", color="#000000", position=2)
    assert merge(as_user(mona), project, "cat", "fox").status_code == 409
    assert merge(as_user(mona), project, "raccoon", "cat").status_code == 409
    assert merge(as_user(mona), project, "raccoon", "fox").status_code == 200
    assert merge(as_user(mona), project, "cat", "fox").status_code == 200
    assert (names(), label_count("fox"), recount()) == ({"fox"}, 7, [])


def label_count(name: str) -> int:
    return Label.objects.get(name=name).annotation_count


def test_a_part_costs_the_same_number_of_queries_whatever_it_moves(
    project: Project, image: Image, bob: User, mona: User, as_user: AsUser
) -> None:
    counted = []
    for many in (2, 60):
        Label.objects.get_or_create(project=project, name="cat", defaults={"color": "#000000"})
        image.refresh_from_db()
        marks = [box(project, x / 10, "cat") for x in range(many)]
        save(as_user(bob), image.pk, image.revision, upsert=marks)
        with CaptureQueriesContext(connection) as seen:
            merge(as_user(mona), project)
        counted.append(len(seen))
    assert counted[0] == counted[1]


def test_a_part_tells_of_all_its_images_with_as_many_queries_as_of_one(
    project: Project, bob: User, mona: User, as_user: AsUser
) -> None:
    counted = []
    for start, many in ((0, 1), (1, 6)):
        Label.objects.get_or_create(project=project, name="cat", defaults={"color": "#000000"})
        files = {f"{n}__jpg": picture(n) for n in range(start, start + many)}
        for image in upload(as_user(bob), project, **files)["created"]:
            save(as_user(bob), image["id"], upsert=[box(project, 9, "cat")])
        with CaptureQueriesContext(connection) as seen:
            merge(as_user(mona), project)
        counted.append(len(seen))
    assert counted[0] == counted[1]


def test_label_does_not_merge_into_itself_or_another_project(project: Project, mona: User, as_user: AsUser) -> None:
    other = Project.objects.create(team=project.team, slug="other", name="Other", task="detection", seed=1)
    foreign = Label.objects.create(project=other, name="cat", color="#AA53FB")
    cat = label_id(project, "cat")
    for into in (cat, foreign.pk, 10**9):
        answer = as_user(mona).post(f"/api/v1/labels/{cat}/merge/", {"into": into}, format="json")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "into")


def test_used_label_is_not_deleted(project: Project, image: Image, bob: User, mona: User, as_user: AsUser) -> None:
    save(as_user(bob), image.pk, upsert=[box(project)])
    answer = as_user(mona).delete(f"/api/v1/labels/{label_id(project)}/")
    assert (answer.status_code, Annotation.objects.count()) == (409, 1)
