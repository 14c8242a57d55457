"""Presets: the settings of a run under a name, for the whole team."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from annotations.models import Snapshot
from boxwright import limits
from boxwright.projects.models import Project
from boxwright.teams.models import AuditEntry, Team, User
from tests.training.conftest import MODEL
from training.models import Preset, Run

Client = Callable[[User], APIClient]
URL = "/api/v1/teams/plates/presets/"
SLOW = {"name": "Slow", "model": MODEL, "config": {"epochs": 50, "momentum": 0.95}}


def fault(answer: Any) -> tuple[str, str]:
    """The field that is wrong, and why."""
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    return error["field"], error["detail"]


def test_a_manager_saves_settings_for_the_team(as_user: Client, mona: User, vera: User) -> None:
    saved = as_user(mona).post(URL, SLOW)
    assert saved.status_code == 201
    (seen,) = as_user(vera).get(URL).json()["results"]
    assert seen == saved.json()
    assert (seen["name"], seen["model"], seen["config"]) == ("Slow", MODEL, SLOW["config"])
    assert (seen["fault"], seen["created_by"]["name"]) == ("", "Mona")


def test_only_what_differs_from_the_model_is_kept(as_user: Client, mona: User) -> None:
    config = {"epochs": 50, "batch_size": 16, "learning_rate": 0.015, "freeze": "auto", "warmup_steps": None}
    assert as_user(mona).post(URL, SLOW | {"config": config}).json()["config"] == {"epochs": 50}


@pytest.mark.parametrize(
    ("body", "field", "says"),
    [
        (SLOW | {"config": {"epochs": 0}}, "config", "epochs must be a whole number from 1"),
        (SLOW | {"config": {"speed": 9}}, "config", "Unknown setting speed"),
        (SLOW | {"config": {"base": "none"}}, "config", "base is chosen with each run"),
        (SLOW | {"config": {"epochs": 8}}, "config", "no setting differs"),
        (SLOW | {"config": {"freeze": "match:fpn"}}, "config", "no parameter's name has a match"),
        (SLOW | {"model": "yolo99"}, "model", "choose one of"),
        (SLOW | {"name": "x" * (limits.PRESET_NAME_LENGTH + 1)}, "name", "no more than 60 characters"),
        (SLOW | {"name": "a\nb"}, "name", "one line"),
        (SLOW | {"name": " "}, "name", "blank"),
    ],
)
def test_what_can_not_be_saved_names_its_field(
    as_user: Client, mona: User, body: dict[str, Any], field: str, says: str
) -> None:
    named, detail = fault(as_user(mona).post(URL, body))
    assert (named, says in detail) == (field, True), detail
    assert not Preset.objects.exists()


def test_a_name_is_one_presets_only(as_user: Client, mona: User) -> None:
    client = as_user(mona)
    client.post(URL, SLOW)
    other = client.post(URL, SLOW | {"name": "Slower"}).json()
    taken = ("name", "the team has a preset of this name already")
    assert fault(client.post(URL, SLOW | {"name": "sLOW"})) == taken
    assert fault(client.patch(f"{URL}{other['id']}/", {"name": "slow"})) == taken
    assert client.patch(f"{URL}{other['id']}/", {"name": "SLOWER"}).json()["name"] == "SLOWER"


def test_another_team_may_have_the_name(as_user: Client, mona: User, charlie: User) -> None:
    as_user(mona).post(URL, SLOW)
    assert as_user(charlie).post("/api/v1/teams/strangers/presets/", SLOW).status_code == 201


def test_a_team_has_so_many(as_user: Client, mona: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PRESETS_A_TEAM", 1)
    assert as_user(mona).post(URL, SLOW).status_code == 201
    assert fault(as_user(mona).post(URL, SLOW | {"name": "More"})) == ("name", "at most 1 a team: delete one first")


def test_deleting_one_leaves_the_runs_that_it_started(
    as_user: Client, mona: User, project: Project, snapshot: Snapshot
) -> None:
    preset = as_user(mona).post(URL, SLOW).json()
    run = {"snapshot": snapshot.pk, "model": MODEL, "config": preset["config"]}
    assert as_user(mona).post(f"/api/v1/projects/{project.pk}/runs/", run).status_code == 201
    assert as_user(mona).delete(f"{URL}{preset['id']}/").status_code == 204
    assert as_user(mona).delete(f"{URL}{preset['id']}/").status_code == 404
    assert Run.objects.get().config["epochs"] == 50
    told = AuditEntry.objects.filter(target="Slow").order_by("id").values_list("action", flat=True)
    assert list(told) == ["saved preset", "deleted preset"]


def test_one_that_the_model_no_longer_takes_says_so(as_user: Client, team: Team, vera: User) -> None:
    old = [(MODEL, {"sparkle": 3}), (MODEL, {"epochs": 9999}), ("yolo99", {"epochs": 3})]
    for i, (model, config) in enumerate(old):
        Preset.objects.create(team=team, name=f"Old {i}", model=model, config=config)
    first, second, third = (row["fault"] for row in as_user(vera).get(URL).json()["results"])
    assert first.startswith("Unknown setting sparkle: known are ")
    assert second == "epochs must be a whole number from 1 to 1000, not 9999."
    assert third.startswith("There is no model 'yolo99'")
