"""Nobody comes back who was sent away: removal and demotion end links, claims and access at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db.models.functions import Now
from rest_framework.test import APIClient

from annotations.models import Image
from boxwright.projects.models import Project
from boxwright.teams.models import Invitation, Membership, Role, Team, User
from boxwright.teams.tokens import new_token
from tests.conftest import PASSWORD, make_member
from tests.services.server import server

As = Callable[[User], APIClient]
URL = "/api/v1/teams/plates/invitations/"
NEW = {"email": "new@example.org", "name": "New", "password": PASSWORD}


@pytest.fixture
def olga(team: Team) -> User:
    """The second owner."""
    return make_member("olga", team, Role.OWNER)


def link(client: APIClient, role: str, **more: Any) -> str:
    answer = client.post(URL, {"role": role, **more})
    assert answer.status_code == 201, answer.json()
    return str(answer.json()["link"]).partition("#")[2]


def accept(client: APIClient, token: str, **account: str) -> int:
    status: int = client.post("/api/v1/invitations/accept/", {"token": token, **account}).status_code
    return status


def member_url(user: User) -> str:
    return f"/api/v1/teams/plates/members/{Membership.objects.get(user=user, team__slug='plates').pk}/"


def test_an_owner_does_not_return_by_her_own_link(as_user: As, alice: User, olga: User) -> None:
    token = link(as_user(olga), "owner")
    assert as_user(alice).delete(member_url(olga)).status_code == 204
    assert accept(as_user(olga), token) == 404
    assert accept(APIClient(), token, **NEW) == 404
    assert not Membership.objects.filter(user=olga).exists()
    assert not Invitation.objects.exists()


def test_nor_by_a_link_that_somebody_else_made_before(as_user: As, alice: User, bob: User) -> None:
    token = link(as_user(alice), "annotator")
    as_user(alice).delete(member_url(bob))
    assert accept(as_user(bob), token) == 404
    assert accept(as_user(bob), link(as_user(alice), "viewer")) == 200


def test_a_demoted_manager_does_not_climb_by_an_old_link(as_user: As, alice: User, mona: User) -> None:
    own, given = link(as_user(mona), "manager"), link(as_user(alice), "manager")
    as_user(alice).patch(member_url(mona), {"role": "viewer"})
    assert accept(as_user(mona), own) == 404
    assert accept(as_user(mona), given) == 404
    assert Membership.objects.get(user=mona).role == Role.VIEWER


@pytest.mark.parametrize(
    ("author_now", "invited", "works"),
    [
        ("owner", "owner", True),
        ("manager", "owner", False),
        ("manager", "manager", True),
        ("annotator", "viewer", False),
        (None, "viewer", False),
    ],
)
def test_the_present_rank_of_the_author_counts(
    as_user: As, alice: User, olga: User, charlie: User, author_now: str | None, invited: str, works: bool
) -> None:
    """However the rank came to be what it is: behind the back of every use case."""
    token = link(as_user(olga), invited)
    mine = Membership.objects.filter(user=olga)
    _ = mine.update(role=author_now) if author_now else mine.delete()
    preview = APIClient().post("/api/v1/invitations/preview/", {"token": token})
    assert preview.status_code == (200 if works else 404)
    assert accept(as_user(charlie), token) == (200 if works else 404)


def test_a_deactivated_author_invites_nobody(as_user: As, alice: User, olga: User, charlie: User) -> None:
    token = link(as_user(olga), "viewer")
    User.objects.filter(pk=olga.pk).update(is_active=False)
    assert accept(as_user(charlie), token) == 404


def test_whoever_leaves_takes_her_links_along_and_may_return(as_user: As, alice: User, olga: User) -> None:
    own, given = link(as_user(olga), "viewer"), link(as_user(alice), "viewer")
    assert as_user(olga).delete(member_url(olga)).status_code == 204
    assert accept(as_user(olga), own) == 404
    assert accept(as_user(olga), given) == 200


def test_a_promotion_withdraws_nothing(as_user: As, alice: User, mona: User, charlie: User) -> None:
    token = link(as_user(mona), "manager")
    as_user(alice).patch(member_url(mona), {"role": "owner"})
    assert accept(as_user(charlie), token) == 200


def test_token_and_session_end_with_the_membership(alice: User, bob: User, as_user: As, project: Project) -> None:
    script, browser = APIClient(), APIClient()
    script.credentials(HTTP_AUTHORIZATION=f"Token {new_token(bob)[1]}")
    browser.force_login(bob)
    url = f"/api/v1/projects/{project.pk}/"
    assert [client.get(url).status_code for client in (script, browser)] == [200, 200]
    as_user(alice).delete(member_url(bob))
    assert [client.get(url).status_code for client in (script, browser)] == [404, 404]


@pytest.mark.parametrize(("change", "kept"), [({"role": "viewer"}, False), ({"role": "manager"}, True), (None, False)])
def test_claims_end_with_the_right_to_label(
    as_user: As, alice: User, bob: User, project: Project, change: dict[str, str] | None, kept: bool
) -> None:
    image = Image.objects.create(
        project=project, sha256="0" * 64, name="a.jpg", width=9, height=9, size=9, claimed_by=bob,
        claim_expires_at=Now() + timedelta(seconds=80),
    )  # fmt: skip
    owner = as_user(alice)
    _ = owner.patch(member_url(bob), change) if change else owner.delete(member_url(bob))
    image.refresh_from_db()
    assert (image.claimed_by == bob) is kept


def test_a_link_that_is_used_while_its_author_is_removed_brings_nobody_back(tmp_path: Path) -> None:
    """Whichever comes first, in a real server with real threads."""
    with server(tmp_path) as running, running.client(running.set_up()) as alice, running.client() as olga:
        for number in range(5):
            account = {**NEW, "email": f"olga{number}@example.org"}
            invited = alice.post("teams/plates/invitations/", json={"role": "owner"}).json()
            olga.cookies.clear()
            olga.get("auth/session/")
            csrf = {"X-CSRFToken": olga.cookies["csrftoken"]}
            first = {"token": invited["link"].partition("#")[2], **account}
            assert olga.post("invitations/accept/", json=first, headers=csrf).status_code == 200
            csrf = {"X-CSRFToken": olga.cookies["csrftoken"]}
            own = olga.post("teams/plates/invitations/", json={"role": "owner"}, headers=csrf).json()
            token = {"token": own["link"].partition("#")[2]}
            [mine] = [row for row in members(alice) if row["user"]["email"] == account["email"]]
            with ThreadPoolExecutor(2) as both:
                away = both.submit(alice.delete, f"teams/plates/members/{mine['id']}/")
                back = both.submit(olga.post, "invitations/accept/", json=token, headers=csrf)
            assert away.result().status_code == 204
            assert back.result().status_code in {200, 404}
            assert [row["user"]["name"] for row in members(alice)] == ["Alice"]


def members(client: httpx.Client) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = client.get("teams/plates/members/").json()["results"]
    return rows
