"""Links that let one person join."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from boxwright.teams.models import Invitation, Membership, Role, Team, User
from boxwright.teams.tokens import new_token
from tests.conftest import PASSWORD

As = Callable[[User], APIClient]
URL = "/api/v1/teams/plates/invitations/"
NEW = {"email": "new@example.org", "name": "New", "password": PASSWORD}


def invite(client: APIClient, **wanted: Any) -> dict[str, Any]:
    answer = client.post(URL, {"role": "annotator", **wanted})
    assert answer.status_code == 201, answer.json()
    body: dict[str, Any] = answer.json()
    return body


def token_of(invitation: dict[str, Any]) -> str:
    return str(invitation["link"]).rpartition("/join#")[2]


def accept(client: APIClient, token: str, **account: str) -> Any:
    return client.post("/api/v1/invitations/accept/", {"token": token, **account})


@pytest.mark.parametrize("step", ["preview", "accept"])
def test_a_link_to_a_server_without_accounts_says_so(db: None, step: str) -> None:
    answer = APIClient().post(f"/api/v1/invitations/{step}/", {"token": "x" * 40, **NEW})
    assert answer.status_code == 404
    assert "not set up yet" in answer.json()["detail"]
    assert not User.objects.exists()


def test_a_link_makes_an_account_and_joins(as_user: As, alice: User) -> None:
    made = invite(as_user(alice))
    assert made["link"].startswith("http://testserver/join#")
    assert not made["mailed"]
    newcomer = APIClient()
    seen = newcomer.post("/api/v1/invitations/preview/", {"token": token_of(made)}).json()
    assert (seen["team"], seen["role"]) == ({"slug": "plates", "name": "Plates"}, "annotator")
    assert accept(newcomer, token_of(made), **NEW).json() == {
        "team": {"slug": "plates", "name": "Plates"},
        "role": "annotator",
    }
    assert newcomer.get("/api/v1/me/").json()["teams"][0]["role"] == "annotator"


def test_whoever_is_logged_in_just_joins(as_user: As, alice: User, charlie: User) -> None:
    assert accept(as_user(charlie), token_of(invite(as_user(alice)))).status_code == 200
    assert Membership.objects.filter(user=charlie).count() == 2


def test_a_script_joins_with_its_token(as_user: As, alice: User, charlie: User) -> None:
    script = APIClient(enforce_csrf_checks=True)
    script.credentials(HTTP_AUTHORIZATION=f"Token {new_token(charlie)[1]}")
    assert accept(script, token_of(invite(as_user(alice)))).status_code == 200


def test_another_site_can_make_nobody_join(as_user: As, alice: User, charlie: User) -> None:
    token = token_of(invite(as_user(alice)))
    browser = APIClient(enforce_csrf_checks=True)
    assert accept(browser, token, **NEW).status_code == 403
    browser.force_login(charlie)
    assert accept(browser, token).status_code == 403


def test_a_link_works_once(as_user: As, alice: User, charlie: User) -> None:
    token = token_of(invite(as_user(alice)))
    accept(as_user(charlie), token)
    again = accept(APIClient(), token, **NEW)
    assert again.status_code == 404
    assert "used already" in again.json()["detail"]
    assert not User.objects.filter(email="new@example.org").exists()


def test_a_link_expires(as_user: As, alice: User) -> None:
    token = token_of(invite(as_user(alice), expires_in_days=1))
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = APIClient().post("/api/v1/invitations/preview/", {"token": token})
    assert answer.status_code == 404
    assert "expired" in answer.json()["detail"]


def test_a_withdrawn_link_is_gone(as_user: As, alice: User) -> None:
    made = invite(as_user(alice))
    assert as_user(alice).delete(f"{URL}{made['id']}/").status_code == 204
    assert accept(APIClient(), token_of(made), **NEW).status_code == 404


def test_the_token_is_kept_as_its_hash_and_shown_once(as_user: As, alice: User) -> None:
    made = invite(as_user(alice))
    assert not Invitation.objects.filter(token_hash=token_of(made)).exists()
    assert "link" not in as_user(alice).get(URL).json()["results"][0]


@pytest.mark.parametrize("role", ["owner"])
def test_nobody_invites_above_their_own_role(as_user: As, alice: User, mona: User, role: str) -> None:
    assert as_user(mona).post(URL, {"role": role}).status_code == 403
    assert as_user(alice).post(URL, {"role": role}).status_code == 201


def test_a_member_keeps_the_higher_role(as_user: As, alice: User, mona: User, vera: User) -> None:
    accept(as_user(mona), token_of(invite(as_user(alice))))
    accept(as_user(vera), token_of(invite(as_user(alice))))
    assert Membership.objects.get(user=mona).role == Role.MANAGER
    assert Membership.objects.get(user=vera).role == Role.ANNOTATOR


def test_an_email_with_an_account_must_log_in(as_user: As, alice: User, charlie: User) -> None:
    token = token_of(invite(as_user(alice)))
    assert accept(APIClient(), token, **{**NEW, "email": "charlie@example.org"}).status_code == 409
    assert accept(as_user(charlie), token).status_code == 200


def test_what_a_new_account_lacks_is_named(as_user: As, alice: User) -> None:
    answer = accept(APIClient(), token_of(invite(as_user(alice))), email="new@example.org")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["name", "password"]


def test_where_a_mail_server_is_set_the_link_is_mailed(settings: Settings, as_user: As, alice: User) -> None:
    settings.MAIL_ENABLED = True
    made = invite(as_user(alice), email="new@example.org")
    assert made["mailed"]
    assert mail.outbox[0].to == ["new@example.org"]
    assert made["link"] in mail.outbox[0].body


def test_a_mail_begins_with_its_link_whatever_people_are_called(
    settings: Settings, as_user: As, alice: User, team: Team
) -> None:
    """A stranger's letter must not come under our name."""
    settings.MAIL_ENABLED = True
    User.objects.filter(pk=alice.pk).update(name="Your bank\n\nPay at https://evil.example \u202e")
    Team.objects.filter(pk=team.pk).update(name="Win\r\nBcc: all@example.org")
    made = invite(as_user(User.objects.get(pk=alice.pk)), email="new@example.org")
    [message] = mail.outbox
    lines = str(message.body).splitlines()
    assert message.subject == "Invitation to a team on Boxwright"
    assert lines[0] == f"Join: {made['link']}"
    assert lines[-2:] == ["Team: Win  Bcc: all@example.org", "Invited by: Your bank  Pay at https://evil.example  "]


def test_a_mail_server_that_is_away_loses_no_invitation(settings: Settings, as_user: As, alice: User) -> None:
    settings.MAIL_ENABLED = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    made = invite(as_user(alice), email="new@example.org")
    assert not made["mailed"]
    assert made["link"]


def test_a_mailed_link_never_comes_from_a_request(settings: Settings, as_user: As, alice: User) -> None:
    settings.LINKS_FOLLOW_REQUEST = False
    settings.PUBLIC_URL = "https://boxes.example.org"
    assert invite(as_user(alice))["link"].startswith("https://boxes.example.org/join#")
