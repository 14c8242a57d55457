"""The log of a team: each deed with its author, in the deed's transaction; of a person: what concerns the account."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models.functions import Now
from rest_framework.test import APIClient

from boxwright import limits
from boxwright.operations import housekeeping
from boxwright.projects.models import Label, Project
from boxwright.projects.projects import create_project
from boxwright.teams import audit
from boxwright.teams.models import AuditEntry, Membership, Team, User
from tests.conftest import PASSWORD

As = Callable[[User], APIClient]
URL = "/api/v1/teams/plates/audit/"


def log_of(client: APIClient) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = client.get(URL).json()["results"]
    return rows


def test_deeds_are_told_newest_first(as_user: As, alice: User, bob: User) -> None:
    client = as_user(alice)
    project = client.post("/api/v1/projects/", {"team": "plates", "name": "Cars", "task": "detection"}).json()
    client.patch(f"/api/v1/projects/{project['id']}/", {"name": "Trucks"})
    member = Membership.objects.get(user=bob)
    client.patch(f"/api/v1/teams/plates/members/{member.pk}/", {"role": "viewer"})
    client.post("/api/v1/teams/plates/invitations/", {"role": "viewer", "email": "new@example.org"})
    client.delete(f"/api/v1/projects/{project['id']}/")
    told = [(row["actor"], row["action"], row["target"], row["details"]) for row in log_of(client)]
    assert told == [
        ("Alice", "deleted project", "Trucks", {}),
        ("Alice", "invited", "new@example.org", {"role": "viewer"}),
        ("Alice", "changed role", "bob@example.org", {"before": "annotator", "after": "viewer"}),
        ("Alice", "renamed project", "Trucks", {"before": "Cars"}),
        ("Alice", "made project", "Cars", {}),
    ]
    assert {row["address"] for row in log_of(client)} == {"127.0.0.1"}


def test_a_deed_that_fails_leaves_no_line(team: Team, alice: User) -> None:
    def fail() -> None:
        with transaction.atomic():
            create_project(team=team, author=alice, name="Cars", task="detection")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not AuditEntry.objects.exists()


def test_a_label_that_is_in_use_leaves_no_line(as_user: As, alice: User, project: Project) -> None:
    label = Label.objects.filter(project=project).first()
    assert label is not None
    assert as_user(alice).delete(f"/api/v1/labels/{label.pk}/").status_code == 204
    assert [row["action"] for row in log_of(as_user(alice))] == ["deleted label"]


def test_a_name_stays_when_the_person_goes(as_user: As, team: Team, alice: User, charlie: User) -> None:
    token = as_user(alice).post("/api/v1/teams/plates/invitations/", {"role": "viewer"}).json()["link"].split("#")[1]
    as_user(charlie).post("/api/v1/invitations/accept/", {"token": token})
    charlie.delete()
    assert (log_of(as_user(alice))[0]["actor"], log_of(as_user(alice))[0]["action"]) == ("Charlie", "joined")


def test_the_log_of_a_deleted_team_stays_for_whoever_runs_the_server(as_user: As, alice: User, team: Team) -> None:
    as_user(alice).delete("/api/v1/teams/plates/")
    entry = AuditEntry.objects.get(action="deleted team")
    assert (entry.team, entry.team_slug, entry.actor) == (None, "plates", alice)


def test_nobody_writes_to_it(as_user: As, alice: User) -> None:
    for method in ("post", "put", "patch", "delete"):
        assert getattr(as_user(alice), method)(URL).status_code == 405


def test_many_requests_for_one_file_are_one_line(team: Team) -> None:
    for _ in range(3):
        audit.record_download(team, "raccoons-v1-voc.zip")
    audit.record_download(team, "raccoons-v2-voc.zip")
    assert AuditEntry.objects.filter(action="downloaded").count() == 2


def test_what_concerns_my_account_only_i_read(as_user: As, alice: User, bob: User) -> None:
    login = {"email": bob.email, "password": PASSWORD}
    APIClient(REMOTE_ADDR="10.1.1.1").post("/api/v1/auth/login/", login, headers={"user-agent": "Lynx\x00/2.8"})
    APIClient().post("/api/v1/auth/token/", {**login, "name": "Nightly", "scopes": ["read"]})
    mine = as_user(bob).get("/api/v1/me/audit/").json()["results"]
    assert [(row["action"], row["target"], row["address"]) for row in mine] == [
        ("made token", "Nightly", "127.0.0.1"),
        ("signed in", "Lynx/2.8", "10.1.1.1"),
    ]
    assert as_user(alice).get("/api/v1/me/audit/").json()["results"] == []
    assert log_of(as_user(alice)) == []


def aged(team: Team, *ages: timedelta) -> None:
    for age in ages:
        audit.record(team, "aged", str(age))
        AuditEntry.objects.filter(target=str(age)).update(at=Now() - age)


def test_entries_go_after_the_days_that_they_are_kept(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "AUDIT_DAYS", 90)
    inside, beyond = timedelta(days=90) - timedelta(minutes=1), timedelta(days=90, minutes=1)
    aged(team, beyond, inside, timedelta(0))
    housekeeping.keep_house()
    assert list(AuditEntry.objects.order_by("id").values_list("target", flat=True)) == [str(inside), "0:00:00"]


def test_entries_stay_for_ever_unless_somebody_says_so(team: Team) -> None:
    aged(team, timedelta(days=10_000))
    housekeeping.keep_house()
    assert AuditEntry.objects.exists()


def test_old_entries_go_in_batches(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "AUDIT_DAYS", 90)
    monkeypatch.setattr(audit, "PRUNED_AT_ONCE", 2)
    aged(team, *(timedelta(days=100 + n) for n in range(5)))
    assert [audit.prune() for _ in range(4)] == [2, 2, 1, 0]
