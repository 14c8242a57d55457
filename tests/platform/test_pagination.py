"""Keyset pages."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.request import Request
from rest_framework.test import APIClient, APIRequestFactory

from boxwright.api.pagination import CursorPage
from boxwright.projects.models import Label, Project
from boxwright.teams.models import User

ORDERINGS = [("id",), ("-id",), ("position", "id"), ("-position", "-id"), ("-position", "id"), ("name",)]


@pytest.fixture
def labels(project: Project) -> Project:
    """25 labels, many with the same position."""
    Label.objects.bulk_create(
        Label(project=project, name=f"label {n:02}", color="#000000", position=n % 4) for n in range(23)
    )
    return project


def read(url: str, ordering: tuple[str, ...]) -> tuple[list[int], str | None, str | None]:
    pages = CursorPage(ordering)
    rows = pages.paginate_queryset(Label.objects.all(), Request(APIRequestFactory().get(url)))
    body: dict[str, Any] = pages.get_paginated_response([row.pk for row in rows]).data
    return body["results"], body["next"], body["previous"]


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_pages_forth_and_back_hold_each_row_once(labels: Project, ordering: tuple[str, ...]) -> None:
    expected = list(Label.objects.order_by(*ordering).values_list("pk", flat=True))
    url: str | None = "/x/?limit=7"
    forth, last = [], ""
    while url:
        page, following, _ = read(url, ordering)
        forth += page
        last, url = url, following
    assert forth == expected
    back: list[int] = []
    url = last
    while url:
        page, _, url = read(url, ordering)
        back = page + back
    assert back == expected


@given(limit=st.integers(1, 30), gone=st.integers(0, 24))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_rows_that_go_shift_nothing(labels: Project, limit: int, gone: int) -> None:
    everything = list(Label.objects.order_by("position", "id").values_list("pk", flat=True))
    first, following, _ = read(f"/x/?limit={limit}", ("position", "id"))
    if following is None:
        return
    hidden = everything[gone]
    pages = CursorPage(("position", "id"))
    rows = pages.paginate_queryset(
        Label.objects.exclude(pk=hidden), Request(APIRequestFactory().get(f"{following}&limit=200"))
    )
    seen = [row.pk for row in rows]
    assert seen == [pk for pk in everything[len(first) :] if pk != hidden]


def test_the_links_keep_the_query(as_user: Callable[[User], APIClient], alice: User, labels: Project) -> None:
    page = as_user(alice).get(f"/api/v1/projects/{labels.pk}/labels/", {"limit": "2"}).json()
    assert page["previous"] is None
    assert "limit=2" in page["next"]
    following = as_user(alice).get(page["next"]).json()
    assert following["previous"]
    assert as_user(alice).get(following["previous"]).json()["results"] == page["results"]
