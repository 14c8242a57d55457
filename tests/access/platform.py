"""Accounts, teams, invitations, projects, labels, events, and what is not the API."""

from datetime import timedelta

from django.utils import timezone

from boxwright.api.auth import digest
from boxwright.projects.models import Label
from boxwright.teams import tokens
from boxwright.teams.models import Invitation, Membership, Role, Session
from tests.access.table import Row, World

EMAIL = {"email": "new@example.org", "name": "New", "password": "correct horse battery"}

ROWS: list[Row] = [
    Row("GET", "session", "200 200 200 200 200 200"),
    Row("POST", "setup", "409 409 409 409 409 409", {**EMAIL, "team_name": "New", "code": "x"}),
    Row("POST", "login", "400 400 400 400 400 400", {"email": "a@example.org", "password": "wrong"}),
    Row("POST", "token", "400 400 400 400 400 400", {"email": "a@example.org", "password": "wrong"}),
    Row("POST", "logout", "401 204 204 204 204 204"),
    Row("POST", "password", "401 400 400 400 400 400", {"current": "wrong", "new": "correct horse battery"}),
    Row("GET", "tokens", "401 200 200 200 200 200"),
    Row("DELETE", "own-token", "401 404 404 404 404 404"),
    Row("GET", "sessions", "401 200 200 200 200 200"),
    Row("DELETE", "sessions", "401 204 204 204 204 204"),
    Row("DELETE", "own-session", "401 404 404 404 404 404"),
    Row("POST", "reset", "409 409 409 409 409 409", {"email": "a@example.org"}),
    Row("POST", "reset-confirm", "404 404 404 404 404 404", {"token": "x", "password": "correct horse battery"}),
    Row("GET", "my-audit", "401 200 200 200 200 200"),
    Row("GET", "audit", "401 404 403 403 200 200"),
    Row("GET", "me", "401 200 200 200 200 200"),
    Row("PATCH", "me", "401 200 200 200 200 200", {"name": "Renamed"}),
    Row("GET", "teams", "401 200 200 200 200 200"),
    Row("POST", "teams", "401 201 201 201 201 201", {"name": "Another"}),
    Row("GET", "team", "401 404 200 200 200 200"),
    Row("PATCH", "team", "401 404 403 403 403 200", {"name": "Renamed"}),
    Row("DELETE", "team", "401 404 403 403 403 409"),
    Row("GET", "team-usage", "401 404 200 200 200 200"),
    Row("GET", "members", "401 404 200 200 200 200"),
    Row("PATCH", "member", "401 404 403 403 403 200", {"role": "viewer"}),
    Row("DELETE", "member", "401 404 403 403 403 204"),
    Row("GET", "invitations", "401 404 403 403 200 200"),
    Row("POST", "invitations", "401 404 403 403 201 201", {"role": "manager"}),
    Row("DELETE", "invitation", "401 404 403 403 204 204"),
    Row("POST", "invitation-preview", "200 200 200 200 200 200", {"token": "the-token"}),
    Row("POST", "invitation-accept", "200 200 200 200 200 200", {**EMAIL, "token": "the-token"}),
    Row("GET", "projects", "401 200 200 200 200 200"),
    Row(
        "POST",
        "projects",
        "401 404 403 403 201 201",
        {"team": "plates", "name": "Plates", "task": "detection", "labels": [{"name": "plate"}]},
        foreign={"team": "strangers", "name": "Plates", "task": "detection"},
    ),
    Row("GET", "project", "401 404 200 200 200 200"),
    Row("PATCH", "project", "401 404 403 403 200 200", {"name": "Renamed"}),
    Row("DELETE", "project", "401 404 403 403 403 204"),
    Row("GET", "labels", "401 404 200 200 200 200"),
    Row("POST", "labels", "401 404 403 403 201 201", {"name": "dog"}),
    Row("PATCH", "label", "401 404 403 403 200 200", {"name": "dog"}),
    Row("DELETE", "label", "401 404 403 403 204 204"),
    Row("GET", "events", "401 404 200 200 200 200"),
    Row("GET", "schema", "200 200 200 200 200 200", headers={"Accept": "application/json"}),
    Row("GET", "docs", "200 200 200 200 200 200"),
    Row("GET", "no-endpoint", "404 404 404 404 404 404"),
    Row("GET", "health", "200 200 200 200 200 200"),
    Row("GET", "page", "200/503 200/503 200/503 200/503 200/503 200/503"),
]


def build(world: World) -> None:
    """The membership that routes name is nobody's who asks: what a member may do to themselves is told elsewhere."""
    teams = ((world.own, world.team, world.project), (world.foreign, world.foreign_team, world.foreign_project))
    for number, (ids, team, project) in enumerate(teams):
        owner = Membership.objects.filter(team=team, role=Role.OWNER).select_related("user").get().user
        other = world.users["bystander"]
        ids["slug"] = team.slug
        ids["project_id"] = project.pk
        ids["label_id"] = Label.objects.create(project=project, name="fox", color="#92FEF9", position=7).pk
        ids["membership_id"] = Membership.objects.create(team=team, user=other, role=Role.ANNOTATOR).pk
        ids["invitation_id"] = Invitation.objects.create(
            team=team,
            role=Role.VIEWER,
            token_hash=digest("the-token" if number == 0 else "another-token"),
            created_by=owner,
            expires_at=timezone.now() + timedelta(days=1),
        ).pk
        ids["token_id"] = tokens.new_token(other)[0].pk
        ids["public_id"] = Session.objects.create(
            session_key=f"of-the-bystander-{number}", session_data="", expire_date=timezone.now(), user=other
        ).public_id
        ids["rest"] = "v1/nothing-here/"
