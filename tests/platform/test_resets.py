"""A forgotten password: a link by mail, or from whoever runs the server."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db.models.functions import Now
from pytest_django import Settings
from rest_framework.test import APIClient

from boxwright.teams import resets
from boxwright.teams.models import PasswordReset, User
from boxwright.teams.tokens import new_token
from tests.conftest import PASSWORD

NEW = "another horse battery"
Commits = Any


@pytest.fixture(autouse=True)
def _with_mail(settings: Settings) -> None:
    settings.MAIL_ENABLED = True
    settings.PUBLIC_URL = "https://boxes.example.org"


def ask(email: str, commits: Commits) -> int:
    with commits(execute=True):
        status: int = APIClient().post("/api/v1/auth/reset/", {"email": email}).status_code
    return status


def confirm(token: str, password: str = NEW) -> APIClient:
    client = APIClient()
    client.answer = client.post("/api/v1/auth/reset/confirm/", {"token": token, "password": password})  # type: ignore[attr-defined]
    return client


def status_of(client: APIClient) -> int:
    status: int = client.answer.status_code  # type: ignore[attr-defined]
    return status


def test_a_mailed_link_sets_a_password_and_ends_all_else(
    alice: User, django_capture_on_commit_callbacks: Commits
) -> None:
    other, key = APIClient(), new_token(alice)[1]
    other.force_login(alice)
    assert ask(" ALICE@example.org", django_capture_on_commit_callbacks) == 204
    [message] = mail.outbox
    assert message.to == ["alice@example.org"]
    token = message.body.split("https://boxes.example.org/reset#")[1].split()[0]

    fresh = confirm(token)

    assert status_of(fresh) == 200
    assert fresh.get("/api/v1/me/").json()["email"] == "alice@example.org"
    assert other.get("/api/v1/me/").status_code == 401
    assert APIClient().get("/api/v1/me/", HTTP_AUTHORIZATION=f"Token {key}").status_code == 401
    login = {"email": "alice@example.org", "password": PASSWORD}
    assert APIClient().post("/api/v1/auth/login/", login).status_code == 400
    assert APIClient().post("/api/v1/auth/login/", {**login, "password": NEW}).status_code == 200


def test_the_answer_does_not_say_whether_there_is_an_account(
    alice: User, django_capture_on_commit_callbacks: Commits
) -> None:
    User.objects.create_user("gone@example.org", PASSWORD, name="Gone", is_active=False)
    for email in ("nobody@example.org", "gone@example.org"):
        assert ask(email, django_capture_on_commit_callbacks) == 204
    assert mail.outbox == []


def test_a_link_works_once_and_for_an_hour(alice: User) -> None:
    used = token_of(alice)
    assert status_of(confirm(used)) == 200
    assert status_of(confirm(used)) == 404
    old = token_of(alice)
    PasswordReset.objects.update(expires_at=Now() - timedelta(seconds=1))
    assert status_of(confirm(old)) == 404


def test_a_newer_link_and_a_changed_password_end_a_link(alice: User, as_user: Callable[[User], APIClient]) -> None:
    first, second = token_of(alice), token_of(alice)
    assert status_of(confirm(first)) == 404
    as_user(alice).post("/api/v1/auth/password/", {"current": PASSWORD, "new": NEW})
    assert status_of(confirm(second)) == 404


def test_a_weak_password_leaves_the_link_open(alice: User) -> None:
    token = token_of(alice)
    assert status_of(confirm(token, "short")) == 400
    assert status_of(confirm(token)) == 200


def test_the_token_is_kept_as_its_hash(alice: User) -> None:
    assert not PasswordReset.objects.filter(token_hash=token_of(alice)).exists()


def test_without_mail_the_page_is_told_what_to_do(alice: User, settings: Settings) -> None:
    settings.MAIL_ENABLED = False
    refused = APIClient().post("/api/v1/auth/reset/", {"email": alice.email})
    assert refused.status_code == 409
    assert "manage.py resetpassword" in refused.json()["detail"]


def test_whoever_runs_the_server_makes_a_link(alice: User) -> None:
    out = io.StringIO()
    call_command("resetpassword", "Alice@example.org", stdout=out)
    assert status_of(confirm(out.getvalue().strip().partition("#")[2])) == 200
    with pytest.raises(CommandError, match="no active account"):
        call_command("resetpassword", "nobody@example.org")


def token_of(user: User) -> str:
    return resets.new_link(user).partition("#")[2]
