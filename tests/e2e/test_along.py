"""Images taken along: labelled without a network, also after a reload, and all of it arrives once there is one."""

import os
import re
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.api import PASSWORD, Api, Json, box
from tests.e2e.conftest import Server
from tests.e2e.drawings import pictures, written
from tests.e2e.steps import box_ids, draw_box, saved
from tests.e2e.test_killed_web import web_pid
from tests.e2e.test_suggestions import suggested_image
from tests.services.processes import PATIENCE

shares_server = True
KEYS = """() => new Promise((done) => {
  indexedDB.open("boxwright").onsuccess = ({ target }) => {
    const keys = target.result.transaction("values").objectStore("values").getAllKeys();
    keys.onsuccess = () => done(keys.result);
  };
})"""
BOX = ((0.1, 0.2), (0.4, 0.6))


@pytest.fixture
def project(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Json:
    made = api.project("Along", "detection", ["thing"])
    api.upload(made["id"], written(tmp_path_factory.mktemp("drawn"), pictures(4)))
    return made


@pytest.fixture
def tab(ada: Page) -> Iterator[Page]:
    page = ada.context.new_page()
    yield page
    page.context.set_offline(False)
    page.close()


def take_along(server: Server, page: Page, project: Json) -> None:
    page.goto(f"{server.url}/p/{project['slug']}/label")
    expect(page.get_by_test_id("picture")).to_be_visible()
    page.get_by_role("button", name="Take 20 with me").first.click()
    page.get_by_test_id("take-along").click()
    expect(page.get_by_test_id("along-place")).to_have_text(re.compile(r"^1 of \d+ with you$"))


def offline(page: Page, count: int) -> None:
    words = f"Offline: {count} change{'' if count == 1 else 's'} kept on this device"
    expect(page.get_by_test_id("saving-state")).to_have_text(words)


def test_keys_a_reload_and_the_way_back_work_without_a_network(
    server: Server, api: Api, tab: Page, project: Json
) -> None:
    take_along(server, tab, project)
    tab.context.set_offline(True)
    draw_box(tab, *BOX)
    tab.keyboard.press("Enter")
    expect(tab.get_by_test_id("along-place")).to_have_text("2 of 4 with you")
    tab.keyboard.press("s")
    expect(tab.get_by_test_id("along-place")).to_have_text("3 of 4 with you")
    offline(tab, 3)

    tab.reload()

    expect(tab.get_by_test_id("along-place")).to_have_text("3 of 4 with you")
    expect(tab.get_by_test_id("picture")).to_be_visible()
    offline(tab, 3)
    draw_box(tab, *BOX)
    tab.keyboard.press("Control+z")
    draw_box(tab, *BOX)
    tab.keyboard.press("Escape")
    tab.keyboard.press("ArrowLeft")
    expect(tab.get_by_test_id("queue-badge")).to_have_attribute("data-queue", "skipped")
    tab.keyboard.press("ArrowLeft")
    box_ids(tab, 1)
    tab.context.set_offline(False)

    saved(tab)
    rows = api.get(f"projects/{project['id']}/images/", order="created")["results"]
    assert [(row["queue"], row["annotation_count"]) for row in rows] == [
        ("labelled", 1),
        ("skipped", 0),
        ("unlabelled", 1),
        ("unlabelled", 0),
    ]
    tab.get_by_role("button", name="Images with you").first.click()
    tab.get_by_test_id("give-back").click()
    expect(tab).to_have_url(re.compile(r"/label/\d+$"))
    assert tab.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    expect(tab.get_by_role("button", name="Take 20 with me")).to_be_visible()


def test_what_is_suggested_is_answered_without_a_network_and_arrives_once(server: Server, api: Api, tab: Page) -> None:
    project, image, boxes = suggested_image(api, "Frames along")
    take_along(server, tab, project)
    rows = tab.get_by_test_id("suggestion-row")
    tab.context.set_offline(True)
    tab.reload()
    expect(rows).to_have_count(3)
    tab.keyboard.press("a")
    expect(rows).to_have_count(2)
    tab.keyboard.press("z")
    expect(rows).to_have_count(1)
    offline(tab, 2)
    tab.reload()
    expect(rows).to_have_count(1)
    box_ids(tab, 1)
    tab.context.set_offline(False)

    saved(tab)
    (taken,) = api.get(f"images/{image['id']}/annotations/")["annotations"]
    assert (taken["id"], taken["source"], taken["score"]) == (boxes[0]["id"], "model", 0.9)
    revisions = api.get(f"images/{image['id']}/revisions/")["results"]
    assert [row["id"] for each in revisions for row in each["upserted"]] == [boxes[0]["id"]]
    away = f"images/{image['id']}/suggestions/"
    assert boxes[1] not in api.get(away)["boxes"]
    tab.reload()
    expect(rows).to_have_count(1)
    tab.keyboard.press("Control+z")
    expect(rows).to_have_count(2)
    saved(tab)
    assert boxes[1] in api.get(away)["boxes"]
    tab.keyboard.press("Control+z")
    expect(rows).to_have_count(3)
    box_ids(tab, 0)


def test_whoever_comes_next_at_this_device_finds_nothing(server: Server, tab: Page, project: Json) -> None:
    """Work that waits is asked about, and told of to whoever signs in."""
    take_along(server, tab, project)
    tab.route("**/api/v1/images/*/annotations/", lambda route: route.abort())
    draw_box(tab, *BOX)
    offline(tab, 1)
    tab.get_by_role("link", name="Back to images").click()
    tab.get_by_role("button", name=re.compile("account and teams")).click()
    tab.get_by_role("menuitem", name="Sign out").click()
    dialog = tab.get_by_role("dialog", name="Sign out")
    expect(dialog).to_contain_text("Changes to 1 image are not saved yet.")
    dialog.get_by_role("button", name="Sign out").click()

    expect(tab.get_by_test_id("kept-work")).to_have_text(
        "Changes by Ada to 1 image are kept on this device. They are saved once Ada signs in here."
    )
    assert tab.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    assert tab.evaluate(KEYS) == []
    tab.evaluate("localStorage.clear()")


@pytest.fixture
def bob(server: Server, api: Api) -> Iterator[Api]:
    """A colleague at his scripts."""
    token = api.post("teams/plates/invitations/", role="annotator")["link"].partition("#")[2]
    who = {"email": "along-bob@example.org", "name": "Bob", "password": PASSWORD}
    with httpx.Client(base_url=f"{server.url}/api/v1/", timeout=PATIENCE) as browser:
        browser.get("auth/session/")
        headers = {"X-CSRFToken": browser.cookies["csrftoken"]}
        browser.post("invitations/accept/", json={"token": token, **who}, headers=headers).raise_for_status()
    with Api(server.url, who["email"]) as made:
        yield made


def claims_lapse(server: Server, image: int) -> None:
    with closing(sqlite3.connect(server.folder / "boxwright.sqlite3", timeout=PATIENCE)) as database, database:
        past = "2020-01-01 00:00:00"
        database.execute("UPDATE annotations_image SET claim_expires_at = ? WHERE id = ?", (past, image))


@pytest.mark.full
def test_sixty_changes_to_twenty_images_arrive_once_through_a_killed_server(
    server: Server, api: Api, bob: Api, tab: Page, tmp_path: Path
) -> None:
    """Meanwhile a colleague draws on one image, and gets another whose claim lapsed."""
    project = api.project("Field", "detection", ["thing"])
    images = [row["id"] for row in api.upload(project["id"], written(tmp_path, pictures(22)))["created"]]
    take_along(server, tab, project)
    tab.context.set_offline(True)
    drawn: dict[int, list[str]] = {}
    for number in range(20):
        expect(tab.get_by_test_id("along-place")).to_have_text(f"{number + 1} of 20 with you")
        draw_box(tab, *BOX)
        tab.keyboard.press("Escape")
        draw_box(tab, (0.6, 0.2), (0.8, 0.5))
        drawn[int(tab.url.partition("?")[0].rpartition("/")[2])] = box_ids(tab, 2)
        tab.keyboard.press("Enter")
    expect(tab.get_by_test_id("along-end")).to_be_visible()
    offline(tab, 60)
    assert sorted(drawn) == images[:20]
    label = project["labels"][0]["id"]
    theirs = box(label, 250, 200)
    bob.patch(f"images/{images[2]}/annotations/", base_revision=0, upsert=[theirs], delete=[])
    claims_lapse(server, images[4])
    bob.post(f"images/{images[4]}/claim/")
    killed: list[int] = []
    saves: list[str] = []

    def kill_at_the_fifth(route: Route) -> None:
        saves.append(route.request.url)
        if route.request.method == "PATCH" and len(saves) >= 5 and not killed:
            killed.append(web_pid(server))
            os.kill(killed[0], signal.SIGKILL)
        route.continue_()

    tab.route("**/api/v1/images/*/annotations/", kill_at_the_fifth)
    tab.context.set_offline(False)

    saved(tab)

    assert killed
    for image, ids in drawn.items():
        state = api.get(f"images/{image}/annotations/")
        expected = [*ids, theirs["id"]] if image == images[2] else ids
        assert (sorted(row["id"] for row in state["annotations"]), state["queue"]) == (sorted(expected), "labelled")
        revisions = api.get(f"images/{image}/revisions/")["results"]
        assert sorted(row["id"] for each in revisions for row in each["upserted"]) == sorted(expected)
    tab.goto(f"{server.url}/p/{project['slug']}/label/{images[4]}?from=along")
    expect(tab.get_by_test_id("holder-notice")).to_contain_text("Claimed by Bob")
