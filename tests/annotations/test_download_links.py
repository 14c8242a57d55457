"""A link to a snapshot's download: without a token, for an hour, and worth what its author is worth."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import signing
from rest_framework.test import APIClient

from annotations.models import Snapshot
from boxwright import limits
from boxwright.door.senders import Senders
from boxwright.projects.models import Project
from boxwright.teams.models import AuditEntry, Membership, Role, Token, User
from boxwright.teams.tokens import new_token
from tests.annotations.images import body_of, picture, upload
from tests.annotations.test_downloads import frozen
from tests.conftest import PASSWORD

AsUser = Callable[[User], APIClient]


@pytest.fixture
def snapshot(project: Project, mona: User, as_user: AsUser) -> Snapshot:
    upload(as_user(mona), project, a__jpg=picture(1))
    return frozen(project, mona)


def path(snapshot: Snapshot, query: str = "") -> str:
    return f"/api/v1/snapshots/{snapshot.pk}/download/voc/{query}"


def link(client: APIClient, snapshot: Snapshot, query: str = "?link=1") -> str:
    answer = client.get(path(snapshot, query))
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    parts = urlsplit(answer.json()["url"])
    assert parts.netloc == "testserver"
    return f"{parts.path}?{parts.query}"


def fetch(url: str, **headers: Any) -> Any:
    return APIClient().get(url, **headers)


def test_a_link_gives_the_very_zip_whole_and_in_parts(snapshot: Snapshot, vera: User, as_user: AsUser) -> None:
    whole = body_of(as_user(vera).get(path(snapshot)))
    url = link(as_user(vera), snapshot)
    assert body_of(fetch(url)) == whole
    assert body_of(fetch(url, HTTP_RANGE="bytes=100-")) == whole[100:]
    assert APIClient().head(url)["Content-Length"] == str(len(whole))
    names = AuditEntry.objects.filter(actor=vera).order_by("id").values_list("action", flat=True)
    assert list(names) == ["downloaded", "made download link"]


def test_a_link_says_when_it_ends(snapshot: Snapshot, vera: User, as_user: AsUser) -> None:
    expires = datetime.fromisoformat(as_user(vera).get(path(snapshot, "?link=1")).json()["expires"])
    left = expires - datetime.now().astimezone()
    assert timedelta(minutes=limits.LINK_MINUTES - 1) < left <= timedelta(minutes=limits.LINK_MINUTES, seconds=1)


def test_a_link_ends(snapshot: Snapshot, vera: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LINK_MINUTES", 0)
    refused = fetch(link(as_user(vera), snapshot))
    assert (refused.status_code, "ended" in refused.json()["detail"]) == (401, True)


def test_a_link_leads_to_one_address(snapshot: Snapshot, vera: User, as_user: AsUser) -> None:
    url = link(as_user(vera), snapshot, "?link=1&images=false")
    assert fetch(url).status_code == 200
    signature = url.partition("signature=")[2]
    others = [
        path(snapshot, f"?signature={signature}"),
        path(snapshot, f"?images=true&signature={signature}"),
        f"/api/v1/snapshots/{snapshot.pk}/manifest/?signature={signature}",
        f"/api/v1/snapshots/{snapshot.pk}/?images=false&signature={signature}",
        f"{url}x",
        path(snapshot, "?signature="),
        path(snapshot, f"?images=false&signature={signing.dumps([vera.pk, None, '', 2**40])}"),
    ]
    assert [fetch(other).status_code for other in others] == [401] * len(others)
    assert APIClient().post(url).status_code == 405


def test_a_link_makes_no_other_link(snapshot: Snapshot, vera: User, as_user: AsUser) -> None:
    """Else it would last for ever."""
    assert fetch(f"{link(as_user(vera), snapshot)}&link=1").status_code == 401


def test_a_link_dies_with_its_authors_access(project: Project, snapshot: Snapshot, vera: User, as_user: AsUser) -> None:
    url = link(as_user(vera), snapshot)
    Membership.objects.filter(user=vera).delete()
    assert fetch(url).status_code == 404
    Membership.objects.create(team=project.team, user=vera, role=Role.VIEWER)
    assert fetch(url).status_code == 200
    User.objects.filter(pk=vera.pk).update(is_active=False)
    assert fetch(url).status_code == 401
    User.objects.filter(pk=vera.pk).update(is_active=True)
    vera.set_password(f"{PASSWORD} again")
    vera.save()
    assert fetch(url).status_code == 401


def test_a_link_dies_with_its_project(
    project: Project, snapshot: Snapshot, vera: User, alice: User, as_user: AsUser
) -> None:
    url = link(as_user(vera), snapshot)
    assert as_user(alice).delete(f"/api/v1/projects/{project.pk}/").status_code == 204
    assert fetch(url).status_code == 404


def test_a_link_dies_with_the_token_that_asked_for_it(snapshot: Snapshot, vera: User) -> None:
    script = APIClient()
    script.credentials(HTTP_AUTHORIZATION=f"Token {new_token(vera, scopes=['read'])[1]}")
    url = link(script, snapshot)
    assert fetch(url).status_code == 200
    Token.objects.all().delete()
    assert fetch(url).status_code == 401


def test_a_stranger_gets_no_link(snapshot: Snapshot, charlie: User, as_user: AsUser) -> None:
    assert as_user(charlie).get(path(snapshot, "?link=1")).status_code == 404
    assert fetch(path(snapshot, "?link=1")).status_code == 401


@pytest.mark.parametrize("query", [b"cursor=%C2%8D", b"signature=%F0%9F", b"\xff", b"signature", b"a=1&signature=x&b"])
def test_the_door_takes_any_query(query: bytes) -> None:
    assert Senders().of({"headers": [], "query_string": query, "client": ("1.2.3.4", 5)}) == "1.2.3.4"
