"""Keys of scripts: named, with scopes and an end, listed, revoked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from rest_framework.test import APIClient

from boxwright import limits
from boxwright.projects.models import Project
from boxwright.teams.models import Token, User
from boxwright.teams.tokens import new_token
from tests.conftest import PASSWORD

As = Callable[[User], APIClient]
URL = "/api/v1/auth/token/"


def make(user: User, **wanted: Any) -> dict[str, Any]:
    answer = APIClient().post(URL, {"email": user.email, "password": PASSWORD, **wanted})
    assert answer.status_code == 200, answer.json()
    body: dict[str, Any] = answer.json()
    return body


def script(key: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {key}")
    return client


def test_without_wishes_a_token_may_all_and_lasts_ninety_days(alice: User) -> None:
    made = make(alice)
    assert (made["name"], made["scopes"]) == ("Script", ["read", "annotate", "ingest", "train", "manage"])
    days = Token.objects.filter(expires_at__gt=Now() + timedelta(days=89), expires_at__lt=Now() + timedelta(days=91))
    assert days.exists()
    assert script(made["token"]).get("/api/v1/me/").status_code == 200


def test_a_token_may_what_its_scopes_say(alice: User, project: Project) -> None:
    reader = script(make(alice, scopes=["read"])["token"])
    url = f"/api/v1/projects/{project.pk}/"
    assert reader.get(url).status_code == 200
    refused = reader.delete(url)
    assert refused.status_code == 403
    assert "scopes" in refused.json()["detail"]
    assert reader.get("/api/v1/auth/sessions/").status_code == 403
    assert reader.options(url).status_code == 200


@pytest.mark.parametrize("wanted", [{"scopes": []}, {"scopes": ["root"]}, {"expires_in_days": 0},
                                    {"expires_in_days": limits.TOKEN_DAYS + 1}])  # fmt: skip
def test_a_token_that_can_not_be_is_refused(alice: User, wanted: dict[str, Any]) -> None:
    answer = APIClient().post(URL, {"email": alice.email, "password": PASSWORD, **wanted})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"].startswith(next(iter(wanted)))


def test_an_expired_token_opens_nothing(alice: User, as_user: As) -> None:
    client = script(make(alice, expires_in_days=1)["token"])
    assert client.get("/api/v1/me/").status_code == 200
    Token.objects.update(expires_at=Now() - timedelta(seconds=1))
    assert client.get("/api/v1/me/").status_code == 401
    assert as_user(alice).get("/api/v1/auth/tokens/").json()["results"] == []


def test_one_without_end_is_only_made_on_purpose(alice: User) -> None:
    assert make(alice, expires_in_days=None)["expires_at"] is None
    assert make(alice)["expires_at"] is not None


def test_tokens_are_listed_without_their_keys_and_revoked_by_their_owner(alice: User, bob: User, as_user: As) -> None:
    made = make(alice, name="Nightly", scopes=["train", "read"])
    script(made["token"]).get("/api/v1/me/")
    [row] = as_user(alice).get("/api/v1/auth/tokens/").json()["results"]
    assert (row["name"], row["scopes"], row["last_used_at"] is not None) == ("Nightly", ["read", "train"], True)
    assert "token" not in row
    assert as_user(bob).delete(f"/api/v1/auth/tokens/{row['id']}/").status_code == 404
    assert as_user(alice).delete(f"/api/v1/auth/tokens/{row['id']}/").status_code == 204
    assert script(made["token"]).get("/api/v1/me/").status_code == 401


def test_the_oldest_beyond_the_limit_stop_working(alice: User) -> None:
    keys = [new_token(alice)[1] for _ in range(limits.TOKENS_A_PERSON + 1)]
    assert script(keys[0]).get("/api/v1/me/").status_code == 401
    assert [script(key).get("/api/v1/me/").status_code for key in keys[1:3]] == [200, 200]
