"""The first visit: a link with a code, shown where only whoever runs the server looks."""

import io
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from boxwright.teams import setup
from boxwright.teams.models import User
from tests.services.server import server, started


def test_the_command_shows_the_link_until_there_is_an_account(db: None) -> None:
    out = io.StringIO()
    call_command("setupcode", stdout=out)
    assert out.getvalue().strip() == f"{settings.PUBLIC_URL}/setup#{setup.code_of(settings.SECRET_KEY)}"
    User.objects.create_user("alice@example.org", "correct horse battery", name="Alice")
    with pytest.raises(CommandError, match="set up already"):
        call_command("setupcode")


def test_codes_of_two_installations_differ() -> None:
    assert setup.code_of("a" * 50) != setup.code_of("b" * 50)
    assert len(setup.code_of("a" * 50)) == 24


def test_all_processes_know_the_code_and_nobody_is_first_without_it(tmp_path: Path) -> None:
    with server(tmp_path) as one, started(tmp_path, one.environment) as other, other.client() as client:
        client.get("auth/session/")
        csrf = {"X-CSRFToken": client.cookies["csrftoken"]}
        first = {"email": "eve@example.org", "password": "correct horse battery", "name": "Eve", "team_name": "Eve"}
        assert client.post("auth/setup/", json=first, headers=csrf).status_code == 400
        assert client.post("auth/setup/", json={**first, "code": "x" * 24}, headers=csrf).status_code == 403
        assert other.set_up()
        assert client.post("auth/setup/", json={**first, "code": one.setup_code}, headers=csrf).status_code == 409
