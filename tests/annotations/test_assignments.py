"""Images that a person is asked to label: theirs first, shown to all, taken back, and free once they leave."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from annotations import queue, trash
from annotations.bulk import change_images, undo
from annotations.models import BulkChange, Image
from boxwright.events.models import Event
from boxwright.jobs import Beat, Status
from boxwright.jobs.attempt import attempt
from boxwright.projects.models import Project
from boxwright.teams.models import Membership, User
from tests.annotations.images import picture, upload
from tests.annotations.test_bulk import ask, take_back
from tests.conftest import make_user

AsUser = Callable[[User], APIClient]


@pytest.fixture
def images(project: Project, mona: User, as_user: AsUser) -> list[int]:
    created = upload(as_user(mona), project, **{f"{n}__jpg": picture(n) for n in range(4)})["created"]
    return [image["id"] for image in created]


def assign(client: APIClient, project: Project, images: list[int], person: int | None, status: int = 201) -> Any:
    return ask(client, project, "assign", status, images=images, person=person)


def assignees() -> list[str | None]:
    return list(Image.objects.order_by("pk").values_list("assigned_to__name", flat=True))


def test_ones_own_come_first_and_those_of_others_last(
    project: Project, images: list[int], bob: User, mona: User, as_user: AsUser
) -> None:
    assign(as_user(mona), project, [images[0]], mona.pk)
    assign(as_user(mona), project, images[2:], bob.pk)
    taken: list[int | None] = [None]
    for _ in range(4):
        found = queue.claim_next(project=project, user=bob, after=taken[-1], leave=[])
        assert found
        taken.append(found.pk)
        Image.objects.filter(pk=found.pk).update(queue="labelled")
    assert taken[1:] == [images[2], images[3], images[1], images[0]]


def test_a_list_shows_whose_an_image_is(
    project: Project, images: list[int], bob: User, mona: User, vera: User, as_user: AsUser
) -> None:
    assign(as_user(mona), project, images[1:], bob.pk)
    told = Event.objects.get(kind="assigned").data
    assert (told["ids"], told["assigned_to"]["name"]) == (images[1:], "Bob")

    def listed(**asked: Any) -> list[int]:
        rows = as_user(vera).get(f"/api/v1/projects/{project.pk}/images/", asked).json()["results"]
        assert all(
            (row["assigned_to"] or {}).get("name") == ("Bob" if row["id"] in images[1:] else None) for row in rows
        )
        return [row["id"] for row in rows]

    assert [listed(assigned=bob.pk), listed(assigned="nobody"), listed(assigned=mona.pk)] == [
        images[1:],
        images[:1],
        [],
    ]
    assert listed(assigned=bob.pk, search="2") == [images[2]]
    freed = ask(as_user(mona), project, "assign", filter={"assigned": str(bob.pk)}, person=None)
    assert (freed["done_count"], assignees()) == (3, [None] * 4)
    for wrong in ("me", "-1", "1.5"):
        answer = as_user(vera).get(f"/api/v1/projects/{project.pk}/images/", {"assigned": wrong})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "assigned")


def test_an_assignment_is_taken_back_where_nobody_assigned_anew(
    project: Project, images: list[int], bob: User, mona: User, as_user: AsUser
) -> None:
    client = as_user(mona)
    assign(client, project, images[:1], mona.pk)
    change = assign(client, project, images[:3], bob.pk)
    assign(client, project, [images[2]], mona.pk)
    undone = take_back(client, change)
    assert (undone["done_count"], undone["refused"]) == (2, [{"reason": "It was assigned anew since.", "count": 1}])
    assert assignees() == ["Mona", None, "Mona", None]
    take_back(client, undone)
    assert assignees() == ["Bob", "Bob", "Mona", None]
    take_back(as_user(bob), change, status=403)


def test_one_gives_back_ones_own_and_nobody_elses(
    project: Project, images: list[int], bob: User, mona: User, as_user: AsUser
) -> None:
    assign(as_user(mona), project, images[:2], bob.pk)
    assign(as_user(mona), project, [images[2]], mona.pk)
    given = ask(as_user(bob), project, "give-back", filter={})
    assert (given["deed"], given["done_count"]) == ("give_back", 2)
    assert given["refused"] == [{"reason": "It is not assigned to you.", "count": 2}]
    assert assignees() == [None, None, "Mona", None]
    assert Event.objects.filter(kind="assigned").latest("pk").data == {"ids": images[:2], "assigned_to": None}
    assign(as_user(bob), project, images, None, status=403)


def test_what_was_given_back_is_taken_back_by_who_gave_it_or_a_manager(
    project: Project, images: list[int], alice: User, bob: User, mona: User, as_user: AsUser
) -> None:
    assign(as_user(alice), project, images[:3], bob.pk)
    given = ask(as_user(bob), project, "give-back", images=images[:3])
    assign(as_user(alice), project, [images[0]], mona.pk)
    ana = make_user("ana")
    Membership.objects.create(team=project.team, user=ana, role="annotator")
    take_back(as_user(ana), given, status=403)
    back = take_back(as_user(bob), given)
    assert (back["done_count"], back["refused"]) == (2, [{"reason": "It was assigned anew since.", "count": 1}])
    assert assignees() == ["Mona", "Bob", "Bob", None]
    again = take_back(as_user(bob), back)
    assert assignees() == ["Mona", None, None, None]
    assert take_back(as_user(mona), again)["done_count"] == 2
    assert assignees() == ["Mona", "Bob", "Bob", None]


def told() -> list[int]:
    return [pk for event in Event.objects.filter(kind="assigned").order_by("pk") for pk in event.data["ids"]]


@pytest.mark.usefixtures("in_parts")
@pytest.mark.parametrize("dies_in", ["the middle of a part", "between two parts"])
def test_a_killed_worker_s_assignment_is_ended_by_the_next_each_image_once(
    dies_in: str, project: Project, images: list[int], bob: User, mona: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.objects.filter(pk=images[0]).update(assigned_to=mona)
    change = change_images(project=project, author=mona, deed="assign", images=images, asked={"person": bob.pk})
    beats = {"the middle of a part": "write", "between two parts": "check"}

    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Beat, beats[dies_in], die)
        with pytest.raises(KeyboardInterrupt):
            attempt(BulkChange, change.pk)
    change.refresh_from_db()
    done = 0 if dies_in == "the middle of a part" else 2
    assert (change.status, change.done_count) == (Status.RUNNING, done)
    assert assignees() == [*["Bob"] * done, *["Mona", None, None, None][done:]]
    change.leave_dead_worker(timedelta(0))
    attempt(BulkChange, change.pk)
    change.refresh_from_db()
    assert (change.status, change.done_count, change.refused_count) == (Status.SUCCEEDED, 4, 0)
    assert (assignees(), told()) == (["Bob"] * 4, images), "each once"
    back = undo(change=change, author=mona)
    attempt(BulkChange, back.pk)
    back.refresh_from_db()
    assert (back.status, back.done_count, assignees()) == (Status.SUCCEEDED, 4, ["Mona", None, None, None])


def test_only_who_may_label_is_assigned(
    project: Project, images: list[int], mona: User, vera: User, charlie: User, as_user: AsUser
) -> None:
    for person in (vera.pk, charlie.pk, 10**6):
        assign(as_user(mona), project, images, person, status=400)
    assert assignees() == [None] * 4


@pytest.mark.parametrize("role", [None, "viewer"])
def test_who_leaves_the_team_or_may_label_no_more_frees_theirs(
    role: str | None, project: Project, images: list[int], alice: User, bob: User, as_user: AsUser
) -> None:
    ana = make_user("ana")
    Membership.objects.create(team=project.team, user=ana, role="annotator")
    before = assign(as_user(alice), project, images[:2], ana.pk)
    assign(as_user(alice), project, images[:1], bob.pk)
    member = Membership.objects.get(team=project.team, user=ana)
    url = f"/api/v1/teams/{project.team.slug}/members/{member.pk}/"
    answer = as_user(alice).patch(url, {"role": role}, format="json") if role else as_user(alice).delete(url)
    assert answer.status_code in {200, 204}
    assert assignees() == ["Bob", None, None, None]
    again = ask(as_user(alice), project, "assign", images=images[1:2], person=bob.pk)
    assert take_back(as_user(alice), again)["done_count"] == 1
    assert take_back(as_user(alice), before)["done_count"] == 0


def test_what_comes_out_of_the_trash_is_nobodys(
    project: Project, images: list[int], bob: User, mona: User, as_user: AsUser
) -> None:
    assign(as_user(mona), project, images[:2], bob.pk)
    trash.discard(project, images[:1], mona)
    trash.restore(project, images[:1], mona)
    assert assignees() == [None, "Bob", None, None]
