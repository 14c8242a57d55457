"""Who may do what: every route and method of the URL map, for a stranger and for each role."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import DjangoDbBlocker
from rest_framework.test import APIClient

from boxwright.api import scopes
from boxwright.projects.models import Project
from boxwright.teams.models import Role, Team, User
from boxwright.teams.tokens import new_token
from tests.access import annotations, platform, training
from tests.access.table import ROLES, Body, Row, World
from tests.conftest import make_member, make_project, make_user, own_settings
from tests.databases import rolled_back

APPS: list[ModuleType] = [platform, annotations, training]
ROWS: list[Row] = [row for app in APPS for row in app.ROWS]
# Each test is rolled back inside the transaction that holds the world.
pytestmark = pytest.mark.django_db

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def routes(patterns: list[Any] | None = None) -> Iterator[URLPattern]:
    """Every route but Django's admin, which has a test of its own."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        elif isinstance(pattern, URLResolver) and pattern.app_name != "admin":
            yield from routes(pattern.url_patterns)


ROUTES = {str(route.name): route for route in routes()}


def methods_of(route: URLPattern) -> set[str]:
    kind = getattr(route.callback, "cls", None) or getattr(route.callback, "view_class", None)
    return {method for method in METHODS if hasattr(kind, method.lower())} if kind else {"GET"}


@pytest.fixture(scope="module", autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The world's, for all tests."""
    with override_settings(**own_settings(tmp_path_factory.mktemp("world"))):
        yield


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker, _own_folders: None) -> Iterator[World]:
    """Made once: every request is rolled back, so that none sees what another did."""
    with django_db_blocker.unblock(), rolled_back():
        made = make_world()
        for app in APPS:
            app.build(made)
        made.sessions = {role: session_of(user) for role, user in made.users.items()}
        yield made


def session_of(user: User) -> str:
    """The cookie of someone logged in, before a request begins."""
    client = APIClient()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def make_world() -> World:
    team, strangers = (Team.objects.create(slug=slug, name=slug.capitalize()) for slug in ("plates", "strangers"))
    people = {role: make_member(role, team, Role(role)) for role in ROLES if role in Role.values}
    people |= {"stranger": make_member("stranger", strangers, Role.OWNER), "bystander": make_user("bystander")}
    foreign = Project.objects.create(team=strangers, slug="foreign", name="Foreign", task="detection")
    return World(people, team, make_project(team, people["owner"]), strangers, foreign)


def test_every_route_has_a_name_and_a_row() -> None:
    unnamed = [str(route.pattern) for route in routes() if not route.name]
    assert len(ROUTES) == len(list(routes())), "two routes of one name"
    rows = {(row.route, row.method) for row in ROWS}
    present = {(name, method) for name, route in ROUTES.items() for method in methods_of(route)}
    missing = sorted(f"{method} {name}" for name, method in present - rows)
    assert not unnamed, "routes without a name"
    assert not missing, "routes without a row in tests/access"


def test_every_row_has_its_route() -> None:
    assert not [str(row) for row in ROWS if row.route not in ROUTES]
    assert len({(row.route, row.method) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_role_gets_its_status(row: Row, world: World) -> None:
    seen = {role: ask(row, world, role, world.own) for role in ROLES}
    wrong = {role: status for role, status in seen.items() if status not in row.expected(role)}
    assert not wrong, f"{row}: expected {row.statuses}"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_no_id_of_another_team_is_found(row: Row, world: World) -> None:
    """Each id of the address in turn is the stranger's, the others are one's own."""
    for name in arguments(row.route):
        if name != "rest":
            mixed = {**world.own, name: world.foreign[name]}
            assert ask(row, world, "owner", mixed) == 404, f"{row} with another team's {name}"


@pytest.mark.parametrize("row", [row for row in ROWS if row.foreign], ids=str)
def test_no_id_of_another_team_is_taken_from_a_body(row: Row, world: World) -> None:
    assert ask(row, world, "owner", world.own, row.foreign) in {400, 404}


@pytest.mark.parametrize("name", [name for name in sorted(ROUTES) if name not in {"page", "no-endpoint"}])
def test_a_method_without_a_row_is_refused(name: str, world: World) -> None:
    for method in set(METHODS) - methods_of(ROUTES[name]):
        assert ask(Row(method, name, ""), world, "owner", world.own) == 405


def test_each_row_needs_a_scope_of_its_own() -> None:
    """A new endpoint without a line in boxwright.api.scopes can be used by no token, and fails here."""
    api = {(row.route, row.method) for row in ROWS if row.route not in {"page", "no-endpoint", "health"}}
    told = {(route, method) for route, methods in scopes.TABLE.items() for method in methods}
    assert api == told


@pytest.mark.parametrize("row", [row for row in ROWS if row.route in scopes.TABLE], ids=str)
def test_a_token_without_the_scope_is_refused(row: Row, world: World) -> None:
    """All scopes but the one needed: 403. Only that one: what a browser gets."""
    needed = scopes.TABLE[row.route][row.method]
    rest = [scope for scope in scopes.SCOPES if scope != needed]
    with rolled_back():
        without, with_it = (new_token(world.users["owner"], scopes=granted)[1] for granted in (rest, [needed]))
        if needed != scopes.ANY and row.route != "token":
            assert ask(row, world, "anonymous", world.own, token=without) == 403
        if needed in scopes.SCOPES:
            assert ask(row, world, "anonymous", world.own, token=with_it) in row.expected("owner")


def arguments(route: str) -> list[str]:
    return list(ROUTES[route].pattern.converters) if route != "page" else []


def ask(row: Row, world: World, role: str, ids: dict[str, Any], body: Body = None, token: str = "") -> int:
    """The status of one request, with everything that it changed rolled back."""
    url = "/p/x/images" if row.route == "page" else reverse(row.route, kwargs={n: ids[n] for n in arguments(row.route)})
    body = row.body if body is None else body
    data = body(world) if callable(body) else body
    client = world.client
    client.cookies.clear()
    client.credentials(**({"HTTP_AUTHORIZATION": f"Token {token}"} if token else {}))
    with rolled_back():
        if role != "anonymous":
            client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[role]
        answer = plain(client, row, url) if data is None else send(client, row, url, data)
        status: int = answer.status_code
        if answer.streaming and not getattr(answer, "is_async", False):
            b"".join(answer)  # closes the file
    return status


def plain(client: APIClient, row: Row, url: str) -> Any:
    kind = row.headers.get("Content-Type", "application/octet-stream")
    return client.generic(row.method, url, row.raw.decode(), content_type=kind, headers=row.headers)


def send(client: APIClient, row: Row, url: str, data: dict[str, Any]) -> Any:
    return getattr(client, row.method.lower())(url, data, format="multipart" if row.form else "json")
