"""What a person does on the pages, step by step."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

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


def import_dialog(page: Page, url: str, slug: str) -> Locator:
    page.goto(f"{url}/p/{slug}/images")
    page.get_by_role("button", name=re.compile("^Import")).first.click()
    return page.get_by_role("dialog", name="Import")


def send(dialog: Locator, archive: Path) -> None:
    dialog.locator("input[type=file]").first.set_input_files(archive)
    expect(dialog).to_contain_text(archive.name)
    dialog.get_by_role("button", name="Upload and look").click()


def send_archive(page: Page, url: str, slug: str, archive: Path) -> None:
    """Choose the archive in the dialog; its import's page opens."""
    send(import_dialog(page, url, slug), archive)
    expect(page).to_have_url(re.compile(rf"/p/{slug}/imports/\d+$"))
    expect(page.get_by_role("heading", name=archive.name)).to_be_visible()


def bring_in(page: Page) -> None:
    """Import what was reviewed as it is proposed, or as it was changed on the page."""
    page.get_by_test_id("apply").click()
    expect(page.get_by_role("region", name="What came in")).to_be_visible()


def cancel_review(page: Page) -> None:
    page.get_by_role("button", name="Cancel import").click()
    page.get_by_role("dialog", name="Cancel import").get_by_role("button", name="Cancel import").click()
    expect(page.get_by_role("heading", name="This import was canceled")).to_be_visible()


def came_in(page: Page) -> dict[str, str]:
    """The figures of an import that has ended, by their names: {"Images added": "39"}."""
    figures = page.get_by_role("region", name="What came in").locator("dl > div")
    return {figure.locator("dt").inner_text(): figure.locator("dd").inner_text() for figure in figures.all()}


def finding(page: Page, rule: str | re.Pattern[str]) -> Locator:
    """The findings of one rule, opened."""
    row = page.get_by_role("region", name="Findings").locator("details.rule").filter(has_text=rule)
    if row.get_attribute("open") is None:
        row.locator("summary").click()
    return row
