"""What a person does on the pages, step by step."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.api import EMAIL, PASSWORD


def first_visit(page: Page, url: str, code: str) -> None:
    """Create the first account and its team, by the link that `make run` shows."""
    page.goto(f"{url}/setup#{code}")
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Team").fill("Plates")
    page.get_by_role("button", name="Create account and team").click()
    expect(page.get_by_role("button", name="Sample project").first).to_be_visible()


def sign_in(page: Page, url: str, email: str = EMAIL, password: str = PASSWORD) -> None:
    """Through the page, as whoever has an account."""
    page.goto(url)
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Main").first).to_be_attached(timeout=30_000)


def sample_project(page: Page) -> str:
    """Make the sample project and wait until its pictures are in; its slug."""
    page.get_by_role("button", name="Sample project").first.click()
    expect(page).to_have_url(re.compile(r"/p/[^/]+/images"))
    expect(page.get_by_role("link", name=re.compile("Label 8 images"))).to_be_visible(timeout=120_000)
    return page.url.split("/p/")[1].split("/")[0]


def draw_box(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag a rectangle; positions are shares of the picture."""
    picture = page.get_by_test_id("picture")
    expect(picture).to_be_visible()
    area = picture.bounding_box()
    assert area is not None
    (x0, y0), (x1, y1) = ((area["x"] + x * area["width"], area["y"] + y * area["height"]) for x, y in (start, end))
    page.mouse.move(x0, y0)
    page.mouse.down()
    page.mouse.move((x0 + x1) / 2, (y0 + y1) / 2, steps=4)
    page.mouse.move(x1, y1, steps=4)
    page.mouse.up()


def box_ids(page: Page, count: int) -> list[str]:
    """The ids of the boxes on the picture, once there are `count`."""
    rows = page.get_by_test_id("box-row")
    expect(rows).to_have_count(count)
    return [row.get_attribute("data-id") or "" for row in rows.all()]


def saved(page: Page) -> None:
    expect(page.get_by_test_id("saving-state")).to_have_text("Saved")
