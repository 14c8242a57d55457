"""Teams and who is on them."""

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from boxwright.projects.models import Project
from boxwright.teams.models import Membership, Role, Team, User

As = Callable[[User], APIClient]


def membership(user: User) -> int:
    return Membership.objects.get(user=user, team__slug="plates").pk


def test_whoever_makes_a_team_owns_it(as_user: As, charlie: User) -> None:
    made = as_user(charlie).post("/api/v1/teams/", {"name": "Übersee 2"})
    assert made.status_code == 201
    assert made.json() == {**made.json(), "slug": "ubersee-2", "role": "owner", "member_count": 1}


def test_a_name_taken_gets_the_next_slug(as_user: As, charlie: User) -> None:
    slugs = [as_user(charlie).post("/api/v1/teams/", {"name": "日本"}).json()["slug"] for _ in range(3)]
    assert slugs == ["team", "team-2", "team-3"]


def test_a_list_of_teams_says_how_many_are_in_each(as_user: As, alice: User, bob: User, charlie: User) -> None:
    with CaptureQueriesContext(connection) as queries:
        listed = as_user(alice).get("/api/v1/teams/").json()
    assert [(team["slug"], team["role"], team["member_count"]) for team in listed["results"]] == [
        ("plates", "owner", 2)
    ]
    assert len(queries) == 1


def test_members_are_listed_with_their_roles(as_user: As, alice: User, bob: User) -> None:
    rows = as_user(bob).get("/api/v1/teams/plates/members/").json()["results"]
    assert [(row["user"]["email"], row["role"]) for row in rows] == [
        ("alice@example.org", "owner"),
        ("bob@example.org", "annotator"),
    ]


def test_an_owner_changes_roles_and_removes(as_user: As, alice: User, bob: User) -> None:
    url = f"/api/v1/teams/plates/members/{membership(bob)}/"
    assert as_user(alice).patch(url, {"role": "manager"}).json()["role"] == "manager"
    assert as_user(alice).delete(url).status_code == 204
    assert as_user(bob).get("/api/v1/teams/plates/").status_code == 404


def test_the_last_owner_stays(as_user: As, alice: User, bob: User) -> None:
    url = f"/api/v1/teams/plates/members/{membership(alice)}/"
    assert as_user(alice).delete(url).status_code == 409
    assert as_user(alice).patch(url, {"role": "viewer"}).status_code == 409
    Membership.objects.filter(user=bob).update(role=Role.OWNER)
    assert as_user(alice).patch(url, {"role": "viewer"}).status_code == 200


def test_everybody_may_leave_and_nobody_else_be_thrown_out(as_user: As, alice: User, bob: User, vera: User) -> None:
    assert as_user(vera).delete(f"/api/v1/teams/plates/members/{membership(bob)}/").status_code == 403
    assert as_user(vera).delete(f"/api/v1/teams/plates/members/{membership(vera)}/").status_code == 204


def test_a_role_that_does_not_exist_is_named(as_user: As, alice: User, bob: User) -> None:
    refused = as_user(alice).patch(f"/api/v1/teams/plates/members/{membership(bob)}/", {"role": "king"})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "role"


def test_a_team_with_projects_is_not_deleted(as_user: As, alice: User, project: Project) -> None:
    assert as_user(alice).delete("/api/v1/teams/plates/").status_code == 409
    Project.objects.all().delete()
    assert as_user(alice).delete("/api/v1/teams/plates/").status_code == 204
    assert not Team.objects.filter(slug="plates").exists()
