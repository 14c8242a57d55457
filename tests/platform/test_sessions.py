"""Where I am logged in: listed, ended one by one or all at once, by themselves when unused or old."""

import base64
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db.models.functions import Now
from rest_framework.test import APIClient

from boxwright import limits
from boxwright.teams import sessions
from boxwright.teams.models import Session, User
from tests.conftest import PASSWORD

URL = "/api/v1/auth/sessions/"


def log_in(user: User, address: str = "127.0.0.1", browser: str = "Firefox/140") -> APIClient:
    client = APIClient(REMOTE_ADDR=address)
    answer = client.post(
        "/api/v1/auth/login/", {"email": user.email, "password": PASSWORD}, headers={"user-agent": browser}
    )
    assert answer.status_code == 200, answer.json()
    return client


def listed(client: APIClient) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = client.get(URL).json()["results"]
    return rows


def is_in(client: APIClient) -> bool:
    return bool(client.get("/api/v1/me/").status_code == 200)


def test_each_browser_is_listed_with_where_it_is(alice: User, bob: User) -> None:
    desk, phone = log_in(alice), log_in(alice, "10.0.0.7", "Mobile Safari")
    log_in(bob)
    rows = [(row["address"], row["browser"], row["current"]) for row in listed(phone)]
    assert rows == [("10.0.0.7", "Mobile Safari", True), ("127.0.0.1", "Firefox/140", False)]
    assert [row["current"] for row in listed(desk)] == [False, True]
    keys = set(Session.objects.values_list("session_key", flat=True))
    assert not any(key in phone.get(URL).content.decode() for key in keys)


def test_pages_of_sessions_carry_no_key(alice: User) -> None:
    clients = [log_in(alice) for _ in range(3)]
    seen, url = [], f"{URL}?limit=1"
    while url:
        page = clients[0].get(url).json()
        seen += [row["id"] for row in page["results"]]
        url = page["next"] or ""
        cursor = dict(parse_qsl(urlsplit(url).query)).get("cursor", "")
        told = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        assert not any(key in told for key in Session.objects.values_list("session_key", flat=True))
    assert len(set(seen)) == 3


def test_one_session_is_ended(alice: User, bob: User) -> None:
    desk, phone = log_in(alice), log_in(alice)
    [other] = [row for row in listed(desk) if not row["current"]]
    assert log_in(bob).delete(f"{URL}{other['id']}/").status_code == 404
    assert desk.delete(f"{URL}{other['id']}/").status_code == 204
    assert (is_in(desk), is_in(phone)) == (True, False)


def test_all_others_are_ended_at_once(alice: User, bob: User) -> None:
    desk, phone, theirs = log_in(alice), log_in(alice), log_in(bob)
    assert desk.delete(URL).status_code == 204
    assert (is_in(desk), is_in(phone), is_in(theirs)) == (True, False, True)


@pytest.mark.parametrize(
    ("column", "age", "lasts"),
    [
        ("seen_at", timedelta(hours=limits.SESSION_IDLE_HOURS, minutes=1), False),
        ("seen_at", timedelta(hours=limits.SESSION_IDLE_HOURS - 1), True),
        ("created_at", timedelta(days=limits.SESSION_DAYS, minutes=1), False),
        ("created_at", timedelta(days=limits.SESSION_DAYS - 1), True),
    ],
)
def test_unused_and_old_sessions_end(alice: User, column: str, age: timedelta, lasts: bool) -> None:
    client = log_in(alice)
    Session.objects.update(**{column: Now() - age})
    assert is_in(client) is lasts
    sessions.prune()
    assert Session.objects.exists() is lasts


def test_use_is_noted_at_most_once_in_a_few_minutes(alice: User, django_assert_num_queries: Any) -> None:
    client = log_in(alice)
    is_in(client)
    with django_assert_num_queries(3):  # session, user, teams: no write
        is_in(client)
    Session.objects.update(seen_at=Now() - timedelta(hours=1))
    is_in(client)
    assert Session.objects.filter(seen_at__gt=Now() - timedelta(minutes=1)).exists()


def test_a_new_password_begins_a_new_session(alice: User) -> None:
    """The old key is worth nothing, and what is kept of the browser goes along."""
    client = log_in(alice)
    old = Session.objects.get()
    change = {"current": PASSWORD, "new": "another horse battery"}
    assert client.post("/api/v1/auth/password/", change).status_code == 204
    new = Session.objects.get()
    assert new.session_key != old.session_key
    assert (new.user, new.browser) == (alice, "Firefox/140")
    assert is_in(client)


def test_a_page_sends_nothing_under_the_name_of_who_signed_in_after(alice: User, bob: User) -> None:
    browser = log_in(bob)
    name = {"name": "Alice's hand"}
    refused = browser.patch("/api/v1/me/", name, headers={"X-Boxwright-Person": str(alice.pk)})
    assert refused.status_code == 401
    assert "Somebody else" in refused.json()["detail"]
    bob.refresh_from_db()
    assert bob.name != name["name"]
    assert browser.patch("/api/v1/me/", name, headers={"X-Boxwright-Person": str(bob.pk)}).status_code == 200
