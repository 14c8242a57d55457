"""The workbench as one works in it: digits, clicks and drags; lists walked from the gallery; claims."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.api import Api, Json, box
from tests.e2e.conftest import Server
from tests.e2e.drawings import pictures, written
from tests.e2e.steps import box_ids, draw_box, saved
from tests.e2e.test_together import join, link_from_the_page
from tests.services.processes import wait_until

shares_server = True


@pytest.fixture(scope="module")
def project(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Json:
    """Nine pictures; the third, fifth and seventh by name have a box with the last label."""
    made = api.project("Workbench", "detection", ["one", "two", "three", "four"])
    api.upload(made["id"], written(tmp_path_factory.mktemp("drawn"), pictures(9)))
    rows = api.get(f"projects/{made['id']}/images/", order="name")["results"]
    for row in rows[2:7:2]:
        api.patch(f"images/{row['id']}/annotations/", base_revision=0, upsert=[box(made["labels"][-1]["id"], 5, 5)])
    return {**made, "images": rows}


@pytest.fixture(scope="module")
def vera(server: Server, ada: Page, browser: Browser) -> Iterator[Page]:
    """A viewer at her browser."""
    context = browser.new_context()
    page = context.new_page()
    join(page, link_from_the_page(server, ada, "Viewer"), "Vera")
    yield page
    context.close()


def open_image(server: Server, page: Page, project: Json, number: int) -> int:
    image = int(project["images"][number]["id"])
    page.goto(f"{server.url}/p/{project['slug']}/label/{image}")
    expect(page.get_by_test_id("picture")).to_be_visible()
    return image


# Notes each place the picture has had, from the moment it is there.
PLACES = """
window.places = [];
const look = () => {
  const picture = document.querySelector("[data-testid=picture]");
  if (!picture) return;
  const { x, y, width, height } = picture.getBoundingClientRect();
  const place = [x, y, width, height].map(Math.round).join(" ");
  if (window.places.at(-1) !== place) window.places.push(place);
};
new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
const tick = () => { look(); setTimeout(tick, 0); };
tick();
"""


def test_the_picture_comes_up_in_its_place(server: Server, ada: Page, browser: Browser, project: Json) -> None:
    """Nobody can begin a box on a picture that is about to jump."""
    context = browser.new_context(storage_state=ada.context.storage_state())
    page = context.new_page()
    page.add_init_script(PLACES)
    open_image(server, page, project, 8)
    expect(page.get_by_test_id("filmstrip").locator("img").first).to_be_visible()
    places = page.evaluate("window.places")
    context.close()
    assert len(places) == 1


def test_a_digit_is_for_the_next_box(server: Server, api: Api, ada: Page, project: Json) -> None:
    image = open_image(server, ada, project, 0)
    ada.keyboard.press("2")
    draw_box(ada, (0.1, 0.1), (0.3, 0.3))
    ada.keyboard.press("3")
    draw_box(ada, (0.5, 0.5), (0.8, 0.8))
    box_ids(ada, 2)
    saved(ada)
    state = api.get(f"images/{image}/annotations/")["annotations"]
    assert [row["label"] for row in state] == [label["id"] for label in project["labels"][1:3]]


def test_a_key_is_changed_and_the_command_that_had_it_gets_the_other(server: Server, ada: Page, project: Json) -> None:
    """By keys alone; the help and the buttons say it, and a reload keeps it."""
    image = open_image(server, ada, project, 8)
    ada.keyboard.press("?")
    skip = ada.get_by_role("button", name="Skip: S. Change")
    skip.focus()
    for key in ("Enter", "3", "g"):
        ada.keyboard.press(key)
    bar = ada.get_by_test_id("key-change")
    expect(bar).to_contain_text("G is “Hide this one”.")
    ada.keyboard.press("Enter")
    expect(ada.get_by_role("button", name="Hide this one: S. Change")).to_be_visible()
    expect(ada.get_by_role("button", name="Skip: G. Change")).to_be_focused()
    ada.keyboard.press("Escape")
    expect(ada.get_by_test_id("skip-image")).to_have_text("Skip G")

    open_image(server, ada, project, 8)
    ada.keyboard.press("s")
    expect(ada).to_have_url(re.compile(rf"/label/{image}$"))
    ada.keyboard.press("?")
    ada.get_by_test_id("reset-keys").click()
    expect(ada.get_by_role("button", name="Skip: S. Change")).to_be_visible()
    ada.keyboard.press("Escape")
    assert ada.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('boxwright.keys'))") == []


def test_the_picture_is_brighter_until_it_is_put_back(server: Server, ada: Page, project: Json) -> None:
    """By key and by slider, of the picture alone; also after a reload, and said at a glance."""
    open_image(server, ada, project, 8)
    picture, said = ada.get_by_test_id("picture"), ada.get_by_test_id("adjusted")
    for key in "..>":
        ada.keyboard.press(key)
    expect(said).to_have_text("Brightness +20 %, contrast +10 %")
    ada.get_by_test_id("open-view").click()
    expect(ada.get_by_test_id("view-brightness")).to_be_focused()
    ada.keyboard.press("ArrowLeft")
    ada.keyboard.press("Escape")
    expect(ada.get_by_test_id("stage")).to_be_focused()
    ada.reload()
    expect(picture).to_have_css("filter", "brightness(1.15) contrast(1.1)")
    expect(ada.get_by_test_id("boxes-canvas")).to_have_css("filter", "none")
    said.click()
    expect(said).to_have_count(0)
    expect(picture).to_have_css("filter", "none")


def test_who_never_labelled_is_told_three_things_once(
    server: Server, api: Api, ada: Page, browser: Browser, tmp_path: Path
) -> None:
    """The first box, the next image, the end; each until it is done."""
    project = api.project("First", "detection", ["cup"])
    api.upload(project["id"], written(tmp_path, pictures(3, first=60)))
    context = browser.new_context(storage_state=ada.context.storage_state())
    page = context.new_page()
    page.goto(f"{server.url}/p/{project['slug']}/label")
    hint = page.get_by_test_id("hint")
    expect(hint).to_have_text(re.compile("box around each cup"))
    draw_box(page, (0.2, 0.2), (0.5, 0.5))
    expect(hint).to_have_text("All drawn? Enter brings the next image.")
    page.keyboard.press("Enter")
    expect(hint).to_have_text(re.compile("^2 unlabelled images left"))
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("queue-left")).to_be_visible()
    expect(hint).to_have_count(0)
    page.reload()
    expect(page.get_by_test_id("picture")).to_be_visible()
    expect(hint).to_have_count(0)
    context.close()


def test_one_draws_before_the_picture_is_all_there(server: Server, ada: Page, project: Json) -> None:
    """What waits for the last bytes lies over the picture, and takes no press from it."""
    held: list[Route] = []
    preview = f"**/images/{project['images'][7]['id']}/preview/"
    ada.route(preview, lambda route: held.append(route))
    open_image(server, ada, project, 7)
    expect(ada.locator(".picture-wait")).to_be_visible()
    draw_box(ada, (0.1, 0.1), (0.3, 0.3))
    box_ids(ada, 1)
    for route in held:
        route.continue_()
    saved(ada)
    ada.unroute(preview)


def test_boxes_in_a_crowd_by_drags_and_clicks(server: Server, api: Api, ada: Page, project: Json) -> None:
    """A stray click arms nothing, a drag draws inside the box just drawn, clicks on extreme points make the third."""
    image = open_image(server, ada, project, 1)
    area = ada.get_by_test_id("picture").bounding_box()
    assert area is not None

    def click(x: float, y: float) -> None:
        ada.mouse.click(area["x"] + x * area["width"], area["y"] + y * area["height"])

    click(0.1, 0.1)
    draw_box(ada, (0.2, 0.2), (0.8, 0.8))
    draw_box(ada, (0.5, 0.5), (0.7, 0.7))
    ada.keyboard.press("f")
    ada.keyboard.press("x")
    for point in ((0.4, 0.3), (0.3, 0.4), (0.6, 0.5), (0.45, 0.6)):
        click(*point)
    box_ids(ada, 3)
    saved(ada)
    row = project["images"][1]
    drawn = api.get(f"images/{image}/annotations/")["annotations"]
    corners = [(box["x_min"] / row["width"], box["y_max"] / row["height"]) for box in drawn]
    for corner, wanted in zip(corners, ((0.2, 0.8), (0.5, 0.7), (0.3, 0.6)), strict=True):
        assert corner == pytest.approx(wanted, abs=0.02)
    assert [box.get("attributes") for box in drawn] == [None, {"difficult": True}, None]


@pytest.mark.parametrize("who", ["ada", pytest.param("vera", marks=pytest.mark.full)])
def test_enter_walks_the_list_that_the_tile_was_in(
    server: Server, project: Json, who: str, request: pytest.FixtureRequest
) -> None:
    """Of three labelled images by name the second is opened: on to the third and the end, back to the first, and to
    the list as it was left."""
    page: Page = request.getfixturevalue(who)
    name = page.get_by_test_id("image-name")
    first, second, third = (row["name"] for row in project["images"][2:7:2])
    slug = project["slug"]
    page.goto(f"{server.url}/p/{slug}/images?queue=labelled&order=name&label={project['labels'][-1]['id']}")
    page.get_by_role("link", name=second).click()
    expect(name).to_have_text(second)
    place = page.get_by_test_id("list-name")
    expect(place).to_have_text("2 of 3 in Labelled, label four, by name")

    page.keyboard.press("Enter")
    expect(name).to_have_text(third)
    expect(place).to_contain_text("3 of 3")
    page.reload()
    expect(name).to_have_text(third)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("list-end")).to_contain_text("end of the list: Labelled, label four, by name")

    page.keyboard.press("Shift+Enter")
    expect(name).to_have_text(third)
    page.keyboard.press("Shift+Enter")
    expect(name).to_have_text(second)
    page.keyboard.press("Shift+Enter")
    expect(name).to_have_text(first)
    page.keyboard.press("Shift+Enter")
    expect(page.get_by_text("This is the first image of the list")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name=second)).to_be_visible()
    expect(page.get_by_role("tab", name=re.compile("^Labelled"))).to_have_attribute("aria-selected", "true")


def test_an_image_that_leaves_its_list_is_still_on_the_way_back(server: Server, ada: Page, project: Json) -> None:
    """Labelled in the list of the unlabelled, it is in that list no more."""
    name = ada.get_by_test_id("image-name")
    here, after = (project["images"][n]["name"] for n in (3, 5))
    ada.goto(f"{server.url}/p/{project['slug']}/images?queue=unlabelled&order=name")
    ada.get_by_role("link", name=here).click()
    expect(name).to_have_text(here)
    draw_box(ada, (0.1, 0.1), (0.3, 0.3))
    saved(ada)
    ada.keyboard.press("Enter")
    expect(name).to_have_text(after)
    ada.keyboard.press("Shift+Enter")
    expect(name).to_have_text(here)


@pytest.mark.parametrize("how", ["closed", "left"])
def test_a_page_that_goes_gives_its_image_back(server: Server, api: Api, ada: Page, project: Json, how: str) -> None:
    tab = ada.context.new_page()
    image = open_image(server, tab, project, 8)
    assert api.get(f"images/{image}/")["claimed_by"]["name"] == "Ada"
    if how == "closed":
        tab.close()
    else:
        tab.goto("about:blank")
    wait_until(lambda: api.get(f"images/{image}/")["claimed_by"] is None, "the claim to be given back")
    if not tab.is_closed():
        tab.close()


def held(api: Api, project: Json) -> list[int]:
    """Images that somebody has claimed."""
    rows = api.get(f"projects/{project['id']}/images/", order="name")["results"]
    return [row["id"] for row in rows if row["claimed_by"]]


def test_the_next_image_is_ready_before_it_is_asked_for(server: Server, api: Api, ada: Page, project: Json) -> None:
    """Claimed and fetched: Enter shows it without a network. Who leaves gives all back."""
    ada.goto(server.url)
    ada.evaluate("sessionStorage.clear()")  # among images that this tab has seen before, nothing is claimed ahead
    ada.goto(f"{server.url}/p/{project['slug']}/label")
    expect(ada.get_by_test_id("picture")).to_be_visible()
    wait_until(lambda: len(held(api, project)) == 2, "the claim on the next image")
    fetched = "performance.getEntriesByType('resource').filter((one) => /preview/.test(one.name)).length"
    wait_until(lambda: ada.evaluate(fetched) == 2, "its picture")
    here = int(ada.url.rsplit("/", 1)[1])  # perhaps the later one: one's own drafts come first
    (ahead,) = set(held(api, project)) - {here}
    finish_offline(ada)
    wait_until(lambda: here not in held(api, project), "the first one to be given back")
    assert ahead in held(api, project)
    wait_until(lambda: len(held(api, project)) == 2, "the claim on the one after")
    wait_until(lambda: ada.evaluate(fetched) == 3, "its picture")
    finish_offline(ada)
    # A claim whose answer the page does not live to see ends by itself, after 90 seconds.
    claims = "performance.getEntriesByType('resource').filter((one) => /queue\\/next/.test(one.name)).length"
    wait_until(lambda: ada.evaluate(claims) >= 4, "the answer to the last claim")
    ada.goto("about:blank")
    wait_until(lambda: held(api, project) == [], "the claims' end")


def finish_offline(page: Page) -> None:
    """The image on the screen; the one after it is shown."""
    name = page.get_by_test_id("image-name")
    left = name.inner_text()
    page.context.set_offline(True)
    try:
        page.keyboard.press("Enter")
        expect(name).not_to_have_text(left)
        drawn = "document.querySelector('[data-testid=picture]').naturalWidth > 0"
        wait_until(lambda: page.evaluate(drawn), "the picture on the screen")
    finally:
        page.context.set_offline(False)
