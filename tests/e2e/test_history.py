"""The history of an image: who changed what, drawn on the picture; restored, and restored back."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.api import PASSWORD, Api, Json, box
from tests.e2e.conftest import Server
from tests.e2e.drawings import picture, written
from tests.e2e.steps import box_ids, draw_box, saved
from tests.services.processes import PATIENCE

shares_server = True


@pytest.fixture(scope="module")
def ben(server: Server, api: Api) -> Iterator[Api]:
    """A colleague at his scripts."""
    token = api.post("teams/plates/invitations/", role="annotator")["link"].partition("#")[2]
    who = {"email": "history-ben@example.org", "name": "Ben", "password": PASSWORD}
    with httpx.Client(base_url=f"{server.url}/api/v1/", timeout=PATIENCE) as browser:
        browser.get("auth/session/")
        headers = {"X-CSRFToken": browser.cookies["csrftoken"]}
        browser.post("invitations/accept/", json={"token": token, **who}, headers=headers).raise_for_status()
    with Api(server.url, who["email"]) as made:
        yield made


@pytest.fixture(scope="module")
def project(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Json:
    made = api.project("Looked back on", "detection", ["cat", "dog"])
    files = {f"{seed}.png": picture(seed) for seed in range(2)}
    return {**made, **api.upload(made["id"], written(tmp_path_factory.mktemp("drawn"), files))}


def opened(page: Page, server: Server, project: Json, image: Json) -> None:
    page.goto(f"{server.url}/p/{project['slug']}/label/{image['id']}")
    expect(page.get_by_test_id("picture")).to_be_visible()


def entries(page: Page, count: int) -> Locator:
    found = page.get_by_test_id("history-entry")
    expect(found).to_have_count(count)
    return found


def kinds(page: Page) -> list[str]:
    marks = page.get_by_test_id("diff").locator("g[data-kind]")
    return sorted(mark.get_attribute("data-kind") or "" for mark in marks.all())


def test_a_colleagues_change_is_seen_restored_and_restored_back(
    server: Server, api: Api, ben: Api, ada: Page, project: Json
) -> None:
    image = project["created"][0]
    cat, dog = (label["id"] for label in project["labels"])
    opened(ada, server, project, image)
    for place in (0.1, 0.4, 0.7):
        draw_box(ada, (place, 0.2), (place + 0.2, 0.5))
        saved(ada)
    first, second, third = box_ids(ada, 3)
    rows = {row["id"]: row for row in api.get(f"images/{image['id']}/annotations/")["annotations"]}
    ben.patch(
        f"images/{image['id']}/annotations/",
        base_revision=3,
        upsert=[
            {**rows[first], "y_min": rows[first]["y_min"] + 60, "y_max": rows[first]["y_max"] + 60},
            {**rows[second], "label": dog},
            box(cat, 20, 180),
        ],
        delete=[third],
    )
    box_ids(ada, 3)

    ada.keyboard.press("Shift+Y")
    found = entries(ada, 2)
    expect(found.first).to_contain_text("1 box drawn, 1 moved, 1 label changed, 1 deleted")
    expect(found.last).to_contain_text("3 boxes drawn")
    ada.keyboard.press("ArrowDown")
    bar = ada.get_by_test_id("past-bar")
    expect(bar).to_contain_text("How it is now, after Ben’s change")
    assert kinds(ada) == ["added", "changed", "moved", "removed"]
    expect(ada.get_by_test_id("diff")).to_contain_text("cat → dog")

    ada.keyboard.press("ArrowDown")
    expect(bar).to_contain_text("after your change")
    assert kinds(ada) == ["added"] * 3
    for key in ("i", "Delete", "1", "Control+z", "e", "Enter"):
        ada.keyboard.press(key)
    draw_box(ada, (0.3, 0.6), (0.5, 0.8))
    assert api.get(f"images/{image['id']}/annotations/")["revision"] == 4
    ada.get_by_test_id("restore-revision").click()

    expect(entries(ada, 3).first).to_contain_text("Restored how it was at")
    expect(bar).to_have_count(0)
    state = api.get(f"images/{image['id']}/annotations/")
    assert {row["id"]: row["x_min"] for row in state["annotations"]} == {id_: row["x_min"] for id_, row in rows.items()}

    found.nth(1).click()
    ada.get_by_test_id("restore-revision").click()
    entries(ada, 4)
    ada.reload()
    ids = box_ids(ada, 3)
    assert {first, second} < set(ids)
    assert third not in ids


def test_single_saves_of_a_sitting_and_the_way_back_by_escape(
    server: Server, api: Api, ada: Page, project: Json
) -> None:
    image = project["created"][1]
    api.patch(f"images/{image['id']}/annotations/", base_revision=0, queue="skipped", skip_reason="blurred")
    api.patch(f"images/{image['id']}/annotations/", base_revision=1, queue="unlabelled")
    opened(ada, server, project, image)
    ada.get_by_role("button", name="History of the image").click()
    expect(entries(ada, 1)).to_contain_text("No change to see")
    ada.get_by_test_id("history-saves").click()
    expect(entries(ada, 3).nth(2)).to_contain_text("Skipped: blurred")
    ada.get_by_test_id("history-entry").nth(2).click()
    expect(ada.get_by_test_id("past-bar")).to_be_visible()
    ada.keyboard.press("Escape")
    expect(ada.get_by_test_id("past-bar")).to_have_count(0)
    ada.keyboard.press("Escape")
    expect(ada.get_by_test_id("history")).to_have_count(0)


def test_without_a_network_the_history_says_so(server: Server, ada: Page, project: Json) -> None:
    opened(ada, server, project, project["created"][1])
    ada.context.set_offline(True)
    try:
        ada.keyboard.press("Shift+Y")
        expect(ada.get_by_text("History needs the network.")).to_be_visible()
    finally:
        ada.context.set_offline(False)
