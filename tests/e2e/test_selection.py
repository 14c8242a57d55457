"""Many images of the gallery at once: framed, moved, deleted, taken back, restored from the Trash."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.api import Api, Json
from tests.e2e.conftest import Server
from tests.e2e.drawings import picture

shares_server = True


def queue_counts(api: Api, project: Json) -> tuple[int, int, int]:
    counts = api.get(f"projects/{project['id']}/")["counts"]
    return counts["images"], counts["unlabelled"], counts["skipped"]


def test_framed_images_move_and_come_back(server: Server, api: Api, ada: Page, tmp_path: Path) -> None:
    project = api.project("Selected", "detection", ["cat"])
    files = [tmp_path / f"{seed}.png" for seed in range(4)]
    for seed, file in enumerate(files):
        file.write_bytes(picture(seed))
    api.upload(project["id"], files)
    ada.goto(f"{server.url}/p/{project['slug']}/images")
    tiles, bar = ada.locator(".tile"), ada.get_by_role("toolbar", name="Selection")
    expect(tiles).to_have_count(4)
    first, second = tiles.nth(0).bounding_box(), tiles.nth(1).bounding_box()
    assert first is not None
    assert second is not None
    ada.mouse.move(first["x"] + 60, first["y"] + 60)
    ada.mouse.down()
    ada.mouse.move(second["x"] + 60, second["y"] + 80, steps=4)
    ada.mouse.up()
    expect(bar).to_contain_text("2 images")
    expect(ada).to_have_url(re.compile("/images$"))  # the frame's end opens no tile

    bar.get_by_role("button", name="Move").click()
    ada.get_by_role("menuitem", name="Skipped").click()
    expect(ada.get_by_text("2 images moved to Skipped.")).to_be_visible()
    assert queue_counts(api, project) == (4, 2, 2)
    ada.get_by_role("button", name="Undo").click()
    expect(ada.get_by_text("2 images taken back.")).to_be_visible()
    assert queue_counts(api, project) == (4, 4, 0)

    ada.keyboard.press("Control+a")
    bar.get_by_role("button", name="Delete").click()
    ada.get_by_role("dialog").get_by_role("button", name="Delete 4 images").click()
    expect(tiles).to_have_count(0)
    ada.goto(f"{server.url}/p/{project['slug']}/trash")
    boxes = ada.get_by_role("checkbox")
    expect(boxes).to_have_count(4)
    for one in boxes.all():
        one.check()
    ada.get_by_role("button", name="Restore").click()
    expect(ada.get_by_role("heading", name="The Trash is empty")).to_be_visible()
    assert queue_counts(api, project) == (4, 4, 0)


def test_a_long_list_is_gone_through_by_keys_and_narrowed(server: Server, api: Api, ada: Page, tmp_path: Path) -> None:
    """Of 70 images the page has the first 60."""
    project = api.project("Long", "detection", ["cat"])
    files = [tmp_path / f"{seed:02}.png" for seed in range(70)]
    for seed, file in enumerate(files):
        file.write_bytes(picture(seed, size=(160 if seed % 2 else 800, 120)))
    made = {row["name"]: row["id"] for row in api.upload(project["id"], files, batch=70)["created"]}
    ada.goto(f"{server.url}/p/{project['slug']}/images?order=name")
    tiles, place = ada.locator(".tile a"), ada.locator(".go-to")
    expect(place).to_have_text("1 of 70")
    tiles.first.focus()
    for key, name in (("End", "69.png"), ("ArrowLeft", "68.png"), ("Home", "00.png")):
        ada.keyboard.press(key)
        expect(ada.locator(".tile a:focus")).to_have_attribute("aria-label", re.compile(f"^{name}"))
    place.click()
    ada.keyboard.type("30")
    ada.keyboard.press("Enter")
    expect(ada.locator(".tile a[aria-label^='29.png']")).to_be_in_viewport()

    ada.get_by_role("button", name="Filter", exact=True).click()
    ada.get_by_role("menuitemradio", name="641 to 1,920 px wide").click()
    expect(ada).to_have_url(re.compile("order=name&min_width=641&max_width=1920$"))
    expect(tiles.nth(1)).to_have_attribute("aria-label", re.compile("^02.png"))
    api.http.delete(f"images/{made['00.png']}/").raise_for_status()
    expect(tiles.first).to_have_attribute("aria-label", re.compile("^02.png"))  # told by an event


def test_assigned_images_are_found_on_a_phone(server: Server, api: Api, ada: Page, tmp_path: Path) -> None:
    project = api.project("Assigned", "detection", ["cat"])
    files = [tmp_path / f"{seed}.png" for seed in range(3)]
    for seed, file in enumerate(files):
        file.write_bytes(picture(seed))
    api.upload(project["id"], files)
    ada.goto(f"{server.url}/p/{project['slug']}/images")
    tiles, bar = ada.locator(".tile"), ada.get_by_role("toolbar", name="Selection")
    for n in range(2):
        tiles.nth(n).hover()
        tiles.nth(n).get_by_role("checkbox").check()
    bar.get_by_role("button", name="Assign").click()
    ada.get_by_role("menuitem", name="Ada").click()
    expect(ada.get_by_role("link", name=re.compile("assigned to Ada"))).to_have_count(2)
    ada.set_viewport_size({"width": 390, "height": 780})
    sheet = ada.locator("#filter-tools")
    expect(sheet).to_be_hidden()
    ada.get_by_role("button", name="Filter").click()
    sheet.get_by_role("button", name="Filter").click()
    ada.get_by_role("menuitemradio", name="Assigned to me").click()
    expect(tiles).to_have_count(2)
    expect(ada).to_have_url(re.compile(r"assigned=\d+$"))
    ada.keyboard.press("Escape")
    expect(ada.get_by_role("button", name="Filter (1)")).to_be_focused()
    expect(sheet).to_be_hidden()
