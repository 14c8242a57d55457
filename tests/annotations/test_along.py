"""Images taken along are claimed for hours: until they are given back, freed by a manager, finished, or time is up."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from annotations import along, labeling, queue
from annotations.models import Image
from boxwright import limits
from boxwright.events.models import Event
from boxwright.projects.models import Project
from boxwright.teams.models import Membership, User
from tests.annotations.images import box, picture, save, upload

AsUser = Callable[[User], APIClient]


@pytest.fixture(autouse=True)
def three_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "IMAGES_ALONG", 3)


@pytest.fixture
def images(project: Project, bob: User, as_user: AsUser) -> list[int]:
    """Two more than one may take along."""
    created = upload(as_user(bob), project, **{f"{n}__jpg": picture(n) for n in range(5)})["created"]
    return [image["id"] for image in created]


def take(client: APIClient, project: Project, **body: Any) -> list[int]:
    answer = client.post(f"/api/v1/projects/{project.pk}/queue/along/", body, format="json")
    assert answer.status_code == 200, answer.content
    return [image["id"] for image in answer.json()["images"]]


def holders() -> list[str | None]:
    return list(Image.objects.order_by("id").values_list("claimed_by__name", flat=True))


def hours_left(image: int) -> float:
    ends = Image.objects.get(pk=image).claim_expires_at
    return (ends - timezone.now()) / timedelta(hours=1) if ends else 0


def test_as_many_as_one_may_are_claimed_for_hours_and_everybody_hears_it(
    project: Project, images: list[int], bob: User, mona: User, as_user: AsUser
) -> None:
    assert take(as_user(bob), project) == images[: limits.IMAGES_ALONG]
    assert limits.ALONG_HOURS - 0.1 < hours_left(images[0]) <= limits.ALONG_HOURS
    assert hours_left(images[3]) == 0
    told = [event.data["claimed_by"]["name"] for event in Event.objects.filter(kind="claim")]
    assert told == ["Bob"] * 3
    assert take(as_user(mona), project) == images[3:]


def test_asking_again_renews_and_fills_up(project: Project, images: list[int], bob: User, as_user: AsUser) -> None:
    take(as_user(bob), project)
    Image.objects.filter(pk=images[1]).update(claimed_by=None, claim_expires_at=None)
    Image.objects.filter(pk=images[0]).update(claim_expires_at=F("claim_expires_at") - timedelta(hours=6))
    assert take(as_user(bob), project, queue="unlabelled") == images[:3]
    assert hours_left(images[0]) > limits.ALONG_HOURS - 0.1
    assert take(as_user(bob), project, queue="skipped") == images[:3]
    bad = as_user(bob).post(f"/api/v1/projects/{project.pk}/queue/along/", {"queue": "mine"}, format="json")
    assert bad.status_code == 400


def test_ones_own_drafts_come_first_and_a_colleagues_stay(
    project: Project, images: list[int], bob: User, mona: User, as_user: AsUser
) -> None:
    for author, image in ((mona, images[0]), (bob, images[4])):
        labeling.save(
            image=Image.objects.get(pk=image), author=author, base_revision=0, upsert=[box(project)], draft=True
        )
    assert take(as_user(bob), project) == [images[1], images[2], images[4]]


def test_neither_a_page_that_goes_nor_other_claims_end_it(
    project: Project, images: list[int], bob: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CLAIMS_A_PERSON", 1)
    client = as_user(bob)
    taken = take(client, project)
    client.post(f"/api/v1/images/{images[0]}/claim/")
    assert hours_left(images[0]) > 1
    assert client.delete(f"/api/v1/images/{images[0]}/claim/").status_code == 204
    queue.claim_next(project=project, user=bob, after=images[0], leave=taken)
    for other in images[3:]:
        client.post(f"/api/v1/images/{other}/claim/")
    assert holders() == ["Bob", "Bob", "Bob", None, "Bob"]
    assert [hours_left(image) > 1 for image in taken] == [True] * 3


def test_what_is_finished_is_held_no_longer_than_any_other(
    project: Project, images: list[int], bob: User, as_user: AsUser
) -> None:
    take(as_user(bob), project)
    save(as_user(bob), images[0], upsert=[box(project)], draft=True)
    assert hours_left(images[0]) > 1
    save(as_user(bob), images[0], queue="labelled")
    assert hours_left(images[0]) < 1
    assert take(as_user(bob), project) == [*images[1:3], images[3]]


def test_it_is_given_back_in_one_request_and_by_a_manager(
    project: Project, images: list[int], alice: User, bob: User, mona: User, as_user: AsUser
) -> None:
    path = f"/api/v1/projects/{project.pk}/queue/along/"
    take(as_user(bob), project)
    as_user(bob).post(f"/api/v1/images/{images[4]}/claim/")
    assert as_user(mona).delete(path).status_code == 204
    assert holders() == ["Bob", "Bob", "Bob", None, "Bob"]
    assert as_user(bob).delete(path).status_code == 204
    assert holders() == [None, None, None, None, "Bob"]
    assert [event.data["claimed_by"] for event in Event.objects.filter(kind="claim").order_by("id")][-3:] == [None] * 3
    take(as_user(bob), project)
    assert as_user(bob).delete(f"{path}{bob.pk}/").status_code == 403
    assert as_user(alice).delete(f"{path}{bob.pk}/").status_code == 204
    assert holders() == [None, None, None, None, "Bob"]


def test_who_leaves_the_team_has_nothing_along(project: Project, images: list[int], bob: User, as_user: AsUser) -> None:
    take(as_user(bob), project)
    queue.release_all(team=project.team, user=bob)
    assert holders() == [None] * 5
    Membership.objects.filter(user=bob).delete()
    assert as_user(bob).post(f"/api/v1/projects/{project.pk}/queue/along/").status_code == 404


def test_after_its_time_it_is_anybodys(
    project: Project, images: list[int], bob: User, mona: User, as_user: AsUser
) -> None:
    """Nothing is lost by it: saving needs no claim."""
    take(as_user(bob), project)
    older = timedelta(hours=limits.ALONG_HOURS, seconds=1)
    Image.objects.filter(claimed_by=bob).update(claim_expires_at=F("claim_expires_at") - older)
    assert take(as_user(mona), project) == images[:3]
    assert save(as_user(bob), images[0], upsert=[box(project)]).json()["revision"] == 1
    assert take(as_user(bob), project) == images[3:]


def test_as_many_statements_however_many_are_taken(
    project: Project, images: list[int], bob: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    Image.objects.filter(pk__in=images).update(assigned_to=bob)
    for most in (1, 5):
        monkeypatch.setattr(limits, "IMAGES_ALONG", most)
        with CaptureQueriesContext(connection) as seen:
            assert len(take(as_user(bob), project)) == most
        asked.append(len(seen))
        along.give_back(project=project, person_id=bob.pk)
    assert asked[0] == asked[1]
