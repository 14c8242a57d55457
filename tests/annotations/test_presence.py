"""Who looks at an image is told to whoever watches its project, and kept nowhere."""

from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from rest_framework.test import APIClient

from annotations.api.presence import PresenceEventSerializer
from annotations.presence import pace
from boxwright import limits
from boxwright.events.models import Event
from boxwright.projects.models import Project
from boxwright.teams.models import Membership, Role, User
from tests.annotations.images import picture, upload
from tests.platform.test_event_kinds import FRAMES, SCHEMAS, closed

AsUser = Callable[[User], APIClient]
DRAWN = {"label": 7, "x_min": 1.5, "y_min": 2.0, "x_max": 30.0, "y_max": 40.0}


@pytest.fixture
def image(project: Project, bob: User, as_user: AsUser) -> int:
    return int(upload(as_user(bob), project, one__jpg=picture())["created"][0]["id"])


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str, Any]]:
    """What leaves for the watchers' streams, of whatever database."""
    said: list[tuple[int, str, Any]] = []

    def keep(project_id: int, kind: str, subject: Any) -> None:
        said.append((project_id, kind, PresenceEventSerializer(subject).data))

    monkeypatch.setattr("annotations.presence.relay", keep)
    return said


def present(client: APIClient, image: int, **body: object) -> int:
    return int(client.post(f"/api/v1/images/{image}/presence/", body, format="json").status_code)


def test_one_says_that_one_is_there_what_one_draws_and_that_one_goes(
    project: Project, image: int, bob: User, as_user: AsUser, told: list[tuple[int, str, Any]]
) -> None:
    client = as_user(bob)
    rows = Event.objects.count()
    assert present(client, image) == 204
    assert present(client, image, drawn=DRAWN) == 204
    assert client.delete(f"/api/v1/images/{image}/presence/").status_code == 204
    here = {"id": image, "person": {"id": bob.pk, "name": "Bob"}, "is_here": True, "drawn": None}
    said = [here, here | {"drawn": DRAWN}, here | {"is_here": False}]
    assert told == [(project.pk, "presence", each) for each in said]
    assert Event.objects.count() == rows
    frame = Draft202012Validator({**closed({"components": SCHEMAS}), "$ref": FRAMES["presence"]})
    for each in said:
        frame.validate({"event": "presence", "data": each})


@pytest.mark.parametrize(
    "drawn",
    [
        DRAWN | {"x_max": 64.5},
        DRAWN | {"x_min": 31},
        DRAWN | {"y_min": -1},
        DRAWN | {"x_max": "1e999"},
        {"label": 7},
        [DRAWN],
        "box",
    ],
)
def test_what_is_no_box_of_the_image_is_not_passed_on(
    image: int, bob: User, as_user: AsUser, told: list[tuple[int, str, Any]], drawn: object
) -> None:
    assert present(as_user(bob), image, drawn=drawn) == 400
    assert told == []


def test_nobody_says_it_more_often_than_the_limit(
    image: int, bob: User, mona: User, as_user: AsUser, told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PRESENCES_A_SECOND", 2)
    monkeypatch.setattr("annotations.presence.time.monotonic", lambda: 5.0)
    pace.second = 0
    assert [present(as_user(bob), image) for _ in range(3)] == [204, 204, 429]
    assert present(as_user(mona), image) == 204
    assert len(told) == 3
    monkeypatch.setattr("annotations.presence.time.monotonic", lambda: 6.0)
    assert present(as_user(bob), image) == 204


def test_who_was_removed_says_nothing_more(
    project: Project, image: int, bob: User, as_user: AsUser, told: list[Any]
) -> None:
    Membership.objects.filter(team=project.team, user=bob).update(role=Role.VIEWER)
    assert present(as_user(bob), image, drawn=DRAWN) == 403
    Membership.objects.filter(team=project.team, user=bob).delete()
    assert present(as_user(bob), image) == 404
    assert told == []
