"""Boxes that nobody finished: the image is a draft of who drew them, and nothing takes it for labelled."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from rest_framework.test import APIClient

from annotations import queue
from annotations.models import Image
from boxwright.events.models import Event
from boxwright.projects.models import Project
from boxwright.teams.models import User
from tests.annotations.archives import Commits, import_zip, voc, zipped
from tests.annotations.images import box, picture, save, upload
from tests.annotations.test_snapshots import freeze

AsUser = Callable[[User], APIClient]


@pytest.fixture
def images(project: Project, bob: User, as_user: AsUser) -> list[int]:
    created = upload(as_user(bob), project, **{f"{n}__jpg": picture(n) for n in range(3)})["created"]
    return [image["id"] for image in created]


def draft(client: APIClient, project: Project, image: int, base: int = 0) -> None:
    assert save(client, image, base, upsert=[box(project, base)], draft=True).json()["queue"] == "unlabelled"


def listed(client: APIClient, project: Project, query: str) -> list[int]:
    answer = client.get(f"/api/v1/projects/{project.pk}/images/?{query}")
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def take(user: User, project: Project, after: int | None = None) -> int | None:
    image = queue.claim_next(project=project, user=user, after=after)
    return image.pk if image else None


def test_boxes_stay_a_draft_until_their_author_finishes(
    project: Project, images: list[int], bob: User, mona: User, as_user: AsUser
) -> None:
    client = as_user(bob)
    draft(client, project, images[0])
    draft(client, project, images[0], 1)
    shown = client.get(f"/api/v1/images/{images[0]}/").json()
    assert (shown["queue"], shown["annotation_count"], shown["drafted_by"]["name"]) == ("unlabelled", 2, "Bob")
    assert (listed(client, project, "drafts=mine"), listed(as_user(mona), project, "drafts=mine")) == (images[:1], [])
    assert listed(as_user(mona), project, "drafts=all") == images[:1]
    assert save(client, images[0], 2, queue="labelled").json()["queue"] == "labelled"
    assert listed(client, project, "drafts=all") == []
    told = [event.data for event in Event.objects.filter(kind="image").order_by("id")]
    assert [data["drafted_by"] and data["drafted_by"]["name"] for data in told] == ["Bob", "Bob", None]


def test_the_last_box_taken_away_leaves_no_draft(
    project: Project, images: list[int], bob: User, as_user: AsUser
) -> None:
    mark = box(project)
    save(as_user(bob), images[0], 0, upsert=[mark], draft=True)
    save(as_user(bob), images[0], 1, delete=[mark["id"]], draft=True)
    assert Image.objects.get(pk=images[0]).drafted_by is None


def test_a_draft_that_comes_late_takes_back_nobodys_finish(
    project: Project, images: list[int], bob: User, mona: User, as_user: AsUser
) -> None:
    save(as_user(mona), images[0], 0, upsert=[box(project)])
    answer = save(as_user(bob), images[0], 0, upsert=[box(project, 20)], draft=True).json()
    assert (answer["queue"], len(answer["annotations"])) == ("labelled", 2)
    assert Image.objects.get(pk=images[0]).drafted_by is None


def test_skipping_a_draft_keeps_its_boxes(project: Project, images: list[int], bob: User, as_user: AsUser) -> None:
    draft(as_user(bob), project, images[0])
    answer = save(as_user(bob), images[0], 1, queue="skipped").json()
    assert (answer["queue"], len(answer["annotations"])) == ("skipped", 1)
    assert Image.objects.get(pk=images[0]).drafted_by is None


def test_ones_own_drafts_come_first_and_those_of_others_last(
    project: Project, images: list[int], bob: User, mona: User, as_user: AsUser
) -> None:
    draft(as_user(bob), project, images[0])
    draft(as_user(mona), project, images[1])
    assert [take(mona, project), take(mona, project, images[1])] == [images[1], images[2]]
    assert take(bob, project) == images[0]
    for image in images[1:]:
        Image.objects.filter(pk=image).update(claimed_by=None)
    assert [take(bob, project, images[0]), take(bob, project, images[2])] == [images[2], images[0]]
    save(as_user(bob), images[0], 1, queue="labelled")
    save(as_user(bob), images[2], 0, queue="labelled")
    assert take(bob, project, images[2]) == images[1]


def test_a_snapshot_has_a_draft_as_unlabelled(
    project: Project,
    images: list[int],
    bob: User,
    mona: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
) -> None:
    client = as_user(bob)
    draft(client, project, images[0])
    save(client, images[1], 0, upsert=[box(project)])
    frozen = freeze(as_user(mona), project, django_capture_on_commit_callbacks)
    assert (frozen["image_count"], frozen["labelled_count"]) == (3, 1)


def test_an_import_finishes_the_draft_that_it_brings_boxes_for(
    project: Project, images: list[int], bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    draft(as_user(bob), project, images[0])
    archive = zipped({"0.jpg": picture(0), "0.xml": voc("0.jpg", ("raccoon", 1, 2, 30, 40)), "1.jpg": picture(1)})
    draft(as_user(bob), project, images[1])
    import_zip(as_user(bob), project, archive, django_capture_on_commit_callbacks)
    rows = Image.objects.filter(project=project).order_by("id").values_list("queue", "annotation_count", "drafted_by")
    assert list(rows) == [("labelled", 2, None), ("unlabelled", 1, bob.pk), ("unlabelled", 0, None)]


def test_who_leaves_the_team_leaves_drafts_to_anybody(
    project: Project, images: list[int], bob: User, mona: User, as_user: AsUser
) -> None:
    draft(as_user(bob), project, images[0])
    queue.release_all(team=project.team, user=bob)
    assert Image.objects.get(pk=images[0]).drafted_by is None
    assert take(mona, project) == images[0]


def test_no_draft_is_in_another_queue(project: Project, images: list[int], bob: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Image.objects.filter(pk=images[0]).update(queue="labelled", drafted_by=bob)


def test_there_are_mine_and_all(project: Project, bob: User, as_user: AsUser) -> None:
    answer = as_user(bob).get(f"/api/v1/projects/{project.pk}/images/?drafts=hers")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "drafts")
