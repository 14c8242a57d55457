"""Statements that the ORM writes once and calls fill in."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, Q, QuerySet, Value
from django.test.utils import CaptureQueriesContext

from boxwright.statements import Change, Insert, Rows, Update, returning
from boxwright.teams.models import Membership, Team

pytestmark = pytest.mark.django_db


@Rows
def by_slug(slug: str, least: int) -> QuerySet[Team, Team]:
    return Team.objects.filter(Q(slug=slug) | Q(name=slug), pk__gte=least).annotate(said=Value("so"))


@Rows
def slugs(least: int) -> QuerySet[Team, str]:
    return Team.objects.filter(pk__gte=least).order_by("-slug").values_list("slug", flat=True)


@Update
def rename(pk: int, name: str) -> Change:
    return Team.objects.filter(pk=pk), {"name": name, "slug": F("slug")}


@pytest.fixture
def teams() -> list[Team]:
    return [Team.objects.create(name=name, slug=name.lower()) for name in ("One", "Two", "Three")]


def test_each_call_has_its_own_values(teams: list[Team]) -> None:
    assert [by_slug.first("one", 0), by_slug.first("Two", 0), by_slug.first("none", 0)] == [*teams[:2], None]
    assert by_slug("one", teams[1].pk) == []
    found: Any = by_slug.first("three", 0)
    assert (found.name, found.said) == ("Three", "so")


def test_rows_of_single_columns_keep_their_order(teams: list[Team]) -> None:
    assert slugs(0)[:3] == ["two", "three", "one"]
    assert slugs(teams[2].pk) == ["three"]


def test_one_call_is_one_query_with_what_is_there_now(teams: list[Team]) -> None:
    for name in ("First", "Second"):
        with CaptureQueriesContext(connection) as queries:
            assert rename(teams[0].pk, name) == 1
        assert len(queries) == 1
        assert [team.name for team in by_slug("one", 0)] == [name]
    assert rename(10**9, "Nobody") == 0


def test_a_change_answers_what_it_left(teams: list[Team]) -> None:
    renamed = returning("name", "slug")(lambda least, name: (Team.objects.filter(pk__gte=least), {"name": name}))
    assert renamed(teams[2].pk, "New") == [("New", "three")]
    assert renamed(10**9, "Nobody") == renamed(2**63, "Nobody") == []


def test_a_row_is_written_as_the_model_would(teams: list[Team], django_user_model: Any) -> None:
    insert, person = Insert(Membership), django_user_model.objects.create(email="ann@example.org", name="Ann")
    for team in teams[:2]:
        insert(team=team, user=person, role="manager")
    made = Membership.objects.create(team=teams[2], user=person, role="manager")
    rows = Membership.objects.filter(user=person).order_by("pk").values("team", "role")
    assert list(rows) == [{"team": team.pk, "role": made.role} for team in teams]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's driver keeps statements by itself")
def test_what_comes_again_is_parsed_once(teams: list[Team]) -> None:
    for _ in range(7):
        assert len(slugs(teams[1].pk)) == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%teams_team%'")
        assert cursor.fetchone() == (1,)


def test_related_rows_come_with_it(teams: list[Team], django_user_model: Any) -> None:
    person = django_user_model.objects.create(email="ann@example.org", name="Ann")
    Membership.objects.create(team=teams[0], user=person, role="manager")
    of_person = Rows(lambda pk: Membership.objects.filter(user_id=pk).select_related("team"))
    with CaptureQueriesContext(connection) as queries:
        assert [membership.team.name for membership in of_person(person.pk)] == ["One"]
    assert len(queries) == 1


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**30])
def test_a_number_that_no_column_holds_finds_and_changes_nothing(number: int) -> None:
    assert slugs(number) == []
    assert rename(number, "Nobody") == 0


def test_a_value_that_would_change_the_statement_is_refused() -> None:
    with pytest.raises(TypeError):
        Rows(lambda pk: Team.objects.filter(pk=pk))(None)  # type: ignore[arg-type] # refused when it runs, too
    with pytest.raises(ValueError, match="filled in"):
        Rows(lambda unused: Team.objects.all())(1)


@pytest.mark.django_db(transaction=True)
def test_threads_share_no_connection(teams: list[Team]) -> None:
    def ask(name: str) -> str:
        try:
            found = by_slug.first(name, 0)
            return found.name if found else ""
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(ask, ["one", "two", "three"] * 8)) == ["One", "Two", "Three"] * 8
