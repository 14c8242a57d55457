"""One rule for the names of labels, whoever makes them; and what an older installation's names become."""

import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from boxwright import limits
from boxwright.projects.label_names import fault_in, label_key, tidied
from boxwright.projects.models import Label, Project
from boxwright.projects.palette import COLORS, colored
from boxwright.teams.models import User

As = Callable[[User], APIClient]
UNSEEN = ["a\nb", "a\tb", "a\x00b", "a\x7fb", "a\u200bb", "\u202eab", "a\u2028b", "\ufeffab", "a\u00adb"]
UNSEEN += ["a\u200db", "\u200cمی", "می\u200c", "م\u200c\u200cی"]
JOINED = ["می\u200cوه", "क्\u200dष", "👩\u200d🚒"]
"""Fruit in Persian, a letter of Hindi, a fire fighter."""
SAME = ["raccoon", "RACCOON", "  Raccoon ", "ｒａｃｃｏｏｎ"]


def add(client: APIClient, project: Project, name: str) -> Any:
    return client.post(f"/api/v1/projects/{project.pk}/labels/", {"name": name}, format="json")


@pytest.mark.parametrize("name", [*UNSEEN, "x" * (limits.LABEL_NAME_LENGTH + 1), "ﷺ" * 100, "", "   "])
def test_a_name_that_breaks_the_rule_is_refused_by_every_way(
    as_user: As, mona: User, project: Project, name: str
) -> None:
    cat, client = Label.objects.get(name="cat"), as_user(mona)
    new = {"team": "plates", "name": "Cars", "task": "detection", "labels": [{"name": name}]}
    for answer, field in (
        (add(client, project, name), "name"),
        (client.patch(f"/api/v1/labels/{cat.pk}/", {"name": name}, format="json"), "name"),
        (client.post("/api/v1/projects/", new, format="json"), "labels[0].name"),
    ):
        assert answer.status_code == 400, field
        if "\0" not in name:  # such a body is refused before its fields are read
            assert answer.json()["errors"][0]["field"].rpartition(".")[2] == "name", field
    assert list(Label.objects.values_list("name", flat=True)) == ["raccoon", "cat"]


@pytest.mark.parametrize("name", JOINED)
def test_scripts_that_join_their_letters_can_be_written(as_user: As, mona: User, project: Project, name: str) -> None:
    assert add(as_user(mona), project, name).status_code == 201
    assert Label.objects.filter(name=name).exists()
    bare = name.replace("\u200c", "").replace("\u200d", "")
    assert add(as_user(mona), project, bare).status_code == 400, "looks the same"


@pytest.mark.parametrize("name", SAME)
def test_names_that_look_the_same_are_one_name(as_user: As, mona: User, project: Project, name: str) -> None:
    cat = Label.objects.get(name="cat")
    assert add(as_user(mona), project, name).status_code == 400
    assert as_user(mona).patch(f"/api/v1/labels/{cat.pk}/", {"name": name}).status_code == 400


def test_the_database_holds_names_apart_itself(project: Project) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Label.objects.create(project=project, name="CAT", color="#000000")
    with pytest.raises(IntegrityError), transaction.atomic():
        Label.objects.bulk_create([Label(project=project, name="Cat ", color="#000000")])


def test_spaces_within_a_name_are_single(as_user: As, mona: User, project: Project) -> None:
    assert add(as_user(mona), project, " stop \u00a0 sign").json()["name"] == "stop sign"
    assert add(as_user(mona), project, "Stop  sign").status_code == 400


def test_a_project_has_a_limited_number_of_labels(
    as_user: As, mona: User, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LABELS_A_PROJECT", 3)
    assert add(as_user(mona), project, "fox").status_code == 201
    refused = add(as_user(mona), project, "hen")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "labels")
    assert Label.objects.count() == 3


def test_one_label_too_many_is_counted_before_any_is_read(as_user: As, mona: User, project: Project) -> None:
    """The rows are no labels at all: each would be an error of its own."""
    new = {"team": "plates", "name": "Cars", "task": "detection", "labels": [0] * (limits.LABELS_A_PROJECT + 1)}
    refused = as_user(mona).post("/api/v1/projects/", new, format="json")
    assert (refused.status_code, [error["field"] for error in refused.json()["errors"]]) == (400, ["labels"])
    new["labels"] = [{"name": f"label {n}"} for n in range(limits.LABELS_A_PROJECT)]
    assert as_user(mona).post("/api/v1/projects/", new, format="json").status_code == 201


class Counted(str):
    """A colour that counts how often it is looked at."""

    __slots__ = ()
    looks = 0

    def upper(self) -> str:
        Counted.looks += 1
        return super().upper()


def test_colouring_looks_at_each_label_once() -> None:
    many = 6000
    found = list(colored([Counted(COLORS[0])] * many, [Counted("")] * many))
    assert found[: len(COLORS)] == [*COLORS[1:], COLORS[1]]
    assert Counted.looks == 2 * many


@given(st.text())
def test_a_name_that_is_taken_can_be_kept(name: str) -> None:
    if not fault_in(name):
        kept = tidied(name)
        assert not fault_in(kept)
        assert label_key(kept) == label_key(name) == label_key(label_key(name))
        assert not any(unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"} for character in kept)
