"""A team labels together: invited by link, served different images, merged where they meet; no strangers."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.annotations.archives import voc, zipped
from tests.e2e.api import PASSWORD, Api, Json
from tests.e2e.conftest import Server
from tests.e2e.drawings import picture, pictures, written
from tests.e2e.steps import box_ids, cancel_review, draw_box, saved, send_archive, sign_in
from tests.services.processes import wait_until

NewPerson = Callable[[], Page]


@pytest.fixture(scope="module")
def project(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Json:
    made = api.project("Together", "detection", ["thing"])
    api.upload(made["id"], written(tmp_path_factory.mktemp("drawn"), pictures(10)))
    return made


@pytest.fixture(scope="module")
def newcomer(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[NewPerson]:
    """Another person's browser, which knows nobody yet."""
    contexts, faults = [], []

    def arrive() -> Page:
        contexts.append(browser.new_context(**browser_context_args))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    yield arrive
    for context in contexts:
        context.close()
    assert faults == []


def link_from_the_page(server: Server, ada: Page, role: str, days: str = "1 day") -> str:
    ada.goto(f"{server.url}/t/plates")
    panel = ada.get_by_role("region", name="Invite")
    panel.get_by_label("Role").select_option(label=role)
    panel.get_by_label("Ends after").select_option(label=days)
    panel.get_by_role("button", name="Make link").click()
    field = panel.get_by_label("Invitation link", exact=True)
    expect(field).to_have_value(re.compile(r"/join#\S{16,}$"))
    return field.input_value()


def join(page: Page, link: str, name: str) -> None:
    page.goto(link)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Email").fill(f"{name.lower()}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account and join").click()
    expect(page.get_by_role("navigation", name="Main").first).to_be_visible(timeout=30_000)


@pytest.fixture(scope="module")
def bob(server: Server, ada: Page, project: Json, newcomer: NewPerson) -> Page:
    """Joins as annotator by the link that Ada makes on the Team page."""
    page = newcomer()
    page.goto(link := link_from_the_page(server, ada, "Annotator"))
    expect(page.get_by_role("heading", name="Join Plates")).to_be_visible()
    expect(page.get_by_text("You are invited as annotator")).to_be_visible()
    join(page, link, "Bob")
    return page


def test_invited_person_lands_in_the_project(server: Server, api: Api, ada: Page, bob: Page, project: Json) -> None:
    bob.goto(server.url)
    bob.get_by_role("link", name=re.compile("Together")).click()
    expect(bob).to_have_url(f"{server.url}/p/{project['slug']}/images")
    expect(bob.get_by_role("tab", name="All 10")).to_be_visible()
    members = {row["user"]["email"]: row["role"] for row in api.get("teams/plates/members/")["results"]}
    assert members == {"ada@example.org": "owner", "bob@example.org": "annotator"}
    ada.goto(f"{server.url}/t/plates")
    expect(ada.get_by_role("row", name=re.compile("^Bob"))).to_be_visible()


@pytest.mark.full
def test_link_works_once(server: Server, ada: Page, newcomer: NewPerson) -> None:
    link = link_from_the_page(server, ada, "Viewer", "7 days")
    join(newcomer(), link, "Cora")
    late = newcomer()
    late.goto(link)
    expect(late.get_by_role("heading", name="This invitation cannot be used")).to_be_visible()


def test_expired_link_says_so(server: Server, ada: Page, newcomer: NewPerson) -> None:
    link = link_from_the_page(server, ada, "Annotator")
    let_all_invitations_end(server)
    late = newcomer()

    late.goto(link)

    expect(late.get_by_role("heading", name="This invitation cannot be used")).to_be_visible()
    expect(late.get_by_text("This invitation has expired; ask for a new one.")).to_be_visible()
    ada.goto(f"{server.url}/t/plates")
    expect(ada.get_by_role("region", name="Waiting")).to_contain_text("Expired")


def let_all_invitations_end(server: Server) -> None:
    """The test cannot wait a day."""
    with closing(sqlite3.connect(next(server.folder.glob("*.sqlite3")), timeout=20)) as database, database:
        database.execute("UPDATE teams_invitation SET expires_at = '2020-01-01 00:00:00' WHERE accepted_at IS NULL")


def test_two_people_get_different_images(server: Server, api: Api, ada: Page, bob: Page, project: Json) -> None:
    for page in (ada, bob):
        page.goto(f"{server.url}/p/{project['slug']}/label")
        expect(page).to_have_url(re.compile(r"/label/\d+$"))
    mine, theirs = (int(page.url.rsplit("/", 1)[1]) for page in (ada, bob))
    assert mine != theirs
    assert api.get(f"images/{theirs}/")["claimed_by"]["name"] == "Bob"
    left = ada.get_by_test_id("queue-left")
    expect(left).to_have_text("10 left to label")

    draw_box(bob, (0.2, 0.2), (0.5, 0.5))

    saved(bob)
    bob.keyboard.press("Enter")
    expect(left).to_have_text("9 left to label")


def test_different_boxes_merge_and_the_same_box_asks(
    server: Server, api: Api, ada: Page, bob: Page, project: Json
) -> None:
    image = open_for_both(server, api, ada, bob, project)
    draw_box(ada, (0.1, 0.2), (0.3, 0.5))
    draw_box(bob, (0.6, 0.2), (0.8, 0.5))
    for page in (ada, bob):
        saved(page)
        ids = box_ids(page, 2)
    state = api.get(f"images/{image}/annotations/")
    authors = {row["created_by"]["name"] for row in state["annotations"]}
    assert ({row["id"] for row in state["annotations"]}, authors) == (set(ids), {"Ada", "Bob"})

    both_move(api, image, ada, bob, ids[0])
    theirs = left_of(api, image, ids[0])
    notice = ada.get_by_test_id("conflict-notice")
    expect(notice).to_contain_text("Bob changed the same annotation")
    assert left_of(api, image, ids[0]) == theirs
    ada.get_by_test_id("keep-mine").click()

    saved(ada)
    expect(notice).to_have_count(0)
    mine = left_of(api, image, ids[0])
    assert mine > theirs
    history = [left for left in lefts_in_history(api, image, ids[0]) if left in (mine, theirs)]
    assert sorted(history) == [theirs, mine], "both versions can be restored"

    both_move(api, image, ada, bob, ids[1])
    expect(notice).to_be_visible(timeout=60_000)
    theirs = left_of(api, image, ids[1])
    ada.get_by_test_id("take-theirs").click()
    saved(ada)
    assert left_of(api, image, ids[1]) == theirs
    assert len(api.get(f"images/{image}/annotations/")["annotations"]) == 2


def test_a_colleague_is_seen_to_look_and_to_draw(server: Server, api: Api, ada: Page, bob: Page, project: Json) -> None:
    """Nothing is said before Bob comes, and nothing of what he sees is saved."""
    said: list[str] = []
    ada.on("request", lambda request: said.append(request.method) if "/presence/" in request.url else None)
    image = open_for_both(server, api, ada, bob, project)
    assert said == []
    expect(ada.get_by_test_id("present")).to_contain_text("Bob looks at this image")
    expect(bob.get_by_test_id("present")).to_contain_text("Ada holds this image")
    bob.mouse.move(2, 2)
    assert not is_painted(bob)

    area = ada.get_by_test_id("picture").bounding_box()
    assert area is not None
    ada.mouse.move(area["x"] + 30, area["y"] + 30)
    ada.mouse.down()
    ada.mouse.move(area["x"] + 120, area["y"] + 90, steps=3)
    wait_until(lambda: is_painted(bob), "Ada's box on Bob's picture")
    assert api.get(f"images/{image}/annotations/")["annotations"] == []
    box_ids(bob, 0)
    ada.mouse.up()

    assert box_ids(bob, 1) == box_ids(ada, 1)
    wait_until(lambda: not is_painted(bob), "only the saved box")
    bob.goto(f"{server.url}/p/{project['slug']}/images")
    expect(ada.get_by_test_id("present")).to_have_text("")


def is_painted(page: Page) -> bool:
    """Whether there is anything on the canvas of what is in hand."""
    looks = "(canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean)"
    return bool(page.locator(".stage canvas").nth(1).evaluate(looks))


def holder(api: Api, image: int) -> str | None:
    return (api.get(f"images/{image}/")["claimed_by"] or {}).get("name")


@pytest.fixture
def untouched(api: Api, tmp_path: Path) -> Json:
    """A project of four images that nobody has been at."""
    made = api.project(f"Untouched {tmp_path.name}", "detection", ["thing"])
    api.upload(made["id"], written(tmp_path, pictures(4)))
    return made


def test_an_image_is_free_once_one_walks_back_from_it(server: Server, api: Api, bob: Page, untouched: Json) -> None:
    """Also where one leaves before its claim is answered."""
    bob.goto(f"{server.url}/p/{untouched['slug']}/label")
    name, walked = bob.get_by_test_id("image-name"), []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        expect(bob.get_by_test_id("picture")).to_be_visible()
        expect(bob).to_have_url(re.compile(r"/label/\d+$"))
        walked.append((int(bob.url.rsplit("/", 1)[1]), name.inner_text()))
        bob.keyboard.press(key)
        expect(name).not_to_have_text(walked[-1][1])
        expect(bob).not_to_have_url(re.compile(f"/{walked[-1][0]}$"))
    (first, _), _, (third, _) = walked
    wait_until(lambda: holder(api, third) is None, "what was left is free")
    late: list[Route] = []
    claim = f"**/images/{first}/claim/"
    bob.route(claim, lambda route: late.append(route), times=1)
    with bob.expect_request(claim):
        bob.keyboard.press("ArrowLeft")
    bob.get_by_role("link", name="Back to images").click()
    expect(bob).to_have_url(re.compile("/images$"))
    with bob.expect_response(lambda a: a.request.method == "DELETE" and f"/{first}/claim/" in a.url):
        late[0].continue_()
    assert holder(api, first) is None


def assigned(api: Api, project: Json, person: int) -> list[int]:
    found = api.get(f"projects/{project['id']}/images/", assigned=person, order="created")
    return [row["id"] for row in found["results"]]


def test_who_is_assigned_gives_back_and_takes_that_back(server: Server, api: Api, bob: Page, untouched: Json) -> None:
    rows = api.get(f"projects/{untouched['id']}/images/", order="created")["results"]
    first, second, third = (row["id"] for row in rows[:3])
    (person,) = (row["user"] for row in api.get("teams/plates/members/")["results"] if row["user"]["name"] == "Bob")
    asked = {"images": [first, second, third], "person": person["id"]}
    api.post(f"projects/{untouched['id']}/images/assign/", **asked)
    bob.goto(f"{server.url}/p/{untouched['slug']}/label/{first}")
    bob.get_by_role("button", name="Assigned to you").click()
    bob.get_by_role("menuitem", name="Give back").click()
    expect(bob.get_by_text("1 image given back.")).to_be_visible()
    expect(bob).to_have_url(re.compile(f"/label/{second}$"))
    assert assigned(api, untouched, person["id"]) == [second, third]
    bob.goto(f"{server.url}/p/{untouched['slug']}/images?assigned={person['id']}")
    tiles, bar = bob.locator(".tile"), bob.get_by_role("toolbar", name="Selection")
    expect(tiles).to_have_count(2)
    bob.keyboard.press("Control+a")
    bar.get_by_role("button", name="Give back").click()
    expect(tiles).to_have_count(0)
    bob.get_by_role("button", name="Undo").click()
    expect(tiles).to_have_count(2)
    assert assigned(api, untouched, person["id"]) == [second, third]


def test_a_merge_of_labels_reaches_an_open_editor(
    server: Server, api: Api, ada: Page, bob: Page, project: Json
) -> None:
    """Ada moves a box while offline; meanwhile Bob's box and hers get another label. Both changes hold."""
    wrong = api.post(f"projects/{project['id']}/labels/", name="thnig")["id"]
    image = open_for_both(server, api, ada, bob, project)
    ada.keyboard.press("2")
    draw_box(ada, (0.1, 0.2), (0.3, 0.5))
    saved(ada)
    (box,) = box_ids(bob, 1)
    state = api.get(f"images/{image}/annotations/")["annotations"]
    assert [row["label"] for row in state] == [wrong]
    ada.context.set_offline(True)
    move(ada, box, 2)
    expect(ada.get_by_test_id("saving-state")).to_have_text("Offline: 1 change kept on this device")
    api.post(f"labels/{wrong}/merge/", into=project["labels"][0]["id"])
    ada.context.set_offline(False)
    saved(ada)
    (after,) = api.get(f"images/{image}/annotations/")["annotations"]
    assert (after["label"], after["x_min"] > state[0]["x_min"]) == (project["labels"][0]["id"], True)
    expect(ada.get_by_test_id("conflict-notice")).to_have_count(0)


def test_an_annotator_is_not_offered_to_make_labels(server: Server, bob: Page, project: Json, tmp_path: Path) -> None:
    archive = tmp_path / "labels.zip"
    archive.write_bytes(zipped({"z.png": picture(90), "z.xml": voc("z.png", ("zebra", 1, 1, 9, 9), size=(320, 240))}))
    send_archive(bob, server.url, project["slug"], archive)
    becomes = bob.get_by_label("zebra becomes")
    expect(becomes).to_have_value("")
    expect(becomes.get_by_role("option", name="New label")).to_have_count(0)
    expect(bob.get_by_test_id("apply")).to_be_disabled()
    expect(bob.get_by_role("contentinfo")).to_contain_text("One label has no target yet. Only managers add labels.")
    becomes.select_option("Ignore")
    expect(bob.get_by_test_id("apply")).to_be_enabled()
    cancel_review(bob)


def open_for_both(server: Server, api: Api, ada: Page, bob: Page, project: Json) -> int:
    rows = api.get(f"projects/{project['id']}/images/", queue="unlabelled")["results"]
    image = int(next(row["id"] for row in reversed(rows) if row["annotation_count"] == 0))
    for page in (ada, bob):
        page.goto(f"{server.url}/p/{project['slug']}/label/{image}")
        expect(page.get_by_test_id("picture")).to_be_visible(timeout=30_000)
    expect(bob.get_by_test_id("holder-notice")).to_contain_text("Claimed by Ada")
    return image


def both_move(api: Api, image: int, ada: Page, bob: Page, box: str) -> None:
    """Ada a long way while her network is down, Bob a little meanwhile; then her network is back."""
    ada.context.set_offline(True)
    move(ada, box, 3)
    expect(ada.get_by_test_id("saving-state")).to_have_text("Offline: 1 change kept on this device")
    before = left_of(api, image, box)
    move(bob, box, 1)
    wait_until(lambda: left_of(api, image, box) != before, "Bob's move")  # his page may still say of before: saved
    saved(bob)
    ada.context.set_offline(False)


def move(page: Page, box: str, times: int) -> None:
    page.locator(f"[data-testid=box-row][data-id='{box}']").click()
    for _ in range(times):
        page.keyboard.press("Shift+ArrowRight")


def left_of(api: Api, image: int, box: str) -> float:
    rows = api.get(f"images/{image}/annotations/")["annotations"]
    return next(float(row["x_min"]) for row in rows if row["id"] == box)


def lefts_in_history(api: Api, image: int, box: str) -> list[float]:
    revisions = api.get(f"images/{image}/revisions/")["results"]
    return [float(row["x_min"]) for revision in revisions for row in revision["upserted"] if row["id"] == box]


def test_viewer_looks_and_draws_nothing(
    server: Server, api: Api, ada: Page, project: Json, newcomer: NewPerson
) -> None:
    vera = newcomer()
    join(vera, link_from_the_page(server, ada, "Viewer"), "Vera")
    image = api.get(f"projects/{project['id']}/images/", queue="labelled")["results"][0]
    before = api.get(f"images/{image['id']}/annotations/")
    vera.goto(f"{server.url}/p/{project['slug']}/label/{image['id']}")
    expect(vera.get_by_test_id("read-only-notice")).to_contain_text("You are a viewer here")
    count = len(before["annotations"])
    box_ids(vera, count)

    draw_box(vera, (0.4, 0.6), (0.6, 0.9))
    for key in ("a", "Tab", "Delete", "s", "e"):
        vera.keyboard.press(key)

    box_ids(vera, count)
    vera.keyboard.press("Shift+Y")
    vera.get_by_test_id("history-entry").last.click()
    expect(vera.get_by_test_id("past-bar")).to_contain_text("after")
    expect(vera.get_by_test_id("restore-revision")).to_have_count(0)
    assert api.get(f"images/{image['id']}/annotations/") == before
    assert api.get(f"images/{image['id']}/")["queue"] == "labelled"
    vera.goto(f"{server.url}/p/{project['slug']}/images")
    expect(vera.get_by_role("tab", name="All 10")).to_be_visible()
    expect(vera.get_by_role("button", name="Upload")).to_have_count(0)


@pytest.mark.full
def test_stranger_finds_nothing(server: Server, api: Api, project: Json, newcomer: NewPerson) -> None:
    other = api.post("teams/", name="Strangers")
    link = api.post(f"teams/{other['slug']}/invitations/", role="manager")["link"]
    charlie = newcomer()
    join(charlie, link, "Charlie")
    image = api.get(f"projects/{project['id']}/images/")["results"][0]["id"]

    for path in ("images", f"label/{image}", "snapshots", "runs", "settings"):
        charlie.goto(f"{server.url}/p/{project['slug']}/{path}")
        expect(charlie.get_by_role("heading", name="Not found")).to_be_visible()
        expect(charlie.locator("body")).not_to_contain_text("Together")
    charlie.goto(f"{server.url}/t/plates")
    expect(charlie.get_by_role("heading", name="Not found")).to_be_visible()
    with Api(server.url, "charlie@example.org") as stranger:
        for path in (f"projects/{project['id']}/", f"images/{image}/", f"images/{image}/file/", "teams/plates/"):
            with pytest.raises(httpx.HTTPStatusError) as refused:
                stranger.get(path)
            assert refused.value.response.status_code == 404


def test_signed_out_person_comes_back_to_the_page_that_was_asked_for(
    server: Server, project: Json, bob: Page, newcomer: NewPerson
) -> None:
    page = newcomer()
    page.goto(f"{server.url}/p/{project['slug']}/images")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_label("Email").fill("bob@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("tab", name="All 10")).to_be_visible()
    assert page.url == f"{server.url}/p/{project['slug']}/images"


def test_what_happens_before_the_stream_begins_is_seen(server: Server, api: Api, ada: Page, tmp_path: Path) -> None:
    """The page has fetched the project, its stream is not open yet, and somebody labels an image."""
    project = api.project("Late stream", "detection", ["thing"])
    image, *_ = api.upload(project["id"], written(tmp_path, pictures(2)))["created"]
    held: list[Route] = []
    ada.route("**/events/**", lambda route: held.append(route))
    with ada.expect_request("**/events/**"):
        ada.goto(f"{server.url}/p/{project['slug']}/label")
    left = ada.get_by_test_id("queue-left")
    expect(left).to_have_text("2 left to label")

    api.patch(f"images/{image['id']}/annotations/", base_revision=0, upsert=[], delete=[], queue="skipped")
    held[0].continue_()

    expect(left).to_have_text("1 left to label")
    ada.unroute("**/events/**")


@pytest.mark.full
def test_nothing_goes_out_under_the_name_of_who_signed_in_after(
    server: Server, api: Api, ada: Page, newcomer: NewPerson, project: Json
) -> None:
    """In another tab of the same browser: the page that stood open asks its own person to sign in."""
    page = newcomer()
    join(page, link_from_the_page(server, ada, "Annotator"), "Dora")
    rows = api.get(f"projects/{project['id']}/images/", queue="unlabelled")["results"]
    image = next(row["id"] for row in rows if not row["annotation_count"])
    page.goto(f"{server.url}/p/{project['slug']}/label/{image}")
    expect(page.get_by_test_id("picture")).to_be_visible()
    page.context.clear_cookies()
    sign_in(page.context.new_page(), server.url)  # Ada

    draw_box(page, (0.2, 0.2), (0.5, 0.5))

    expect(page.get_by_test_id("kept-work")).to_contain_text("Changes by Dora to 1 image")
    assert api.get(f"images/{image}/revisions/")["results"] == []
    page.get_by_label("Email").fill("dora@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    api.wait(f"images/{image}/annotations/", lambda state: len(state["annotations"]) == 1, 60)
    (revision,) = api.get(f"images/{image}/revisions/")["results"]
    assert revision["author"]["name"] == "Dora"
