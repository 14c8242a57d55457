"""Requests that no client of ours would send are refused, each with a problem; none is a fault of the server."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from boxwright import limits
from boxwright.projects.models import Project
from boxwright.teams.models import User

AsUser = Callable[[User], APIClient]


def cursor(*values: Any, backwards: bool = False) -> str:
    return base64.urlsafe_b64encode(json.dumps([backwards, values]).encode()).decode().rstrip("=")


QUERIES = [
    ("limit", "9" * 5000),
    ("limit", "0"),
    ("limit", "-1"),
    ("limit", "1\n"),
    ("limit", "\u0661"),
    ("cursor", "\0"),
    ("cursor", "A" * 5000),
    ("cursor", cursor("\0")),
    ("cursor", cursor("\ud800")),
    ("cursor", cursor(2**70)),
    ("cursor", cursor({"time": "0001-01-01T00:00:00+23:59"})),
    ("cursor", cursor({"time": "2026-01-01"})),
    ("cursor", cursor({"time": 5})),
    ("cursor", cursor(None)),
    ("cursor", cursor("a", "b")),
    ("cursor", base64.urlsafe_b64encode(b"[" * 700).decode()),
    ("cursor", base64.urlsafe_b64encode(b"[false, [NaN]]").decode()),
    ("cursor", base64.urlsafe_b64encode(b"[false, [" + b"9" * 600 + b"]]").decode()),
    ("search", "\0"),
    ("search", "a\x07"),
    ("queue", "\0"),
    ("label", "\0"),
    ("label", "9" * 5000),
    ("label", "\u0661"),
    ("order", "\0"),
]


@pytest.mark.parametrize(("name", "value"), QUERIES, ids=lambda each: ascii(each)[:30])
def test_an_odd_query_is_refused(project: Project, bob: User, as_user: AsUser, name: str, value: str) -> None:
    answer = as_user(bob).get(f"/api/v1/projects/{project.pk}/images/", {name: value})
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("name", ["team", "slug"])
def test_an_odd_slug_is_refused(alice: User, as_user: AsUser, name: str) -> None:
    assert as_user(alice).get("/api/v1/projects/", {name: "\0"}).status_code == 400


PATHS = [
    "projects/{}/",
    "projects/{}/images/",
    "images/{}/",
    "images/{}/annotations/",
    "images/1/revisions/{}/",
    "images/1/revisions/{}/restore/",
    "labels/{}/",
    "imports/{}/",
    "snapshots/{}/",
    "snapshots/1/diff/{}/",
    "runs/{}/",
    "artifacts/{}/",
    "teams/x/members/{}/",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("number", [0, 2**63, 2**64, 10**40, "9" * 5000], ids=["0", "63", "64", "40", "5000"])
def test_a_number_that_no_row_has_is_not_found(alice: User, as_user: AsUser, path: str, number: int | str) -> None:
    client = as_user(alice)
    for method in ("get", "post", "patch", "delete"):
        answer = getattr(client, method)(f"/api/v1/{path.format(number)}", {}, format="json")
        assert answer.status_code in {404, 405}, f"{method} {answer.status_code}"


def post(client: APIClient, body: bytes, kind: str = "application/json") -> int:
    answer = client.post("/api/v1/projects/", body, content_type=kind)
    assert answer.status_code >= 400
    assert answer["Content-Type"] == "application/problem+json"
    return int(answer.status_code)


NAMED = b'{"team": "plates", "task": "detection", "name": %s}'
BODIES = {
    "deep list": b"[" * 200_000,
    "deep object": b'{"a":' * 100_000,
    "one level too deep": b"[" * (limits.JSON_DEPTH + 1) + b"]" * (limits.JSON_DEPTH + 1),
    "not utf-8": b'{"name": "\xff"}',
    "null character": NAMED % b'"a\\u0000b"',
    "half of a pair": NAMED % b'"\\ud800"',
    "half of a pair as a name": b'{"\\ud800": 1}',
    "newline": NAMED % b'"a\\nb"',
    "digits": NAMED % (b"9" * 5000),
    "not a number": NAMED % b"NaN",
    "no object": b"[]",
    "a word": b'"x"',
    "nothing": b"null",
    "empty": b"",
}


@pytest.mark.parametrize("name", BODIES)
def test_an_odd_body_is_refused(alice: User, as_user: AsUser, name: str) -> None:
    assert post(as_user(alice), BODIES[name]) == 400


def test_what_nests_as_deep_as_allowed_is_read(alice: User, as_user: AsUser) -> None:
    deep = b"[" * (limits.JSON_DEPTH - 1) + b"]" * (limits.JSON_DEPTH - 1)
    answer = as_user(alice).post("/api/v1/projects/", b'{"name": ' + deep + b"}", content_type="application/json")
    assert "nested" not in answer.json()["detail"]


KINDS = {
    "": 400,
    "text": 415,
    "application/xml": 415,
    "application/json; charset=klingon": 400,
    "application/json; charset=\xff": 400,
    "multipart/form-data": 415,
    ";;;": 415,
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_odd_content_type_is_refused(alice: User, as_user: AsUser, kind: str) -> None:
    assert post(as_user(alice), b"{", kind) == KINDS[kind]


FORMS = {
    "no border": ("multipart/form-data", b"x"),
    "empty border": ("multipart/form-data; boundary=", b"--\r\n"),
    "odd border": ("multipart/form-data; boundary=\xff", b"--\xff\r\n"),
    "never ends": ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data; name=files"),
    "no name": ("multipart/form-data; boundary=b", b"--b\r\n\r\nx\r\n--b--\r\n"),
    "odd name": (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="files"; filename="\xff\x00\n"\r\n\r\nx\r\n--b--\r\n',
    ),
    "odd encoding": (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\nx=x\r\n--b--\r\n',
    ),
    "odd charset": ("multipart/form-data; boundary=b; charset=klingon", b"--b--\r\n"),
    "json": ("application/json", b"{}"),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_broken_form_is_refused(project: Project, bob: User, as_user: AsUser, name: str) -> None:
    kind, body = FORMS[name]
    for path in ("images", "imports"):
        answer = as_user(bob).post(f"/api/v1/projects/{project.pk}/{path}/", body, content_type=kind)
        assert answer.status_code in {200, 400, 415}, answer.content


def test_of_many_errors_some_are_told_and_all_are_counted(alice: User, as_user: AsUser) -> None:
    labels = [{"name": ""}] * 30
    body = {"team": "plates", "name": "x", "task": "detection", "labels": labels}
    answer = as_user(alice).post("/api/v1/projects/", body, format="json").json()
    assert (len(answer["errors"]), answer["error_count"]) == (limits.ERRORS_AN_ANSWER, 30)


def test_values_of_json_are_counted_before_they_are_read(as_user: Callable[[User], APIClient], alice: User) -> None:
    body = '{"name": "P", "labels": [' + "0," * limits.JSON_VALUES + "0]}"
    answer = as_user(alice).post("/api/v1/projects/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["detail"]) == (400, "The request holds more than 100,000 values.")
