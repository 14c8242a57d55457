"""An installation from before keeps its people, their tokens and their open links."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models.functions import Now
from django.utils import timezone
from rest_framework.test import APIClient

from boxwright.api.auth import digest
from boxwright.teams.models import Membership, Token


def migrate(*targets: tuple[str, str]) -> Any:
    executor = MigrationExecutor(connection)
    return executor.migrate(list(targets) or executor.loader.graph.leaf_nodes()).apps


@pytest.fixture
def before(transactional_db: None) -> Iterator[Any]:
    """The models as they were, in a database as it was."""
    yield migrate(("teams", "0001_initial"))
    migrate()


def test_tokens_and_links_from_before_go_on(before: Any) -> None:
    user = before.get_model("teams", "User").objects.create(email="alice@example.org", name="Alice")
    team = before.get_model("teams", "Team").objects.create(slug="plates", name="Plates")
    before.get_model("teams", "Membership").objects.create(team=team, user=user, role="owner")
    before.get_model("teams", "Token").objects.create(user=user, key_hash=digest("old"))
    before.get_model("teams", "Invitation").objects.create(
        team=team, role="viewer", token_hash=digest("link"), created_by=user,
        expires_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip

    migrate()

    script = APIClient()
    script.credentials(HTTP_AUTHORIZATION="Token old")
    assert script.post("/api/v1/projects/", {"team": "plates", "name": "Cars", "task": "detection"}).status_code == 201
    day = timedelta(days=1)
    assert Token.objects.filter(expires_at__gt=Now() + 89 * day, expires_at__lt=Now() + 91 * day).exists()
    joined = {"token": "link", "email": "bob@example.org", "name": "Bob", "password": "correct horse battery"}
    assert APIClient().post("/api/v1/invitations/accept/", joined).status_code == 200
    assert Membership.objects.count() == 2
