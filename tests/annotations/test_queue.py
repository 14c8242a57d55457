"""The queue hands each image to one person at a time."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from annotations import queue
from annotations.models import Image
from boxwright import limits
from boxwright.events.models import Event
from boxwright.projects.models import Project
from boxwright.teams.models import User
from tests.annotations.images import box, picture, save, upload

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


def test_one_request_claims_and_opens(
    project: Project, images: list[int], bob: User, mona: User, as_user: AsUser
) -> None:
    mark = box(project)
    save(as_user(mona), images[2], upsert=[mark])
    opened = as_user(bob).post(f"/api/v1/images/{images[2]}/claim/", {"open": True}, format="json").json()
    state = as_user(bob).get(f"/api/v1/images/{images[2]}/annotations/").json()
    assert opened["annotations"] == state["annotations"]
    assert (opened["claimed_by"]["name"], opened["revision"]) == ("Bob", state["revision"])
    assert "annotations" not in as_user(bob).post(f"/api/v1/images/{images[2]}/claim/").json()
    assert as_user(mona).post(f"/api/v1/images/{images[2]}/claim/", {"open": True}, format="json").status_code == 409


def test_labelled_images_leave_the_queue_until_none_is_left(
    project: Project, images: list[int], bob: User, as_user: AsUser
) -> None:
    client = as_user(bob)
    for expected in images:
        assert take(client, project) == expected
        save(client, expected, upsert=[box(project)])
    assert take(client, project) is None
    assert take(client, project, queue="labelled") == images[0]


def test_an_empty_queue_is_asked_once_where_nobody_passes_over_locks(project: Project, bob: User) -> None:
    """Where one can, the second question waits for what somebody is writing."""
    with CaptureQueriesContext(connection) as seen:
        assert queue.claim_next(project=project, user=bob) is None
    asked = [query for query in seen.captured_queries if 'FROM "annotations_image"' in query["sql"]]
    rounds = 2 if connection.features.has_select_for_update_skip_locked else 1
    assert len(asked) == len(("what is free", "all")) * rounds + len(("whether any is my draft, or assigned to me",))


def test_reload_gives_the_same_image_and_after_the_next(
    project: Project, images: list[int], bob: User, mona: User, as_user: AsUser
) -> None:
    client = as_user(bob)
    assert [take(client, project), take(client, project)] == [images[0], images[0]]
    assert take(client, project, after=images[0]) == images[1]
    assert Image.objects.get(pk=images[0]).claimed_by is None
    assert take(client, project, after=images[2]) == images[0]


def holders(images: list[int]) -> list[str | None]:
    names = dict(Image.objects.filter(pk__in=images).values_list("pk", "claimed_by__name"))
    return [names[image] for image in images]


def test_the_next_image_is_claimed_while_one_works_on_this(
    project: Project, images: list[int], bob: User, mona: User, as_user: AsUser
) -> None:
    client = as_user(bob)
    assert take(client, project) == images[0]
    assert take(client, project, after=images[0], leave=[]) == images[1]
    assert holders(images) == ["Bob", "Bob", None]
    assert take(as_user(mona), project) == images[2]
    assert take(client, project, after=images[1], leave=images) == images[0]  # comes round
    assert holders(images) == ["Bob", None, "Mona"]


def test_what_is_left_is_free_though_nothing_follows(
    project: Project, images: list[int], bob: User, as_user: AsUser
) -> None:
    take(as_user(bob), project)
    Image.objects.update(queue="done")
    assert take(as_user(bob), project, after=images[0], leave=images[:1]) is None
    assert holders(images) == [None, None, None]
    assert len(images) < limits.CLAIMS_A_PERSON
    too_many = {"leave": [*images, 8, 9]}
    assert as_user(bob).post(f"/api/v1/projects/{project.pk}/queue/next/", too_many, format="json").status_code == 400


def test_claim_of_another_is_a_conflict_until_it_expires(
    project: Project, images: list[int], bob: User, mona: User, as_user: AsUser
) -> None:
    path = f"/api/v1/images/{images[0]}/claim/"
    assert as_user(bob).post(path).status_code == 200
    refused = as_user(mona).post(path)
    assert (refused.status_code, refused.json()["claimed_by"]["name"]) == (409, "Bob")
    Image.objects.filter(pk=images[0]).update(claim_expires_at=timezone.now() - timedelta(seconds=1))
    assert as_user(mona).post(path).json()["claimed_by"]["name"] == "Mona"


@pytest.mark.parametrize(("seconds", "status"), [(-5, 409), (1, 200)])
def test_a_claim_lapses_after_its_time_without_a_sign(
    images: list[int], bob: User, mona: User, as_user: AsUser, seconds: int, status: int
) -> None:
    """Bob's claim is made older than it is, by its whole time and some `seconds`."""
    path = f"/api/v1/images/{images[0]}/claim/"
    as_user(bob).post(path)
    older = timedelta(seconds=limits.CLAIM_SECONDS + seconds)
    Image.objects.filter(pk=images[0]).update(claim_expires_at=F("claim_expires_at") - older)
    assert as_user(mona).post(path).status_code == status


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


def test_one_person_holds_a_few_images_the_oldest_is_given_back(
    project: Project, bob: User, mona: User, as_user: AsUser
) -> None:
    """As many as two tabs hold on their way to the next image, and not one more."""
    many = limits.CLAIMS_A_PERSON + 2
    files = {f"{n}__jpg": picture(n) for n in range(many)}
    ids = [image["id"] for image in upload(as_user(bob), project, **files)["created"]]
    for n, pk in enumerate(ids):
        assert as_user(bob).post(f"/api/v1/images/{pk}/claim/").json()["claimed_by"]["name"] == "Bob"
        held = Image.objects.filter(claimed_by=bob).order_by("id").values_list("pk", flat=True)
        assert list(held) == ids[max(0, n + 1 - limits.CLAIMS_A_PERSON) : n + 1]
    told = [e.data for e in Event.objects.filter(kind="claim").order_by("id")]
    assert [data["id"] for data in told if data["claimed_by"] is None] == ids[:2]
    assert take(as_user(mona), project) == ids[0]
    assert Image.objects.filter(claimed_by=mona).count() == 1


def test_a_renewed_claim_is_not_the_oldest(project: Project, bob: User, as_user: AsUser) -> None:
    files = {f"{n}__jpg": picture(n) for n in range(limits.CLAIMS_A_PERSON + 1)}
    ids = [image["id"] for image in upload(as_user(bob), project, **files)["created"]]
    for pk in (*ids[:-1], ids[0], ids[-1]):
        as_user(bob).post(f"/api/v1/images/{pk}/claim/")
    assert set(Image.objects.filter(claimed_by=bob).values_list("pk", flat=True)) == {ids[0], *ids[2:]}


def test_claims_of_other_projects_and_people_stay(
    project: Project, images: list[int], bob: User, mona: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CLAIMS_A_PERSON", 1)
    other = Project.objects.create(team=project.team, slug="other", name="Other", task="detection")
    elsewhere = upload(as_user(bob), other, x__jpg=picture(9))["created"][0]["id"]
    for user, pk in ((bob, elsewhere), (mona, images[0]), (bob, images[1]), (bob, images[2])):
        assert as_user(user).post(f"/api/v1/images/{pk}/claim/").status_code == 200
    held = dict(Image.objects.exclude(claimed_by=None).values_list("pk", "claimed_by__name"))
    assert held == {elsewhere: "Bob", images[0]: "Mona", images[2]: "Bob"}
