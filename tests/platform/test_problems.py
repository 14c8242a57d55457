"""Every error has one shape."""

import errno
from collections.abc import Callable

import pytest
from django.urls import path
from pytest_django import Settings
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient

from boxwright import limits, urls
from boxwright.api.views import OpenEndpoint
from boxwright.errors import (
    Conflict,
    DomainError,
    Invalid,
    NoRoom,
    NotAllowed,
    NotFound,
    TooLarge,
    TooMany,
    TooSlow,
    Unavailable,
)
from boxwright.storage import ObjectMissing, StoreAway
from boxwright.teams.models import User

RAISED: dict[str, DomainError] = {
    "408": TooSlow("Late."),
    "429": TooMany("Many."),
    "507": NoRoom("Full."),
    "400": Invalid("Wrong.", {"x": "bad"}),
    "403": NotAllowed("No."),
    "404": NotFound("None."),
    "500-object": ObjectMissing("a/b"),
    "409": Conflict("Moved on.", current={"revision": 3}),
    "413": TooLarge("Big."),
    "503": Unavailable("Away."),
    "503-store": StoreAway("connection refused"),
}


class Failing(OpenEndpoint):
    def get(self, _request: Request, name: str) -> Response:
        raise RAISED.get(name, ZeroDivisionError)


urlpatterns = [path("api/v1/fail/<name>/", Failing.as_view()), *urls.urlpatterns]
handler404, handler500 = urls.handler404, urls.handler500


@pytest.fixture(autouse=True)
def _routes(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__


@pytest.mark.parametrize("name", RAISED)
def test_a_domain_error_is_a_problem(name: str) -> None:
    answer = APIClient().get(f"/api/v1/fail/{name}/")
    assert answer.status_code == int(name[:3])
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["type"].startswith("urn:boxwright:")
    assert body["title"]
    assert body["detail"] == RAISED[name].detail


def test_a_problem_carries_what_the_caller_needs() -> None:
    assert APIClient().get("/api/v1/fail/409/").json()["current"] == {"revision": 3}
    assert APIClient().get("/api/v1/fail/400/").json()["errors"] == [{"field": "x", "detail": "bad"}]


def test_a_bug_is_a_500_that_tells_nothing() -> None:
    answer = APIClient(raise_request_exception=False).get("/api/v1/fail/bug/")
    assert answer.status_code == 500
    assert answer["Content-Type"] == "application/problem+json"
    assert "Zero" not in answer.content.decode()


def test_a_full_disk_is_no_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **_names: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Failing, "get", full)
    answer = APIClient().get("/api/v1/fail/x/")
    assert (answer.status_code, answer.json()["title"]) == (507, "No room")


@pytest.mark.parametrize(
    ("method", "url", "body", "kind", "status"),
    [
        ("get", "/api/v1/nothing/", None, None, 404),
        ("post", "/api/v2/projects", {}, "json", 404),
        ("get", "/api/v1/me/", None, None, 401),
        ("put", "/api/v1/auth/token/", {}, "json", 405),
        ("post", "/api/v1/auth/token/", {"email": "x"}, "multipart", 415),
        ("post", "/api/v1/auth/token/", {"email": "x"}, "json", 400),
    ],
)
def test_errors_of_the_framework_are_problems(
    db: None, method: str, url: str, body: dict[str, str] | None, kind: str | None, status: int
) -> None:
    answer = getattr(APIClient(enforce_csrf_checks=True), method)(url, body, format=kind)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert set(answer.json()) >= {"type", "title", "status", "detail"}


def test_broken_json_is_a_problem(db: None) -> None:
    answer = APIClient().post("/api/v1/auth/token/", "{", content_type="application/json")
    assert answer.status_code == 400


def test_a_json_body_is_bounded(db: None) -> None:
    body = '{"email": "%s"}' % ("x" * limits.JSON_BYTES)
    answer = APIClient().post("/api/v1/auth/token/", body, content_type="application/json")
    assert answer.status_code == 413


def test_huge_ids_and_odd_cursors_are_no_bugs(as_user: Callable[[User], APIClient], alice: User) -> None:
    client = as_user(alice)
    assert client.get("/api/v1/projects/99999999999999999999/").status_code == 404
    for cursor in ("x", "W10", "WzEsWyJhIl1d", "é", "eyJ9"):
        assert client.get("/api/v1/projects/", {"cursor": cursor}).status_code in {200, 400}
    assert client.get("/api/v1/projects/", {"limit": "201"}).status_code == 400
