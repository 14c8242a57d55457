"""The queue hands each image to one person at a time."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from annotations.models import Image
from boxwright.projects.models import Project
from boxwright.teams.models import User
from tests.annotations.pictures import box, picture, save, upload

AsUser = Callable[[User], APIClient]


@pytest.fixture
def images(project: Project, bob: User, as_user: AsUser) -> list[int]:
    created = upload(as_user(bob), project, **{f"{n}__jpg": picture(n) for n in range(3)})["created"]
    return [image["id"] for image in created]


def take(client: APIClient, project: Project, **body: object) -> int | None:
    answer = client.post(f"/api/v1/projects/{project.pk}/queue/next/", body, format="json")
    assert answer.status_code in {200, 204}, answer.content
    return int(answer.json()["id"]) if answer.status_code == 200 else None


def test_two_people_get_different_images(
    project: Project, images: list[int], bob: User, mona: User, as_user: AsUser
) -> None:
    assert take(as_user(bob), project) == images[0]
    assert take(as_user(mona), project) == images[1]


def test_claimed_image_comes_with_what_the_workbench_needs(
    project: Project, images: list[int], bob: User, as_user: AsUser
) -> None:
    body = as_user(bob).post(f"/api/v1/projects/{project.pk}/queue/next/").json()
    assert (body["width"], body["height"], body["queue"], body["revision"]) == (64, 48, "unlabelled", 0)
    assert (body["annotations"], body["claimed_by"]["name"]) == ([], "Bob")
    assert body["claim_expires_at"]


def test_labelled_images_leave_the_queue_until_none_is_left(
    project: Project, images: list[int], bob: User, as_user: AsUser
) -> None:
    client = as_user(bob)
    for expected in images:
        assert take(client, project) == expected
        save(client, expected, upsert=[box(project)])
    assert take(client, project) is None
    assert take(client, project, queue="labelled") == images[0]


def test_reload_gives_the_same_image_and_after_the_next(
    project: Project, images: list[int], bob: User, mona: User, as_user: AsUser
) -> None:
    client = as_user(bob)
    assert [take(client, project), take(client, project)] == [images[0], images[0]]
    assert take(client, project, after=images[0]) == images[1]
    assert Image.objects.get(pk=images[0]).claimed_by is None
    assert take(client, project, after=images[2]) == images[0]


def test_claim_of_another_is_a_conflict_until_it_expires(
    project: Project, images: list[int], bob: User, mona: User, as_user: AsUser
) -> None:
    path = f"/api/v1/images/{images[0]}/claim/"
    assert as_user(bob).post(path).status_code == 200
    refused = as_user(mona).post(path)
    assert (refused.status_code, refused.json()["claimed_by"]["name"]) == (409, "Bob")
    Image.objects.filter(pk=images[0]).update(claim_expires_at=timezone.now() - timedelta(seconds=1))
    assert as_user(mona).post(path).json()["claimed_by"]["name"] == "Mona"


def test_released_image_is_free(project: Project, images: list[int], bob: User, mona: User, as_user: AsUser) -> None:
    path = f"/api/v1/images/{images[0]}/claim/"
    as_user(bob).post(path)
    assert as_user(mona).delete(path).status_code == 204
    assert Image.objects.get(pk=images[0]).claimed_by == bob
    assert as_user(bob).delete(path).status_code == 204
    assert take(as_user(mona), project) == images[0]


def test_claim_is_renewed_and_a_save_renews_it(project: Project, images: list[int], bob: User, as_user: AsUser) -> None:
    path = f"/api/v1/images/{images[0]}/claim/"
    for renew in (lambda: as_user(bob).post(path), lambda: save(as_user(bob), images[0], upsert=[box(project)])):
        soon = timezone.now() + timedelta(seconds=5)
        Image.objects.filter(pk=images[0]).update(claimed_by=bob, claim_expires_at=soon)
        renew()
        expires = Image.objects.get(pk=images[0]).claim_expires_at
        assert expires is not None
        assert expires > soon


def test_viewer_and_stranger_get_no_image(
    project: Project, images: list[int], vera: User, charlie: User, as_user: AsUser
) -> None:
    for user, status in ((vera, 403), (charlie, 404)):
        assert as_user(user).post(f"/api/v1/projects/{project.pk}/queue/next/").status_code == status
        assert as_user(user).post(f"/api/v1/images/{images[0]}/claim/").status_code == status
