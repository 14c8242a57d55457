"""The Trash: a deleted image comes back as it was, or is gone for good after its days."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from annotations.models import Annotation, Image, TrashedImage
from annotations.recount import recount
from annotations.trash import empty_old_trash
from boxwright import limits
from boxwright.events.models import Event
from boxwright.projects.models import Label, Project
from boxwright.projects.quotas import usage_of
from boxwright.teams.models import Team, User
from tests.annotations.archives import Commits
from tests.annotations.images import box, kept_keys, label_id, picture, save, upload
from tests.annotations.test_snapshots import freeze

AsUser = Callable[[User], APIClient]


@pytest.fixture
def manager(mona: User, as_user: AsUser) -> APIClient:
    return as_user(mona)


@pytest.fixture
def image(project: Project, manager: APIClient) -> int:
    """With two revisions, two boxes and a reason why it is skipped."""
    (created,) = upload(manager, project, a__jpg=picture())["created"]
    save(manager, created["id"], upsert=[box(project), box(project, 3, attributes={"truncated": True})])
    save(manager, created["id"], 1, queue="skipped", skip_reason="Too dark")
    return int(created["id"])


def trash(client: APIClient, project: Project) -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/projects/{project.pk}/trash/")
    assert answer.status_code == 200, answer.content
    rows: list[dict[str, Any]] = answer.json()["results"]
    return rows


def restore(client: APIClient, project: Project, **which: Any) -> dict[str, Any]:
    answer = client.post(f"/api/v1/projects/{project.pk}/trash/restore/", which, format="json")
    assert answer.status_code == 201, answer.content
    change: dict[str, Any] = answer.json()
    return change


def seen(client: APIClient, image: int) -> list[Any]:
    paths = ("", "annotations/", "revisions/")
    return [client.get(f"/api/v1/images/{image}/{path}").json() for path in paths]


def counts(project: Project) -> tuple[int, ...]:
    project.refresh_from_db()
    return project.skipped_count, project.annotation_count, project.byte_count, project.trashed_count


def test_an_image_comes_back_as_it_was(image: int, project: Project, manager: APIClient) -> None:
    before, counted = seen(manager, image), counts(project)
    assert manager.delete(f"/api/v1/images/{image}/").status_code == 204
    assert [answer["status"] for answer in seen(manager, image)] == [404] * 3
    assert counts(project) == (0, 0, 0, 1)
    assert recount() == []
    (row,) = trash(manager, project)
    assert (row["id"], row["name"], row["queue"], row["annotation_count"]) == (image, "a.jpg", "skipped", 2)
    assert row["deleted_by"]["name"] == "Mona"
    assert manager.get(f"/api/v1/trash/{image}/thumbnail/").status_code == 200
    assert restore(manager, project, images=[image])["done_count"] == 1
    assert seen(manager, image) == before
    assert counts(project) == counted
    assert (trash(manager, project), recount()) == ([], [])


def test_an_image_in_the_trash_is_in_no_list_snapshot_or_review(
    image: int, project: Project, manager: APIClient, django_capture_on_commit_callbacks: Commits
) -> None:
    upload(manager, project, b__jpg=picture(1))
    before = freeze(manager, project, django_capture_on_commit_callbacks)
    manager.delete(f"/api/v1/images/{image}/")
    assert [row["name"] for row in manager.get(f"/api/v1/projects/{project.pk}/images/").json()["results"]] == ["b.jpg"]
    assert manager.get(f"/api/v1/labels/{label_id(project)}/annotations/").json()["results"] == []
    after = freeze(manager, project, django_capture_on_commit_callbacks)
    assert (before["image_count"], after["image_count"]) == (2, 1)
    assert before["sha256"] == manager.get(f"/api/v1/snapshots/{before['id']}/").json()["sha256"]


def test_its_bytes_stay_and_count_until_it_is_gone_for_good(
    image: int, project: Project, team: Team, manager: APIClient
) -> None:
    keys, used = kept_keys(), usage_of(team.pk)
    manager.delete(f"/api/v1/images/{image}/")
    assert (kept_keys(), usage_of(team.pk)) == (keys, used)
    answer = manager.post(f"/api/v1/projects/{project.pk}/trash/delete/", {"all": True}, format="json")
    assert answer.json()["done_count"] == 1
    assert (kept_keys(), usage_of(team.pk)["bytes"].used, usage_of(team.pk)["images"].used) == ([], 0, 0)
    assert restore(manager, project, images=[image])["refused"] == [{"reason": "It is not in the Trash.", "count": 1}]


def test_snapshots_keep_the_pictures_of_what_is_gone_for_good(
    image: int, project: Project, manager: APIClient, django_capture_on_commit_callbacks: Commits
) -> None:
    snapshot = freeze(manager, project, django_capture_on_commit_callbacks)
    manager.delete(f"/api/v1/images/{image}/")
    manager.post(f"/api/v1/projects/{project.pk}/trash/delete/", {"images": [image]}, format="json")
    kept_keys()
    assert manager.get(f"/api/v1/snapshots/{snapshot['id']}/download/voc/").status_code == 200


def test_after_its_days_the_trash_is_emptied(image: int, project: Project, manager: APIClient) -> None:
    manager.delete(f"/api/v1/images/{image}/")
    deleted = timezone.now() - timedelta(days=limits.TRASH_DAYS, minutes=-1)
    TrashedImage.objects.update(deleted_at=deleted)
    empty_old_trash()
    assert len(trash(manager, project)) == 1
    TrashedImage.objects.update(deleted_at=deleted - timedelta(minutes=2))
    empty_old_trash()
    assert (trash(manager, project), kept_keys(), counts(project)) == ([], [], (0, 0, 0, 0))


def test_a_picture_that_came_again_keeps_the_old_one_in_the_trash(
    image: int, project: Project, manager: APIClient
) -> None:
    manager.delete(f"/api/v1/images/{image}/")
    (again,) = upload(manager, project, again__jpg=picture())["created"]
    refused = [{"reason": "The project has this picture again.", "count": 1}]
    assert restore(manager, project, images=[image])["refused"] == refused
    manager.delete(f"/api/v1/images/{again['id']}/")
    assert restore(manager, project, images=[image])["done_count"] == 1
    assert recount() == []


def test_boxes_come_back_on_the_label_that_theirs_went_into(image: int, project: Project, manager: APIClient) -> None:
    cat = label_id(project, "cat")
    manager.delete(f"/api/v1/images/{image}/")
    assert manager.post(f"/api/v1/labels/{label_id(project)}/merge/", {"into": cat}).status_code == 200
    assert restore(manager, project, images=[image])["done_count"] == 1
    assert set(Annotation.objects.values_list("label", flat=True)) == {cat}
    assert recount() == []


def test_an_image_waits_for_its_label(image: int, project: Project, manager: APIClient) -> None:
    manager.delete(f"/api/v1/images/{image}/")
    assert manager.delete(f"/api/v1/labels/{label_id(project)}/").status_code == 204
    (refusal,) = restore(manager, project, images=[image])["refused"]
    assert refusal["reason"].startswith("The label raccoon no longer exists")
    made = Label.objects.create(project=project, name="Raccoon", color="#AA53FB")
    assert restore(manager, project, images=[image])["done_count"] == 1
    assert set(Annotation.objects.values_list("label", flat=True)) == {made.pk}


def test_what_a_person_made_stays_when_the_person_goes(
    image: int, project: Project, bob: User, manager: APIClient
) -> None:
    Image.objects.filter(pk=image).update(uploaded_by=bob)
    Annotation.objects.update(created_by=bob)
    manager.delete(f"/api/v1/images/{image}/")
    bob.delete()
    assert restore(manager, project, images=[image])["done_count"] == 1
    assert set(Annotation.objects.values_list("created_by", flat=True)) == {None}


def test_who_watches_hears_what_went_and_what_came_back(
    image: int, project: Project, mona: User, manager: APIClient
) -> None:
    Event.objects.all().delete()
    manager.delete(f"/api/v1/images/{image}/")
    restore(manager, project, images=[image])
    told = {event.kind: event.data for event in Event.objects.order_by("-pk")}
    assert (told["deleted"]["ids"], told["deleted"]["by"]["name"]) == ([image], mona.name)
    assert (told["image"]["id"], told["image"]["queue"], told["image"]["annotation_count"]) == (image, "skipped", 2)


def test_another_teams_trash_is_not_there(
    image: int, project: Project, manager: APIClient, charlie: User, as_user: AsUser
) -> None:
    manager.delete(f"/api/v1/images/{image}/")
    stranger = as_user(charlie)
    theirs = stranger.get("/api/v1/projects/").json()["results"]
    assert stranger.get(f"/api/v1/trash/{image}/thumbnail/").status_code == 404
    assert [one for one in theirs if one["id"] == project.pk] == []


@pytest.mark.parametrize("which", [{}, {"images": [1], "all": True}, {"images": "all"}, {"images": [-1]}])
def test_either_images_or_all_is_asked_for(project: Project, manager: APIClient, which: dict[str, Any]) -> None:
    for deed in ("restore", "delete"):
        answer = manager.post(f"/api/v1/projects/{project.pk}/trash/{deed}/", which, format="json")
        assert answer.status_code == 400
