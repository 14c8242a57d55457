"""Why an image was skipped: said with the skip or after it, shown while it is skipped, and kept in its history."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from rest_framework.test import APIClient

from annotations.models import Image
from boxwright import limits
from boxwright.projects.models import Project
from boxwright.teams.models import User
from tests.annotations.archives import Commits, import_zip, voc, zipped
from tests.annotations.images import box, label_id, picture, save, upload

AsUser = Callable[[User], APIClient]


@pytest.fixture
def image(project: Project, bob: User, as_user: AsUser) -> int:
    (created,) = upload(as_user(bob), project, a__jpg=picture())["created"]
    return int(created["id"])


def skip(client: APIClient, image: int, base: int, reason: str | None = None) -> Any:
    said = {} if reason is None else {"skip_reason": reason}
    return save(client, image, base, queue="skipped", **said)


def shown(client: APIClient, image: int) -> tuple[str, str]:
    answer = client.get(f"/api/v1/images/{image}/").json()
    return answer["queue"], answer["skip_reason"]


def history(client: APIClient, image: int) -> list[tuple[str, str]]:
    rows = client.get(f"/api/v1/images/{image}/revisions/").json()["results"]
    return [(row["queue"], row["skip_reason"]) for row in reversed(rows)]


def test_a_reason_follows_the_skip_and_goes_with_it(image: int, project: Project, bob: User, as_user: AsUser) -> None:
    client = as_user(bob)
    save(client, image, upsert=[box(project)])
    assert skip(client, image, 1).json()["revision"] == 2
    assert shown(client, image) == ("skipped", "")
    assert skip(client, image, 2, " Too dark ").json()["revision"] == 3
    assert skip(client, image, 2, "Too dark").json()["revision"] == 3, "a save that is sent again changes nothing"
    assert skip(client, image, 3).json()["revision"] == 3, "skipping again takes no reason away"
    assert shown(client, image) == ("skipped", "Too dark")
    assert len(save(client, image, 3).json()["annotations"]) == 1, "its box stays"
    save(client, image, 3, queue="unlabelled")
    assert shown(client, image) == ("unlabelled", "")
    skipped = ("skipped", "Too dark")
    assert history(client, image) == [("labelled", ""), ("skipped", ""), skipped, ("unlabelled", "")]
    client.post(f"/api/v1/images/{image}/revisions/3/restore/")
    assert shown(client, image) == skipped


def test_a_reason_can_be_taken_back(image: int, bob: User, as_user: AsUser) -> None:
    client = as_user(bob)
    skip(client, image, 0, "Too dark")
    assert skip(client, image, 1, "").json()["revision"] == 2
    assert shown(client, image) == ("skipped", "")


@pytest.mark.parametrize("base", [0, 1])
def test_a_reason_that_comes_late_does_not_skip_again(
    base: int, image: int, bob: User, mona: User, as_user: AsUser
) -> None:
    """It waited on a phone, written before or after the skip was answered, while a colleague took the skip back."""
    skip(as_user(bob), image, 0)
    save(as_user(mona), image, 1, queue="labelled")
    assert skip(as_user(bob), image, base, "Too dark").json()["revision"] == 2
    assert shown(as_user(bob), image) == ("labelled", "")
    assert skip(as_user(bob), image, 2, "Too dark").json()["queue"] == "skipped", "asked for anew it is a skip"


def test_boxes_on_a_skipped_image_leave_no_reason_behind(
    image: int, project: Project, bob: User, as_user: AsUser
) -> None:
    client = as_user(bob)
    skip(client, image, 0, "Too dark")
    assert save(client, image, 1, upsert=[box(project)]).json()["queue"] == "labelled"
    assert shown(client, image) == ("labelled", "")


@pytest.mark.parametrize(
    "more",
    [
        {"queue": "labelled", "skip_reason": "x"},
        {"skip_reason": "x"},
        {"queue": "skipped", "skip_reason": "x" * (limits.SKIP_REASON_LENGTH + 1)},
        {"queue": "skipped", "skip_reason": "two\nlines"},
        {"queue": "skipped", "skip_reason": None},
    ],
)
def test_a_reason_is_one_short_line_of_a_skip(image: int, bob: User, as_user: AsUser, more: dict[str, Any]) -> None:
    answer = save(as_user(bob), image, **more)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "skip_reason")
    assert shown(as_user(bob), image) == ("unlabelled", "")


def test_an_import_that_labels_the_image_takes_the_reason_away(
    image: int, project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    skip(as_user(bob), image, 0, "Too dark")
    archive = zipped({"a.jpg": picture(), "a.xml": voc("a.jpg", ("raccoon", 1, 2, 30, 40))})
    import_zip(as_user(bob), project, archive, django_capture_on_commit_callbacks)
    assert shown(as_user(bob), image) == ("labelled", "")
    assert history(as_user(bob), image) == [("skipped", "Too dark"), ("labelled", "")]


def test_a_merge_of_labels_keeps_it_in_the_history(
    image: int, project: Project, bob: User, alice: User, as_user: AsUser
) -> None:
    save(as_user(bob), image, upsert=[box(project)])
    skip(as_user(bob), image, 1, "Too dark")
    into = {"into": label_id(project, "cat")}
    assert as_user(alice).post(f"/api/v1/labels/{label_id(project)}/merge/", into).status_code == 200
    assert history(as_user(bob), image)[1:] == [("skipped", "Too dark")] * 2


def test_only_a_skipped_image_has_one(image: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Image.objects.filter(pk=image).update(skip_reason="Too dark")
