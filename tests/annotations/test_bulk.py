"""Many images changed at once: each or its reason why not, once, and taken back by one deed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from annotations.bulk import change_images, forget_old_changes, undo
from annotations.models import Annotation, BulkChange, BulkItem, Image
from annotations.recount import recount
from boxwright import limits
from boxwright.errors import Conflict
from boxwright.events.models import Event
from boxwright.jobs import Beat, Status
from boxwright.jobs.attempt import attempt
from boxwright.projects.models import Project
from boxwright.teams.models import Membership, User
from tests.annotations.archives import Commits
from tests.annotations.images import box, label_id, picture, save, upload

AsUser = Callable[[User], APIClient]
COUNT = 5


@pytest.fixture
def images(project: Project, mona: User, as_user: AsUser) -> list[int]:
    """All labelled, each with a raccoon and a cat."""
    client = as_user(mona)
    created = upload(client, project, **{f"{n}__jpg": picture(n) for n in range(COUNT)})["created"]
    ids = [image["id"] for image in created]
    for pk in ids:
        assert save(client, pk, upsert=[box(project), box(project, label="cat")]).status_code == 200
    return ids


def ask(client: APIClient, project: Project, deed: str, status: int = 201, **body: Any) -> dict[str, Any]:
    answer = client.post(f"/api/v1/projects/{project.pk}/images/{deed}/", body, format="json")
    assert answer.status_code == status, answer.content
    said: dict[str, Any] = answer.json()
    return said


def take_back(client: APIClient, change: dict[str, Any], status: int = 201) -> dict[str, Any]:
    answer = client.post(f"/api/v1/bulk-changes/{change['id']}/undo/")
    assert answer.status_code == status, answer.content
    said: dict[str, Any] = answer.json()
    return said


def queues(images: list[int]) -> list[str]:
    return list(Image.objects.filter(pk__in=images).order_by("pk").values_list("queue", flat=True))


def names() -> list[str]:
    rows = Annotation.objects.order_by("image", "label__name")
    return list(rows.values_list("label__name", flat=True))


def test_images_move_where_the_table_lets_them(
    project: Project, images: list[int], bob: User, mona: User, as_user: AsUser
) -> None:
    save(as_user(bob), images[0], 1, queue="review")
    Event.objects.all().delete()
    done = ask(as_user(bob), project, "move", images=images, queue="skipped")
    assert (done["status"], done["total"], done["done_count"]) == ("succeeded", COUNT, COUNT - 1)
    assert done["refused"] == [{"reason": "An image can't go from review to skipped.", "count": 1}]
    assert queues(images) == ["review", *["skipped"] * (COUNT - 1)]
    kinds = list(Event.objects.values_list("kind", flat=True))
    assert (kinds.count("image"), kinds.count("counts")) == (COUNT - 1, 1)
    assert recount() == []
    taken = take_back(as_user(bob), done)
    assert (taken["done_count"], queues(images)) == (COUNT - 1, ["review", *["labelled"] * (COUNT - 1)])
    refused = ask(as_user(bob), project, "move", images=images[1:], queue="done")
    assert (refused["done_count"], refused["refused_count"]) == (0, COUNT - 1)
    assert ask(as_user(mona), project, "move", images=images, queue="done")["done_count"] == COUNT


def test_undo_leaves_what_others_changed_since(
    project: Project, images: list[int], bob: User, mona: User, as_user: AsUser
) -> None:
    done = ask(as_user(bob), project, "label", images=images, label=label_id(project, "cat"))
    assert (done["done_count"], names()) == (COUNT, ["cat"] * 2 * COUNT)
    save(as_user(mona), images[0], 2, upsert=[box(project)])
    taken = take_back(as_user(bob), done)
    assert (taken["done_count"], taken["refused"]) == (COUNT - 1, [{"reason": "It was changed since.", "count": 1}])
    assert names() == ["cat", "cat", "raccoon", *["cat", "raccoon"] * (COUNT - 1)]
    assert recount() == []
    take_back(as_user(bob), done, 409)
    assert take_back(as_user(bob), taken)["done_count"] == COUNT - 1, "and what was taken back can be done again"
    assert names().count("raccoon") == 1


def test_one_label_goes_into_another_and_the_rest_stays(
    project: Project, images: list[int], bob: User, as_user: AsUser
) -> None:
    raccoon, cat = label_id(project), label_id(project, "cat")
    ask(as_user(bob), project, "label", images=images[:2], label=raccoon, from_label=cat)
    assert names() == ["raccoon"] * 4 + ["cat", "raccoon"] * (COUNT - 2)
    assert recount() == []


def test_a_whole_image_gets_its_class(project: Project, bob: User, as_user: AsUser) -> None:
    Project.objects.update(task="classification")
    created = upload(as_user(bob), project, a__jpg=picture(1), b__jpg=picture(2))["created"]
    images = [image["id"] for image in created]
    save(as_user(bob), images[0], upsert=[{"id": box(project)["id"], "label": label_id(project)}])
    done = ask(as_user(bob), project, "label", images=images, label=label_id(project, "cat"))
    assert (done["done_count"], names(), queues(images)) == (2, ["cat", "cat"], ["labelled"] * 2)
    take_back(as_user(bob), done)
    assert (names(), queues(images)) == (["raccoon"], ["labelled", "unlabelled"])


def test_an_image_without_boxes_can_not_be_relabelled(
    project: Project, images: list[int], bob: User, as_user: AsUser
) -> None:
    (bare,) = upload(as_user(bob), project, bare__jpg=picture(9))["created"]
    done = ask(as_user(bob), project, "label", images=[bare["id"]], label=label_id(project, "cat"))
    assert (done["done_count"], done["refused"]) == (0, [{"reason": "It has no boxes.", "count": 1}])


def test_deleted_images_are_restored_by_one_deed(
    project: Project, images: list[int], mona: User, as_user: AsUser
) -> None:
    done = ask(as_user(mona), project, "delete", filter={"label": label_id(project, "cat"), "search": "jpg"})
    assert (done["done_count"], Image.objects.count()) == (COUNT, 0)
    taken = take_back(as_user(mona), done)
    assert (taken["deed"], taken["done_count"], queues(images)) == ("restore", COUNT, ["labelled"] * COUNT)
    assert recount() == []


def test_an_annotator_takes_back_no_deletion(
    project: Project, images: list[int], bob: User, mona: User, as_user: AsUser
) -> None:
    ask(as_user(bob), project, "delete", 403, images=images)
    done = ask(as_user(mona), project, "delete", images=images)
    take_back(as_user(bob), done, 403)
    assert Image.objects.count() == 0


def test_images_of_other_teams_are_not_there(
    project: Project, images: list[int], charlie: User, as_user: AsUser
) -> None:
    mine = Project.objects.create(team=Membership.objects.get(user=charlie).team, slug="x", name="X", task="detection")
    asked: dict[str, dict[str, Any]] = {"move": {"queue": "skipped"}, "delete": {}}
    for deed, body in asked.items():
        done = ask(as_user(charlie), mine, deed, images=images, **body)
        assert (done["done_count"], done["refused"]) == (0, [{"reason": "The image is gone.", "count": COUNT}])
    ask(as_user(charlie), mine, "label", 400, images=images, label=label_id(project))
    assert queues(images) == ["labelled"] * COUNT


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"images": []},
        {"images": [1], "filter": {}},
        {"images": [0]},
        {"images": ["x"]},
        {"filter": {"search": "nothing like it"}},
        {"filter": {"queue": "x"}},
        {"filter": {"label": 10**20}},
        {"filter": 7},
    ],
)
def test_a_selection_names_images_or_filters(
    project: Project, images: list[int], mona: User, as_user: AsUser, body: dict[str, Any]
) -> None:
    ask(as_user(mona), project, "delete", 400, **body)
    assert Image.objects.count() == COUNT


def test_one_image_too_many_is_refused(
    project: Project, images: list[int], mona: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BULK_IMAGES", COUNT - 1)
    ask(as_user(mona), project, "delete", 400, filter={})
    ask(as_user(mona), project, "delete", 400, images=list(range(1, limits.BULK_IDS + 2)))
    assert Image.objects.count() == COUNT


@pytest.mark.usefixtures("in_parts")
def test_many_are_a_workers_and_tell_how_far_it_is(
    project: Project, images: list[int], mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        queued = ask(as_user(mona), project, "move", images=images, queue="skipped")
        assert (queued["status"], queued["done_count"]) == ("queued", 0)
    told = [event.data["done_count"] for event in Event.objects.filter(kind="bulk").order_by("pk")]
    assert (sorted(set(told)), queues(images)) == ([0, 2, 4, 5], ["skipped"] * COUNT)


@pytest.mark.usefixtures("in_parts")
def test_whoever_takes_over_goes_on_where_the_last_one_died(
    project: Project, images: list[int], mona: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = change_images(project=project, author=mona, deed="move", images=images, asked={"queue": "skipped"})

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Beat, "check", die)
        with pytest.raises(KeyboardInterrupt):
            attempt(BulkChange, change.pk)
    change.refresh_from_db()
    assert (change.status, change.done_count) == (Status.RUNNING, 2)
    with pytest.raises(Conflict):
        undo(change=change, author=mona)
    change.leave_dead_worker(timedelta(0))
    attempt(BulkChange, change.pk)
    change.refresh_from_db()
    assert (change.status, change.done_count, queues(images)) == (Status.SUCCEEDED, COUNT, ["skipped"] * COUNT)
    assert list(Image.objects.values_list("revision", flat=True)) == [2] * COUNT, "each once"


@pytest.mark.usefixtures("in_parts")
def test_what_a_canceled_one_did_can_be_taken_back(
    project: Project, images: list[int], mona: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = change_images(project=project, author=mona, deed="delete", images=images)

    def cancel_it(*_: Any) -> None:
        assert as_user(mona).post(f"/api/v1/bulk-changes/{change.pk}/cancel/").status_code == 200

    monkeypatch.setattr(Beat, "check", cancel_it)
    attempt(BulkChange, change.pk)
    assert Image.objects.count() == COUNT - 2
    taken = undo(change=change, author=mona)
    assert (taken.total, Image.objects.count(), recount()) == (2, COUNT, [])


@pytest.mark.usefixtures("in_parts")
def test_who_left_the_team_changes_nothing_more(project: Project, images: list[int], mona: User) -> None:
    change = change_images(project=project, author=mona, deed="delete", images=images)
    Membership.objects.filter(user=mona).delete()
    attempt(BulkChange, change.pk)
    change.refresh_from_db()
    assert (change.status, change.error_code, Image.objects.count()) == (Status.FAILED, "not_a_member", COUNT)


@pytest.mark.usefixtures("in_parts")
def test_many_take_a_place_among_the_teams_jobs(
    project: Project, images: list[int], mona: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TEAM_JOBS", 1)
    change_images(project=project, author=mona, deed="delete", images=images)
    refused = ask(as_user(mona), project, "delete", 409, images=images)
    assert refused["quota"] == "jobs"
    assert ask(as_user(mona), project, "delete", images=images[:2])["done_count"] == 2, "a few wait for nobody"


def test_old_changes_are_forgotten(project: Project, images: list[int], mona: User) -> None:
    change = change_images(project=project, author=mona, deed="delete", images=images)
    forget_old_changes()
    assert BulkItem.objects.count() == COUNT
    BulkChange.objects.filter(pk=change.pk).update(created_at=timezone.now() - timedelta(days=limits.TRASH_DAYS + 1))
    forget_old_changes()
    assert (BulkChange.objects.count(), BulkItem.objects.count()) == (0, 0)


def test_a_part_is_taken_back_from_one_look_at_its_history(
    images: list[int], project: Project, mona: User, as_user: AsUser
) -> None:
    change = ask(as_user(mona), project, "move", images=images, queue="review")
    with CaptureQueriesContext(connection) as seen:
        take_back(as_user(mona), change)
    histories = [query for query in seen.captured_queries if 'FROM "annotations_revision"' in query["sql"]]
    assert (len(histories), queues(images)) == (1, ["labelled"] * COUNT)
