"""Saving annotations: idempotent, merged, counted, kept in history."""

import uuid
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from annotations.models import Annotation, Image, Revision
from boxwright import limits
from boxwright.events.models import Event
from boxwright.projects.models import Label, Project
from boxwright.teams.models import User
from tests.annotations.images import box, label_id, save

AsUser = Callable[[User], APIClient]


def test_saved_boxes_are_there_after_a_reload(project: Project, image: Image, bob: User, as_user: AsUser) -> None:
    client, boxes = as_user(bob), [box(project, x) for x in range(10)]
    answer = save(client, image.pk, upsert=boxes)
    assert answer.status_code == 200
    again = client.get(f"/api/v1/images/{image.pk}/annotations/").json()
    assert again == answer.json()
    assert (again["revision"], again["queue"]) == (1, "labelled")
    sent = {b["id"]: (b["label"], b["x_min"], b["y_max"]) for b in boxes}
    assert {a["id"]: (a["label"], a["x_min"], a["y_max"]) for a in again["annotations"]} == sent
    assert again["annotations"][0]["created_by"] == {"id": bob.pk, "name": "Bob"}


def test_counters_follow_each_change(project: Project, image: Image, bob: User, as_user: AsUser) -> None:
    client, first, second = as_user(bob), box(project), box(project, 5)

    def counted() -> tuple[int, ...]:
        project.refresh_from_db()
        image.refresh_from_db()
        by_label = [Label.objects.get(project=project, name=name).annotation_count for name in ("raccoon", "cat")]
        return (project.unlabelled_count, project.labelled_count, project.annotation_count, *by_label)

    assert counted() == (1, 0, 0, 0, 0)
    save(client, image.pk, 0, upsert=[first, second])
    assert counted() == (0, 1, 2, 2, 0)
    save(client, image.pk, 1, upsert=[{**first, "label": label_id(project, "cat")}])
    assert counted() == (0, 1, 2, 1, 1)
    save(client, image.pk, 2, delete=[first["id"], second["id"]])
    assert counted() == (1, 0, 0, 0, 0)
    assert (image.annotation_count, image.queue) == (0, "unlabelled")


def test_same_save_twice_changes_nothing(project: Project, image: Image, bob: User, as_user: AsUser) -> None:
    client, mark = as_user(bob), box(project)
    first = save(client, image.pk, 0, upsert=[mark])
    again = save(client, image.pk, 0, upsert=[mark])
    assert (again.status_code, again.json()) == (200, first.json())
    assert (Annotation.objects.count(), Revision.objects.count()) == (1, 1)


def test_late_resend_does_not_undo_what_others_did(
    project: Project, image: Image, bob: User, mona: User, as_user: AsUser
) -> None:
    mark = box(project)
    save(as_user(bob), image.pk, 0, upsert=[mark])
    save(as_user(mona), image.pk, 1, upsert=[{**mark, "x_max": 40}], queue="done")
    answer = save(as_user(bob), image.pk, 0, upsert=[mark])
    assert answer.status_code == 200
    assert (answer.json()["annotations"][0]["x_max"], answer.json()["queue"]) == (40, "done")


def test_disjoint_changes_of_two_people_merge(
    project: Project, image: Image, bob: User, mona: User, as_user: AsUser
) -> None:
    ours, theirs = box(project), box(project, 20)
    save(as_user(bob), image.pk, 0, upsert=[ours])
    answer = save(as_user(mona), image.pk, 0, upsert=[theirs])
    assert answer.status_code == 200
    assert {a["id"] for a in answer.json()["annotations"]} == {ours["id"], theirs["id"]}


def test_a_move_and_a_relabel_of_one_box_merge(
    project: Project, image: Image, bob: User, mona: User, as_user: AsUser
) -> None:
    mark = box(project, attributes={"difficult": True})
    save(as_user(bob), image.pk, 0, upsert=[mark])
    relabelled = {**mark, "label": label_id(project, "cat"), "attributes": {"occluded": True}}
    assert save(as_user(mona), image.pk, 1, upsert=[relabelled]).status_code == 200
    moved = {**mark, "x_min": 5}
    for _ in ("at first", "its answer got lost"):
        answer = save(as_user(bob), image.pk, 1, upsert=[moved])
        assert (answer.status_code, answer.json()["revision"]) == (200, 3)
        (found,) = answer.json()["annotations"]
        assert (found["x_min"], found["label"], found["attributes"]) == (5, relabelled["label"], {"occluded": True})


@pytest.mark.parametrize("change", ["move", "delete"])
def test_same_annotation_changed_by_both_is_a_conflict(
    project: Project, image: Image, bob: User, mona: User, as_user: AsUser, change: str
) -> None:
    mark = box(project)
    save(as_user(bob), image.pk, 0, upsert=[mark])
    theirs = {"upsert": [{**mark, "x_min": 3}]} if change == "move" else {"delete": [mark["id"]]}
    save(as_user(mona), image.pk, 1, **theirs)
    answer = save(as_user(bob), image.pk, 1, upsert=[{**mark, "x_min": 5}])
    body = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    assert body["conflicts"] == [mark["id"]]
    assert [person["name"] for person in body["changed_by"]] == ["Mona"]
    assert body["current"]["revision"] == 2
    assert [a["x_min"] for a in body["current"]["annotations"]] == ([3] if change == "move" else [])


def test_nothing_here_is_a_negative(project: Project, image: Image, bob: User, as_user: AsUser) -> None:
    answer = save(as_user(bob), image.pk, 0, queue="labelled")
    assert (answer.json()["queue"], answer.json()["annotations"], answer.json()["revision"]) == ("labelled", [], 1)
    project.refresh_from_db()
    assert (project.labelled_count, project.unlabelled_count) == (1, 0)


def test_history_keeps_who_did_what_and_restores_it(
    project: Project, image: Image, bob: User, mona: User, as_user: AsUser
) -> None:
    first, second = box(project), box(project, 20)
    save(as_user(bob), image.pk, 0, upsert=[first])
    save(as_user(mona), image.pk, 1, upsert=[second], delete=[first["id"]])
    rows = as_user(bob).get(f"/api/v1/images/{image.pk}/revisions/").json()["results"]
    assert [(row["number"], row["author"]["name"]) for row in rows] == [(2, "Mona"), (1, "Bob")]
    assert rows[0]["deleted"] == [first["id"]]
    answer = as_user(bob).post(f"/api/v1/images/{image.pk}/revisions/1/restore/")
    assert answer.json()["revision"] == 3
    assert [a["id"] for a in answer.json()["annotations"]] == [first["id"]]
    assert as_user(bob).post(f"/api/v1/images/{image.pk}/revisions/9/restore/").status_code == 404


def test_restore_needs_the_label_to_be_there(
    project: Project, image: Image, bob: User, mona: User, as_user: AsUser
) -> None:
    mark = box(project, label="cat")
    save(as_user(bob), image.pk, 0, upsert=[mark])
    save(as_user(bob), image.pk, 1, delete=[mark["id"]])
    assert as_user(mona).delete(f"/api/v1/labels/{mark['label']}/").status_code == 204
    answer = as_user(bob).post(f"/api/v1/images/{image.pk}/revisions/1/restore/")
    assert answer.status_code == 409
    assert "cat" in answer.json()["detail"]
    Label.objects.create(project=project, name="Cat", color="#F5A420", position=5)
    assert as_user(bob).post(f"/api/v1/images/{image.pk}/revisions/1/restore/").status_code == 200


def test_viewer_reads_but_does_not_save(
    project: Project, image: Image, vera: User, charlie: User, as_user: AsUser
) -> None:
    assert as_user(vera).get(f"/api/v1/images/{image.pk}/annotations/").status_code == 200
    assert save(as_user(vera), image.pk, upsert=[box(project)]).status_code == 403
    assert save(as_user(charlie), image.pk, upsert=[box(project)]).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"x_max": 64.5}, "upsert[0].x_max"),
        ({"y_min": -1}, "upsert[0].y_min"),
        ({"x_max": 1}, "upsert[0].x_max"),
        ({"x_min": None}, "upsert[0].x_min"),
        ({"x_min": True}, "upsert[0].x_min"),
        ({"x_min": "3"}, "upsert[0].x_min"),
        ({"x_min": 10**400}, "upsert[0].x_min"),
        ({"id": "7"}, "upsert[0].id"),
        ({"label": 10**9}, "upsert[0].label"),
        ({"label": None}, "upsert[0].label"),
        ({"source": "A b"}, "upsert[0].source"),
        ({"score": 2}, "upsert[0].score"),
    ],
)
def test_wrong_field_is_named(
    project: Project, image: Image, bob: User, as_user: AsUser, wrong: dict[str, object], field: str
) -> None:
    answer = save(as_user(bob), image.pk, upsert=[{**box(project), **wrong}])
    assert answer.status_code == 400
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert Annotation.objects.count() == 0


@pytest.mark.parametrize(
    "body", [[], {}, {"base_revision": 9}, {"base_revision": 0, "upsert": {}}, {"base_revision": 0, "queue": "x"}]
)
def test_wrong_body_is_refused(image: Image, bob: User, as_user: AsUser, body: object) -> None:
    answer = as_user(bob).patch(f"/api/v1/images/{image.pk}/annotations/", body, format="json")
    assert answer.status_code == 400


def test_not_a_number_is_refused(project: Project, image: Image, bob: User, as_user: AsUser) -> None:
    text = f'{{"base_revision": 0, "upsert": [{{"id": "{box(project)["id"]}", "label": 1, "x_min": NaN}}]}}'
    path = f"/api/v1/images/{image.pk}/annotations/"
    assert as_user(bob).patch(path, text, content_type="application/json").status_code == 400


def test_label_of_another_project_is_refused(project: Project, image: Image, bob: User, as_user: AsUser) -> None:
    other = Project.objects.create(team=project.team, slug="other", name="Other", task="detection", seed=1)
    foreign = Label.objects.create(project=other, name="raccoon", color="#AA53FB")
    answer = save(as_user(bob), image.pk, upsert=[{**box(project), "label": foreign.pk}])
    assert answer.status_code == 400


def test_image_carries_a_limited_number_of_boxes(
    project: Project, image: Image, bob: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BOXES_AN_IMAGE", 2)
    answer = save(as_user(bob), image.pk, upsert=[box(project, x) for x in range(3)])
    assert answer.status_code == 400


def test_classification_labels_the_whole_image_once(project: Project, image: Image, bob: User, as_user: AsUser) -> None:
    Project.objects.filter(pk=project.pk).update(task="classification")
    boxed = box(project)
    whole = {"id": boxed["id"], "label": boxed["label"]}
    assert save(as_user(bob), image.pk, upsert=[boxed]).status_code == 400
    answer = save(as_user(bob), image.pk, upsert=[whole])
    assert "x_min" not in answer.json()["annotations"][0]
    assert save(as_user(bob), image.pk, 1, upsert=[{**whole, "id": box(project)["id"]}]).status_code == 400
    assert save(as_user(bob), image.pk, 1, upsert=[{**whole, "label": label_id(project, "cat")}]).status_code == 200


def test_save_tells_who_watches(project: Project, image: Image, bob: User, as_user: AsUser) -> None:
    Event.objects.all().delete()
    save(as_user(bob), image.pk, upsert=[box(project)])
    told = {event.kind: event.data for event in Event.objects.filter(project_id=project.pk)}
    assert told["image"] == {
        "id": image.pk,
        "queue": "labelled",
        "revision": 1,
        "annotation_count": 1,
        "skip_reason": "",
        "drafted_by": None,
        "by": {"id": bob.pk, "name": "Bob"},
    }
    assert told["counts"]["labelled"] == 1


def test_save_costs_the_same_number_of_queries_whatever_it_saves(
    project: Project,
    image: Image,
    bob: User,
    as_user: AsUser,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = as_user(bob)
    few, many = [box(project, x) for x in range(2)], [box(project, x / 10) for x in range(100)]
    with django_assert_max_num_queries(17):
        save(client, image.pk, 0, upsert=few)
    with django_assert_max_num_queries(17):
        save(client, image.pk, 1, upsert=many)


@pytest.mark.parametrize("field", ["upsert", "delete"])
def test_rows_of_a_save_are_counted_before_one_is_read(image: Image, bob: User, as_user: AsUser, field: str) -> None:
    """None of these rows could be read: what is said is how many there are."""
    most = limits.ANNOTATIONS_A_SAVE
    over = save(as_user(bob), image.pk, 0, **{field: [0] * (most + 1)}).json()
    assert (over["status"], [error["field"] for error in over["errors"]]) == (400, [field])
    assert f"{most + 1} rows; at most {most}" in over["errors"][0]["detail"]
    within = save(as_user(bob), image.pk, 0, **{field: [0] * most}).json()
    assert within["errors"][0]["field"] == f"{field}[0]"


def test_of_many_errors_the_first_come_back_with_how_many_there_were(
    project: Project, image: Image, bob: User, as_user: AsUser
) -> None:
    wrong = [{**box(project), "x_min": -1} for _ in range(30)]
    body = save(as_user(bob), image.pk, upsert=wrong).json()
    assert (len(body["errors"]), body["error_count"]) == (limits.ERRORS_AN_ANSWER, 30)


def test_changing_many_boxes_costs_no_query_more_than_changing_few(
    project: Project, image: Image, bob: User, as_user: AsUser
) -> None:
    """One statement for all rows, one for those that go; the rows are not read twice."""
    client, counted = as_user(bob), []
    for many in (3, 300):
        marks = [box(project, x / 10) for x in range(many)]
        for x_max in (30, 40):
            image.refresh_from_db()
            gone = list(Annotation.objects.filter(image=image).values_list("id", flat=True)[: many // 3])
            kept = [{**mark, "x_max": x_max + 20} for mark in marks if uuid.UUID(mark["id"]) not in gone]
            with CaptureQueriesContext(connection) as seen:
                save(client, image.pk, image.revision, upsert=kept, delete=[str(id_) for id_ in gone])
        counted.append(len(seen))
    assert counted[0] == counted[1]
