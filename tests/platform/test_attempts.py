"""Guessing is slow at every door, whoever counts and whatever a caller says of its address."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db.models.functions import Now
from pytest_django import Settings
from rest_framework.test import APIClient

from boxwright import limits
from boxwright.teams.models import Attempt, User
from tests.conftest import PASSWORD
from tests.services.server import FIRST, Server, server, started

As = Callable[[User], APIClient]
LOGIN, TOKEN = "/api/v1/auth/login/", "/api/v1/auth/token/"


def guess(email: str, address: str = "10.0.0.1", url: str = TOKEN, password: str = "wrong") -> int:
    body = {"email": email, "password": password}
    status: int = APIClient(REMOTE_ADDR=address).post(url, body).status_code
    return status


def let_pass() -> None:
    """The windows of all counters end."""
    Attempt.objects.update(until=Now() - timedelta(seconds=1))


def test_one_account_from_one_address(alice: User, bob: User) -> None:
    statuses = [guess(alice.email, url=url) for url in (TOKEN, LOGIN) * (limits.LOGIN_TRIES // 2)]
    assert statuses == [400] * limits.LOGIN_TRIES
    refused = APIClient(REMOTE_ADDR="10.0.0.1").post(LOGIN, {"email": " ALICE@example.org", "password": PASSWORD})
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 60
    assert guess(bob.email, password=PASSWORD) == 200
    let_pass()
    assert guess(alice.email, password=PASSWORD) == 200


def test_strangers_elsewhere_lock_nobody_out(alice: User) -> None:
    for _ in range(limits.LOGIN_TRIES + 1):
        guess(alice.email, "10.6.6.6")
    assert guess(alice.email, "10.0.0.1", password=PASSWORD) == 200


def test_many_addresses_lock_only_where_the_owner_never_was(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ACCOUNT_TRIES", 5)
    assert guess(alice.email, "10.0.0.1", LOGIN, PASSWORD) == 200
    statuses = [guess(alice.email, f"10.6.6.{number}") for number in range(6)]
    assert statuses == [400] * 5 + [429]
    assert guess(alice.email, "10.7.7.7", password=PASSWORD) == 429
    assert guess(alice.email, "10.0.0.1", password=PASSWORD) == 200


def test_all_accounts_from_one_address(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ADDRESS_TRIES", 4)
    statuses = [guess(f"p{number}@example.org") for number in range(5)]
    assert statuses == [400] * 4 + [429]
    assert guess(alice.email, "10.0.0.2", password=PASSWORD) == 200


def test_one_network_of_ipv6_is_one_client(alice: User) -> None:
    statuses = {guess(alice.email, f"2001:db8:0:1::{number:x}") for number in range(1, limits.LOGIN_TRIES + 1)}
    assert statuses == {400}
    assert guess(alice.email, "2001:db8:0:1:ffff::1") == 429
    assert guess(alice.email, "2001:db8:0:2::1") == 400


def test_whoever_knows_the_password_is_not_counted(alice: User) -> None:
    statuses = {guess(alice.email, password=PASSWORD) for _ in range(limits.LOGIN_TRIES + 2)}
    assert statuses == {200}


def test_the_current_password_is_guessed_at_the_same_speed(alice: User, as_user: As) -> None:
    change = {"current": "wrong", "new": "another horse battery"}
    statuses = [as_user(alice).post("/api/v1/auth/password/", change).status_code for _ in range(11)]
    assert statuses == [400] * limits.LOGIN_TRIES + [429]
    assert guess(alice.email, "127.0.0.1", password=PASSWORD) == 429


@pytest.mark.parametrize(
    ("url", "body", "status"),
    [
        ("/api/v1/invitations/preview/", {"token": "guessed"}, 404),
        ("/api/v1/invitations/accept/", {"token": "guessed", "email": "a@example.org"}, 404),
        ("/api/v1/auth/reset/confirm/", {"token": "guessed", "password": PASSWORD}, 404),
        ("/api/v1/auth/setup/", {**FIRST, "code": "guessed", "name": "A", "team_name": "A"}, 403),
    ],
)
def test_links_are_guessed_slowly(db: None, url: str, body: Any, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ADDRESS_TRIES", 3)
    statuses = [APIClient().post(url, body).status_code for _ in range(4)]
    assert statuses == [status] * 3 + [429]


def test_invitations_are_counted_for_a_person_and_a_team(
    alice: User, mona: User, as_user: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "INVITATIONS_A_PERSON", 2)
    monkeypatch.setattr(limits, "INVITATIONS_A_TEAM", 3)

    def invite(user: User) -> int:
        status: int = as_user(user).post("/api/v1/teams/plates/invitations/", {"role": "viewer"}).status_code
        return status

    assert [invite(alice) for _ in range(3)] == [201, 201, 429]
    assert [invite(mona) for _ in range(2)] == [201, 429]


def test_mails_to_one_person_are_few(alice: User, settings: Settings, django_capture_on_commit_callbacks: Any) -> None:
    settings.MAIL_ENABLED = True
    for _ in range(limits.RESETS_AN_HOUR + 1):
        with django_capture_on_commit_callbacks(execute=True):
            assert APIClient().post("/api/v1/auth/reset/", {"email": alice.email}).status_code == 204
    assert len(mail.outbox) == limits.RESETS_AN_HOUR


def test_counters_that_are_over_are_forgotten(alice: User) -> None:
    guess(alice.email)
    Attempt.objects.update(until=Now() - timedelta(hours=2))
    guess("other@example.org", "10.0.0.2")
    assert Attempt.objects.count() == 3


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Server, Server]]:
    """Two web processes of one installation; the proxy in front of them has the address 127.0.0.2."""
    with server(tmp_path, BOXWRIGHT_PROXIES="127.0.0.2/32") as one, started(tmp_path, one.environment) as other:
        one.set_up()
        yield one, other


def test_processes_count_together_and_believe_named_proxies_only(two: tuple[Server, Server]) -> None:
    """Ten tries at once through two processes, each claiming another address: the eleventh is refused by both."""

    def attempt(number: int) -> int:
        with two[number % 2].client() as client:
            claimed = {"X-Forwarded-For": f"10.0.0.{number}", "X-Forwarded-Proto": "https"}
            body = {"email": FIRST["email"], "password": "wrong"}
            return client.post("auth/token/", json=body, headers=claimed).status_code

    with ThreadPoolExecutor(8) as people:
        statuses = list(people.map(attempt, range(30)))
    assert sorted(statuses) == [400] * limits.LOGIN_TRIES + [429] * (30 - limits.LOGIN_TRIES)


def test_what_a_named_proxy_says_is_believed(two: tuple[Server, Server]) -> None:
    """Its last word only: what stands left of it came from the client."""
    import httpx

    with httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.2")) as proxy:

        def attempt(client: str) -> int:
            header = {"X-Forwarded-For": f"10.9.9.9, {client}"}
            body = {"email": FIRST["email"], "password": "wrong"}
            return proxy.post(f"{two[0].url}/api/v1/auth/token/", json=body, headers=header).status_code

        assert [attempt("10.0.0.1") for _ in range(11)] == [400] * 10 + [429]
        assert attempt("10.0.0.2") == 400
