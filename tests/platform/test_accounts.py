"""The first account, logging in and out, tokens, passwords."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from boxwright import limits
from boxwright.teams import setup
from boxwright.teams.models import Team, Token, User
from tests.conftest import PASSWORD

FIRST = {
    "code": setup.code_of(settings.SECRET_KEY),
    "email": "Alice@Example.org",
    "name": "Alice",
    "password": PASSWORD,
    "team_name": "Plates & co",
}


@pytest.fixture
def browser() -> APIClient:
    """Checks CSRF, as for a real browser."""
    return APIClient(enforce_csrf_checks=True)


def csrf(browser: APIClient) -> dict[str, Any]:
    browser.get("/api/v1/auth/session/")
    return {"HTTP_X_CSRFTOKEN": browser.cookies["csrftoken"].value}


def test_the_first_visitor_makes_the_first_account(browser: APIClient, db: None) -> None:
    assert browser.get("/api/v1/auth/session/").json() == {
        "authenticated": False,
        "setup_required": True,
        "mail": False,
        "import_buckets": False,
        "user": None,
    }
    made = browser.post("/api/v1/auth/setup/", FIRST, **csrf(browser))
    assert made.status_code == 201
    assert made.json()["email"] == "alice@example.org"
    assert made.json()["teams"] == [{"slug": "plates-co", "name": "Plates & co", "role": "owner"}]
    state = browser.get("/api/v1/auth/session/").json()
    assert state["authenticated"]
    assert not state["setup_required"]


@pytest.mark.parametrize(("length", "status"), [(12, 201), (limits.PASSWORD_CHARACTERS, 201), (129, 400)])
def test_a_password_has_up_to_128_characters(browser: APIClient, db: None, length: int, status: int) -> None:
    password = ("qz7 " * 40)[:length]
    made = browser.post("/api/v1/auth/setup/", {**FIRST, "password": password}, **csrf(browser))
    assert made.status_code == status


@pytest.mark.parametrize("code", ["", "wrong", "a" * 24])
def test_without_the_code_nobody_is_first(browser: APIClient, db: None, code: str) -> None:
    refused = browser.post("/api/v1/auth/setup/", {**FIRST, "code": code}, **csrf(browser))
    assert refused.status_code == (403 if code else 400)
    assert not User.objects.exists()


def test_there_is_only_one_first_account(browser: APIClient, alice: User) -> None:
    refused = browser.post("/api/v1/auth/setup/", {**FIRST, "email": "eve@example.org"}, **csrf(browser))
    assert refused.status_code == 409
    assert not User.objects.filter(email="eve@example.org").exists()


@pytest.mark.parametrize("password", ["short", "password123", "alice@example.org", "elevenchars"])
def test_a_password_that_is_easy_to_guess_is_refused(browser: APIClient, db: None, password: str) -> None:
    refused = browser.post("/api/v1/auth/setup/", {**FIRST, "password": password}, **csrf(browser))
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "password"
    assert not Team.objects.exists()


def test_log_in_and_out(browser: APIClient, alice: User) -> None:
    credentials = {"email": "ALICE@example.org", "password": PASSWORD}
    assert browser.post("/api/v1/auth/login/", credentials, **csrf(browser)).status_code == 200
    assert browser.get("/api/v1/me/").json()["name"] == "Alice"
    assert browser.post("/api/v1/auth/logout/", **csrf(browser)).status_code == 204
    assert browser.get("/api/v1/me/").status_code == 401


def test_another_site_can_log_nobody_in(browser: APIClient, alice: User) -> None:
    credentials = {"email": "alice@example.org", "password": PASSWORD}
    assert browser.post("/api/v1/auth/login/", credentials).status_code == 403


def test_a_wrong_password_and_an_unknown_email_read_the_same(browser: APIClient, alice: User) -> None:
    answers = [
        browser.post("/api/v1/auth/login/", {"email": email, "password": "wrong"}, **csrf(browser))
        for email in ("alice@example.org", "nobody@example.org")
    ]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].json() == answers[1].json()


def test_a_script_uses_a_token_that_is_kept_as_its_hash(alice: User) -> None:
    client = APIClient(enforce_csrf_checks=True)
    key = client.post("/api/v1/auth/token/", {"email": "alice@example.org", "password": PASSWORD}).json()["token"]
    assert not Token.objects.filter(key_hash=key).exists()
    client.credentials(HTTP_AUTHORIZATION=f"Token {key}")
    assert client.get("/api/v1/me/").json()["email"] == "alice@example.org"
    assert Token.objects.get().last_used_at is not None
    assert client.post("/api/v1/auth/logout/").status_code == 204
    refused = client.get("/api/v1/me/")
    assert refused.status_code == 401
    assert refused["WWW-Authenticate"] == "Token"


def test_a_deactivated_account_has_no_way_in(alice: User, browser: APIClient) -> None:
    key = browser.post("/api/v1/auth/token/", {"email": "alice@example.org", "password": PASSWORD}).json()["token"]
    User.objects.update(is_active=False)
    assert APIClient().get("/api/v1/me/", HTTP_AUTHORIZATION=f"Token {key}").status_code == 401
    assert browser.post("/api/v1/auth/token/", {"email": "alice@example.org", "password": PASSWORD}).status_code == 400


def test_a_new_password_ends_other_sessions_and_tokens(alice: User, browser: APIClient) -> None:
    key = browser.post("/api/v1/auth/token/", {"email": "alice@example.org", "password": PASSWORD}).json()["token"]
    other = APIClient()
    for client in (browser, other):
        client.force_login(alice)
    change = {"current": PASSWORD, "new": "another horse battery"}
    assert browser.post("/api/v1/auth/password/", change, **csrf(browser)).status_code == 204
    assert browser.get("/api/v1/me/").status_code == 200
    assert other.get("/api/v1/me/").status_code == 401
    assert APIClient().get("/api/v1/me/", HTTP_AUTHORIZATION=f"Token {key}").status_code == 401


def test_rename_me(as_user: Callable[[User], APIClient], alice: User) -> None:
    assert as_user(alice).patch("/api/v1/me/", {"name": " Alice B. "}).json()["name"] == "Alice B."
    refused = as_user(alice).patch("/api/v1/me/", {"name": "   "})
    assert refused.json()["errors"] == [{"field": "name", "detail": "This field may not be blank."}]
