"""From signing in to a trained model without a pointer: every control is reached by Tab, and works by its keys."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.api import EMAIL, PASSWORD, Api
from tests.e2e.conftest import Server
from tests.e2e.drawings import pictures, written
from tests.e2e.steps import saved

shares_server = True
MINUTES = 60_000
IMAGES = 6


def reach(target: Locator, most: int = 120) -> None:
    """Press Tab until it has the focus."""
    expect(target).to_be_visible()
    for _ in range(most):
        if target.evaluate("element => element === document.activeElement"):
            return
        target.page.keyboard.press("Tab")
    raise AssertionError(f"{most} times Tab, and {target} is not reached")


def press(target: Locator) -> None:
    reach(target)
    target.page.keyboard.press("Enter")


def write(target: Locator, text: str) -> None:
    reach(target)
    target.page.keyboard.press("Control+A")
    target.page.keyboard.type(text)


def sign_in_by_keys(page: Page, url: str) -> None:
    page.goto(url)
    write(page.get_by_label("Email"), EMAIL)
    write(page.get_by_label("Password"), PASSWORD)
    page.keyboard.press("Enter")


def make_project(page: Page) -> None:
    press(page.get_by_role("button", name="New project").first)
    dialog = page.get_by_role("dialog", name="New project")
    write(dialog.get_by_label("Name", exact=True), "By keys")
    press(dialog.get_by_role("button", name="Add label"))
    page.keyboard.type("disc")
    page.keyboard.press("Enter")
    page.keyboard.type("ring")
    press(dialog.get_by_role("button", name="Create project"))
    expect(page).to_have_url(re.compile(r"/p/by-keys/images"))


def upload(page: Page, files: list[Path]) -> None:
    with page.expect_file_chooser() as waiting:
        press(page.get_by_role("button", name="Upload images").first)
    waiting.value.set_files(files)
    press(page.get_by_role("link", name=f"Label {len(files)} images"))


def label_all(page: Page) -> None:
    """A box in the middle of each picture, moved, made larger, and of the other label on the last."""
    left = page.get_by_test_id("queue-left")
    for image in range(IMAGES):
        expect(left).to_have_text(f"{IMAGES - image} left to label")
        expect(page.get_by_test_id("box-row")).to_have_count(0)
        expect(page.get_by_test_id("stage")).to_be_focused()
        for key in ("i", "ArrowLeft", "Shift+ArrowUp", "Alt+Shift+ArrowRight"):
            page.keyboard.press(key)
        expect(page.get_by_test_id("box-row")).to_have_count(1)
        page.keyboard.press("Enter")
    expect(page.get_by_test_id("empty-queue")).to_be_visible()


def relabel_the_last(page: Page) -> None:
    """Back by a key, and Tab picks the box."""
    page.keyboard.press("Shift+Enter")
    expect(page.get_by_test_id("queue-badge")).to_have_text("Labelled")
    page.keyboard.press("Tab")
    page.keyboard.press("2")
    expect(page.get_by_test_id("box-row")).to_contain_text("ring")
    saved(page)
    page.keyboard.press("Enter")


@pytest.mark.full
def test_from_signing_in_to_a_trained_model_by_keys_alone(
    server: Server, api: Api, browser: Browser, tmp_path: Path, weights_dir: Path
) -> None:
    context = browser.new_context()
    page = context.new_page()
    sign_in_by_keys(page, server.url)
    make_project(page)
    upload(page, written(tmp_path, pictures(IMAGES, first=40)))
    label_all(page)
    relabel_the_last(page)
    press(page.get_by_role("link", name="Snapshot and train"))
    press(page.get_by_test_id("snapshot-create").first)
    expect(page).to_have_url(re.compile(r"/snapshots/1$"))
    press(page.get_by_test_id("train-open").first)
    write(page.get_by_label("Epochs", exact=True), "1")
    press(page.get_by_test_id("train-start"))
    status = page.get_by_test_id("run-status")
    expect(status).to_have_text(re.compile("succeeded", re.I), timeout=4 * MINUTES)
    context.close()
