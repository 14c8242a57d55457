"""Undo goes with the image: over Next and back, over a reload, and never over what a colleague did."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.api import Api, Json
from tests.e2e.conftest import Server
from tests.e2e.drawings import pictures, written
from tests.e2e.steps import box_ids, draw_box, saved

shares_server = True
FIRST, SECOND = ((0.1, 0.2), (0.4, 0.6)), ((0.6, 0.2), (0.9, 0.6))


@pytest.fixture
def images(api: Api, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[int]]:
    """A new project's slug and its pictures."""
    project: Json = api.project("Undone", "detection", ["thing"])
    made = api.upload(project["id"], written(tmp_path_factory.mktemp("drawn"), pictures(2)))["created"]
    return project["slug"], [row["id"] for row in made]


def nothing_to_undo(page: Page) -> None:
    expect(page.get_by_test_id("tool-undo").first).to_have_attribute("title", re.compile("Nothing to undo"))


def test_undo_goes_over_next_back_and_a_reload(
    server: Server, api: Api, ada: Page, images: tuple[str, list[int]]
) -> None:
    slug, (one, other) = images
    ada.goto(f"{server.url}/p/{slug}/label/{one}")
    draw_box(ada, *FIRST)
    (first,) = box_ids(ada, 1)
    ada.keyboard.press("Enter")
    expect(ada).to_have_url(re.compile(rf"/label/{other}\b"))
    nothing_to_undo(ada)
    ada.keyboard.press("ArrowLeft")
    expect(ada).to_have_url(re.compile(rf"/label/{one}\b"))
    box_ids(ada, 1)
    ada.keyboard.press("Control+z")
    box_ids(ada, 0)
    saved(ada)
    assert api.get(f"images/{one}/annotations/")["annotations"] == []

    ada.reload()

    nothing_to_undo(ada)
    ada.keyboard.press("Control+Shift+z")
    assert box_ids(ada, 1) == [first]
    draw_box(ada, *SECOND)
    box_ids(ada, 2)
    ada.keyboard.press("f")
    ada.reload()  # at once: the page writes down what it did as it goes
    assert first in box_ids(ada, 2)
    ada.keyboard.press("Control+z")
    ada.keyboard.press("Control+z")
    assert box_ids(ada, 1) == [first]
    ada.keyboard.press("Control+Shift+z")
    ids = box_ids(ada, 2)
    saved(ada)
    marks = api.get(f"images/{one}/annotations/")["annotations"]
    assert sorted(mark["id"] for mark in marks) == sorted(ids)
    assert [mark.get("attributes") for mark in marks] == [None, None]


def test_undo_leaves_what_a_colleague_changed(
    server: Server, api: Api, ada: Page, images: tuple[str, list[int]]
) -> None:
    slug, (one, _) = images
    ada.goto(f"{server.url}/p/{slug}/label/{one}")
    draw_box(ada, *FIRST)
    ada.keyboard.press("Escape")
    draw_box(ada, *SECOND)
    _, second = sorted(box_ids(ada, 2))
    saved(ada)
    state = api.get(f"images/{one}/annotations/")
    mark = next(mark for mark in state["annotations"] if mark["id"] == second)
    theirs = {**mark, "x_max": mark["x_max"] - 7}
    api.patch(f"images/{one}/annotations/", base_revision=state["revision"], upsert=[theirs], delete=[])
    nothing_to_undo(ada)

    ada.reload()

    box_ids(ada, 2)
    nothing_to_undo(ada)
    ada.keyboard.press("Control+z")
    box_ids(ada, 2)
    saved(ada)
    assert api.get(f"images/{one}/annotations/")["revision"] == state["revision"] + 1
