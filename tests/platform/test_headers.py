"""What every answer says to browsers and caches."""

from collections.abc import Callable

import pytest
from django.test import Client
from rest_framework.test import APIClient

from boxwright.projects.models import Project
from boxwright.teams.models import User

AsUser = Callable[[User], APIClient]


@pytest.mark.parametrize("path", ["me/", "projects/", "auth/session/", "nowhere/", "schema/"])
def test_an_answer_of_the_api_is_kept_by_nobody(alice: User, as_user: AsUser, path: str) -> None:
    answer = as_user(alice).get(f"/api/v1/{path}")
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_a_refusal_is_kept_by_nobody(project: Project) -> None:
    answer = APIClient().get(f"/api/v1/projects/{project.pk}/")
    assert (answer.status_code, answer["Cache-Control"]) == (401, "no-store")


def test_the_admin_runs_its_own_scripts_only(admin_client: Client) -> None:
    for path in ("/admin/", "/admin/teams/user/"):
        answer = admin_client.get(path)
        assert answer.status_code == 200
        policy = answer["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert b"<script>" not in answer.content
        assert b"style=" not in answer.content
