"""The network drops, the server dies, the tab is closed or reloaded: what was drawn arrives, and arrives once."""

import os
import signal
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.api import Api, Json
from tests.e2e.conftest import Server
from tests.e2e.drawings import pictures, written
from tests.e2e.steps import box_ids, draw_box, saved
from tests.e2e.test_killed_web import server_answers_again, web_pid
from tests.services.processes import PATIENCE

shares_server = True
SAVES = "**/api/v1/images/*/annotations/"
FIVE = [((0.05 + 0.18 * n, 0.2), (0.18 + 0.18 * n, 0.5)) for n in range(5)]


@pytest.fixture(scope="module")
def project(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Json:
    made = api.project("Offline", "detection", ["thing"])
    api.upload(made["id"], written(tmp_path_factory.mktemp("drawn"), pictures(12)))
    return made


@pytest.fixture
def tab(ada: Page) -> Iterator[Page]:
    """A second tab of Ada's browser, so that a test may close it."""
    page = ada.context.new_page()
    yield page
    page.close()


@pytest.fixture
def image(api: Api, project: Json) -> int:
    """One on which nobody has drawn yet."""
    rows = api.get(f"projects/{project['id']}/images/", queue="unlabelled", order="name")["results"]
    return int(next(row["id"] for row in rows if not row["annotation_count"]))


def open_image(server: Server, page: Page, project: Json, image: int) -> None:
    page.goto(f"{server.url}/p/{project['slug']}/label/{image}")
    expect(page.get_by_test_id("picture")).to_be_visible(timeout=30_000)
    expect(page.locator(".picture-wait")).to_have_count(0)  # nobody draws on a picture that did not come


@pytest.fixture(autouse=True)
def runs_afterwards(server: Server) -> Iterator[None]:
    """Others share the server that a test stops."""
    yield
    if server.process is None:
        server.start()


def draw_five(page: Page) -> list[str]:
    for start, end in FIVE:
        draw_box(page, start, end)
    return box_ids(page, len(FIVE))


def all_pending(page: Page, count: int) -> None:
    state = page.get_by_test_id("saving-state")
    expect(state).to_have_attribute("data-pending", str(count))
    expect(state).to_have_text(f"Offline: {count} change{'' if count == 1 else 's'} kept on this device")


def arrived_once(api: Api, image: int, ids: list[str], seconds: float = 60) -> None:
    """Each id is there, in exactly one revision, and nothing else is."""
    path = f"images/{image}/annotations/"
    # A reader may meet the rows of a save before its revision, never the other way round.
    answer = api.wait(path, lambda state: len(state["annotations"]) >= len(ids) and state["revision"] > 0, seconds)
    assert sorted(row["id"] for row in answer["annotations"]) == sorted(ids)
    revisions = api.get(f"images/{image}/revisions/")["results"]
    assert answer["revision"] == len(revisions)
    assert sorted(row["id"] for revision in revisions for row in revision["upserted"]) == sorted(ids)
    assert not [id_ for revision in revisions for id_ in revision["deleted"]]


def test_network_drops_while_drawing(server: Server, api: Api, tab: Page, project: Json, image: int) -> None:
    open_image(server, tab, project, image)
    tab.context.set_offline(True)
    try:
        ids = draw_five(tab)
        all_pending(tab, len(FIVE))
        assert api.get(f"images/{image}/annotations/")["annotations"] == []
    finally:
        tab.context.set_offline(False)

    saved(tab)

    arrived_once(api, image, ids)
    tab.reload()
    assert sorted(box_ids(tab, len(FIVE))) == sorted(ids)


def test_server_stops_and_the_tab_is_closed(server: Server, api: Api, ada: Page, project: Json, image: int) -> None:
    tab = ada.context.new_page()
    open_image(server, tab, project, image)
    server.stop()
    ids = draw_five(tab)
    all_pending(tab, len(FIVE))
    tab.close()
    server.start()
    assert api.get(f"images/{image}/annotations/")["annotations"] == []

    ada.goto(server.url)

    expect(ada.get_by_role("heading", name="Projects")).to_be_visible(timeout=30_000)
    arrived_once(api, image, ids)
    ada.goto(f"{server.url}/p/{project['slug']}/label/{image}")
    assert sorted(box_ids(ada, len(FIVE))) == sorted(ids)
    saved(ada)
    ada.goto(server.url)
    arrived_once(api, image, ids)


@pytest.mark.parametrize("reached", [False, True], ids=["before it arrives", "after it is stored"])
def test_web_is_killed_while_the_browser_saves(
    server: Server, api: Api, tab: Page, project: Json, image: int, reached: bool
) -> None:
    open_image(server, tab, project, image)
    killed: list[int] = []

    def kill(route: Route) -> None:
        if route.request.method != "PATCH" or killed:
            return route.continue_()
        if reached:
            assert route.fetch().ok
        killed.append(web_pid(server))
        os.kill(killed[0], signal.SIGKILL)
        return route.abort("connectionreset")

    tab.route(SAVES, kill)
    ids = draw_five(tab)
    server_answers_again(server)

    saved(tab)

    assert killed
    arrived_once(api, image, ids)


def test_reload_while_saving(server: Server, api: Api, tab: Page, project: Json, image: int) -> None:
    open_image(server, tab, project, image)
    tab.route(SAVES, lambda route: None if route.request.method == "PATCH" else route.continue_())
    ids = draw_five(tab)
    expect(tab.get_by_test_id("saving-state")).to_have_text("5 pending")
    tab.unroute(SAVES)

    tab.reload()

    assert sorted(box_ids(tab, len(FIVE))) == sorted(ids)
    saved(tab)
    arrived_once(api, image, ids)


def test_two_tabs_of_one_person(server: Server, api: Api, ada: Page, tab: Page, project: Json, image: int) -> None:
    open_image(server, ada, project, image)
    open_image(server, tab, project, image)
    draw_box(ada, *FIVE[0])
    draw_box(tab, *FIVE[2])

    for page in (ada, tab):
        saved(page)
        ids = box_ids(page, 2)

    arrived_once(api, image, ids)


def test_two_tabs_offline_on_one_image(
    server: Server, api: Api, ada: Page, tab: Page, project: Json, image: int
) -> None:
    """Each writes its own journal: neither forgets nor doubles what the other drew."""
    open_image(server, ada, project, image)
    open_image(server, tab, project, image)
    context = ada.context
    context.set_offline(True)
    try:
        draw_box(ada, *FIVE[0])
        draw_box(tab, *FIVE[2])
        for page in (ada, tab):
            all_pending(page, 1)
    finally:
        context.set_offline(False)

    for page in (ada, tab):
        saved(page)
        ids = box_ids(page, 2)
    arrived_once(api, image, ids)


FILL = """() => {
  for (let size = 4_000_000, name = 0; size > 0; name += 1)
    try { localStorage.setItem(`full:${name}`, "x".repeat(size)); } catch { size = Math.floor(size / 2); }
}"""


def test_full_storage_and_a_lost_cookie_lose_nothing(
    server: Server, api: Api, ada: Page, project: Json, image: int
) -> None:
    """What finds no room in localStorage lies in IndexedDB when the tab closes."""
    tab = ada.context.new_page()
    open_image(server, tab, project, image)
    tab.evaluate(FILL)
    tab.context.set_offline(True)
    ids = draw_five(tab)
    all_pending(tab, len(FIVE))
    tab.close()
    ada.context.set_offline(False)
    assert api.get(f"images/{image}/annotations/")["annotations"] == []

    ada.goto(f"{server.url}/p/{project['slug']}/label/{image}")
    assert sorted(box_ids(ada, len(FIVE))) == sorted(ids)
    saved(ada)
    arrived_once(api, image, ids)
    ada.evaluate("localStorage.clear()")

    ada.context.clear_cookies(name="csrftoken")
    draw_box(ada, (0.2, 0.6), (0.5, 0.9))
    saved(ada)
    assert len(api.get(f"images/{image}/annotations/")["annotations"]) == len(FIVE) + 1


def test_late_answer_hides_nobodys_box(
    server: Server, api: Api, ada: Page, tab: Page, project: Json, image: int
) -> None:
    """Another saves between our save and its answer: the older answer must not be the last word."""
    open_image(server, tab, project, image)
    open_image(server, ada, project, image)
    held: list[Route] = []
    ada.route(SAVES, lambda route: held.append(route) if route.request.method == "PATCH" else route.continue_())
    draw_box(ada, *FIVE[0])
    deadline = time.monotonic() + PATIENCE
    while not held:
        assert time.monotonic() < deadline
        ada.evaluate("new Promise(requestAnimationFrame)")
    answer = held[0].fetch()
    assert answer.json()["revision"] == 1
    draw_box(tab, *FIVE[2])
    saved(tab)
    box_ids(tab, 2)
    held[0].fulfill(response=answer)
    ada.unroute(SAVES)

    saved(ada)
    arrived_once(api, image, box_ids(ada, 2))
