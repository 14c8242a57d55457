"""What every answer says to browsers and caches."""

from collections.abc import Callable

import pytest
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
