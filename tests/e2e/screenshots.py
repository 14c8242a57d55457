"""`make screenshots`: the README's pictures, taken of the running product with its own sample project."""

import io
import re
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from tests.e2e.conftest import CHROMIUM_FLAGS, ROOT, Server, free_port
from tests.e2e.steps import draw_box, first_visit, sample_project, saved
from tests.services.browser import CHROMIUM
from tests.services.processes import wait_until

FOLDER = ROOT / "docs" / "screenshots"
SIZE: ViewportSize = {"width": 1280, "height": 800}
MINUTES = 60_000
NOTICEABLE = 24  # of 255: a grey further from the commonest one is content
CONTENT = 0.02  # of the pixels; a header alone has 0.007, the emptiest real page 0.048
BANANA, DONUT = "2", "3"  # keys of the labels
BOXES = [
    (BANANA, (0.286, 0.711), (0.376, 0.945)),
    (BANANA, (0.421, 0.654), (0.578, 0.884)),
    (BANANA, (0.142, 0.143), (0.363, 0.468)),
    (DONUT, (0.390, 0.318), (0.568, 0.557)),
]


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        server = Server(Path(name), free_port())
        server.start()
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_FLAGS)
        try:
            take_all(browser.new_page(viewport=SIZE), server.url, server.setup_code)
        finally:
            browser.close()
            server.stop()


def take_all(page: Page, url: str, code: str) -> None:
    first_visit(page, url, code)
    slug = sample_project(page)
    page.goto(f"{url}/p/{slug}/images?queue=labelled")
    expect(page.locator(".tile").nth(11)).to_be_visible()
    page.wait_for_load_state("networkidle")  # the pictures themselves, and their boxes
    take(page, "images")
    label(page, f"{url}/p/{slug}/label")
    train(page, f"{url}/p/{slug}/snapshots")
    publish(page)
    page.goto(url)
    expect(page.get_by_text("Breakfast table")).to_be_visible()
    page.wait_for_load_state("networkidle")
    take(page, "projects")


def label(page: Page, address: str) -> None:
    """The first unlabelled picture of the sample: three bananas and a donut."""
    page.goto(address)
    expect(page.get_by_test_id("picture")).to_be_visible()
    page.get_by_role("button", name="Close the hint").click()
    for key, start, end in BOXES:
        page.keyboard.press("Escape")
        page.keyboard.press(key)
        draw_box(page, start, end)
    saved(page)
    take(page, "label")


def train(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_test_id("snapshot-create").first.click()
    expect(page).to_have_url(re.compile(r"/snapshots/1$"))
    page.get_by_test_id("train-open").first.click()
    page.get_by_test_id("train-start").click()
    curve = page.locator('[data-testid="curve"][data-points="5"]').first
    expect(curve).to_be_visible(timeout=6 * MINUTES)
    take(page, "run-live")
    expect(page.get_by_test_id("run-status")).to_have_text(re.compile("succeeded", re.I), timeout=6 * MINUTES)


def publish(page: Page) -> None:
    for target in ("onnx", "tflite", "tfjs"):
        page.get_by_test_id(f"publish-{target}").click()
    for target in ("onnx", "tflite", "tfjs"):
        expect(page.get_by_test_id(f"artifact-{target}-download")).to_be_visible(timeout=6 * MINUTES)
    page.reload()  # the list is longer than the window: from its beginning, with the figures above it
    expect(page.get_by_test_id("artifact-onnx-download")).to_be_visible()
    take(page, "run")


def take(page: Page, name: str) -> None:
    """As WebP: a tenth of the bytes of a PNG."""
    page.mouse.move(0, 0)
    taken: list[Image.Image] = []

    def is_painted() -> bool:
        """Chromium may answer before it has painted, and a page before its content has come."""
        taken.append(Image.open(io.BytesIO(page.screenshot())))
        return not is_blank(taken[-1])

    wait_until(is_painted, f"a picture of {name}")
    taken[-1].save(FOLDER / f"{name}.webp", quality=88, method=6)


def is_blank(picture: Image.Image) -> bool:
    """Nearly one colour: a frame before the first paint, or a page whose content has not come yet."""
    greys = picture.convert("L").histogram()
    most = greys.index(max(greys))
    apart = sum(pixels for grey, pixels in enumerate(greys) if abs(grey - most) > NOTICEABLE)
    return apart < CONTENT * sum(greys)


if __name__ == "__main__":
    main()
