"""From the first visit to verified files, in a real browser: what the README promises, in its order."""

import io
import json
import re
import zipfile
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest
from playwright.sync_api import Browser, Download, Page, expect

from tests.e2e.api import Api, box
from tests.e2e.conftest import Server
from tests.e2e.drawings import picture, written
from tests.e2e.steps import draw_box, first_visit, sample_project, saved
from tests.e2e.test_pages import scan
from training.engine.verify import verify_bundle

MINUTES = 60_000
TARGETS = (pytest.param("onnx", marks=pytest.mark.full), "tfjs")
"""The page tries the one that browsers run."""


@pytest.fixture(scope="module")
def slug(server: Server, visitor: Page) -> str:
    """The sample project of the first account, its pictures arrived."""
    first_visit(visitor, server.url, server.setup_code)
    return sample_project(visitor)


def test_a_box_is_saved_without_a_button_and_survives_reload(server: Server, visitor: Page, slug: str) -> None:
    visitor.goto(f"{server.url}/p/{slug}/label")
    left = visitor.get_by_test_id("queue-left")
    expect(left).to_have_text("8 left to label")

    draw_box(visitor, (0.3, 0.3), (0.6, 0.6))

    saved(visitor)
    badge = visitor.get_by_test_id("queue-badge")
    expect(badge).to_have_text("Draft")
    visitor.goto(f"{server.url}/p/{slug}/label")
    expect(badge).to_have_text("Draft")
    expect(visitor.get_by_test_id("box-row")).to_have_count(1)
    expect(left).to_have_text("8 left to label")
    visitor.keyboard.press("Enter")
    expect(left).to_have_text("7 left to label")
    visitor.keyboard.press("Shift+Enter")
    expect(badge).to_have_text("Labelled")
    visitor.get_by_test_id("stage").focus()
    visitor.keyboard.press("Tab")
    visitor.keyboard.press("2")
    expect(visitor.get_by_test_id("box-row")).to_contain_text("banana")
    visitor.keyboard.press("Delete")
    expect(visitor.get_by_test_id("box-row")).to_have_count(0)
    saved(visitor)
    visitor.reload()
    expect(visitor.get_by_test_id("box-row")).to_have_count(0)


def test_a_run_shows_its_curves_and_its_numbers(server: Server, visitor: Page, slug: str, weights_dir: Path) -> None:
    visitor.goto(f"{server.url}/p/{slug}/snapshots")
    visitor.get_by_test_id("snapshot-create").first.click()
    expect(visitor).to_have_url(re.compile(r"/snapshots/1$"))

    visitor.get_by_test_id("train-open").first.click()
    visitor.get_by_label("Epochs", exact=True).fill("1")
    expect(visitor.get_by_test_id("train-cost")).to_contain_text("1 epoch")
    visitor.get_by_test_id("train-start").click()

    status = visitor.get_by_test_id("run-status")
    expect(status).to_have_text(re.compile("running", re.I))
    expect(visitor.get_by_test_id("run-log")).to_contain_text("COCO weights")
    expect(status).to_have_text(re.compile("succeeded", re.I), timeout=4 * MINUTES)
    expect(visitor.get_by_test_id("figure-AP50")).to_be_visible()
    with Api(server.url) as api:
        run = api.get(f"projects/{api.get('projects/', slug=slug)['results'][0]['id']}/runs/")["results"][0]
    assert run["metrics"]["AP50"] > 0.2
    expect(visitor.get_by_test_id("pictures").locator("canvas, svg, img").first).to_be_visible()


@pytest.fixture(scope="module")
def run(server: Server, slug: str, weights_dir: Path) -> None:
    """That of the test before; in `make test-full` made here."""
    with Api(server.url) as api:
        here = f"projects/{api.get('projects/', slug=slug)['results'][0]['id']}/"
        if not api.get(f"{here}runs/")["results"]:
            snapshot = api.post(f"{here}snapshots/")
            api.finish(f"snapshots/{snapshot['id']}/", 60)
            asked = {"snapshot": snapshot["id"], "model": "ssdlite320_mobilenet_v3_large", "config": {"epochs": 1}}
            api.finish(f"runs/{api.post(f'{here}runs/', **asked)['id']}/", 240)


@pytest.mark.parametrize("target", TARGETS)
def test_an_artifact_is_measured_before_it_can_be_had(
    server: Server, visitor: Page, slug: str, target: str, run: None
) -> None:
    visitor.goto(f"{server.url}/p/{slug}/runs/1")
    expect(visitor.get_by_test_id(f"artifact-{target}-download")).to_have_count(0)

    visitor.get_by_test_id(f"publish-{target}").click()

    link = visitor.get_by_test_id(f"artifact-{target}-download")
    expect(link).to_be_visible(timeout=4 * MINUTES)
    expect(visitor.get_by_test_id(f"parity-{target}")).to_contain_text("px")
    with visitor.expect_download() as waiting:
        link.click()
    parity, names = read_bundle(waiting.value)
    assert parity["passed"] is True
    assert parity["max_box_px"] <= 1
    assert parity["max_score"] <= 0.01
    assert "labels.txt" in names
    verified = verify_bundle(waiting.value.path())
    assert (verified["run"]["team"], verified["run"]["number"]) == ("Plates", 1)
    assert verified["snapshot"]["number"] == 1
    assert verified["reproduced"]["count"] > 10  # boxes on the breakfast table, and the strongest outputs
    if target == "onnx":
        runs_in_onnxruntime(waiting.value)


def test_the_published_model_is_tried_in_this_browser(
    server: Server, visitor: Page, slug: str, tmp_path: Path, weights_dir: Path
) -> None:
    visitor.goto(f"{server.url}/p/{slug}/runs/1")
    visitor.get_by_test_id("try-open").click()
    visitor.get_by_test_id("try-files").set_input_files(written(tmp_path, {"table.png": picture(3)}))
    expect(visitor.get_by_test_id("tried-figures")).to_contain_text("found,")
    expect(visitor.get_by_test_id("try-backend")).to_contain_text("WebAssembly")
    visitor.get_by_test_id("send-to-queue").click()
    link = visitor.get_by_role("link", name="In the queue")
    expect(link).to_be_visible()
    image = (link.get_attribute("href") or "").rsplit("/", 1)[1]
    with Api(server.url) as api:
        assert api.get(f"images/{image}/")["queue"] == "unlabelled"
        assert api.get(f"images/{image}/suggestions/")["run_number"] == 1


def test_a_link_opens_the_model_for_who_has_no_account(
    server: Server, visitor: Page, slug: str, browser: Browser, tmp_path: Path, weights_dir: Path
) -> None:
    visitor.goto(f"{server.url}/p/{slug}/runs/1")
    visitor.get_by_test_id("try-share").click()
    visitor.get_by_test_id("make-link").click()
    code = visitor.get_by_role("img", name="The link as a QR code")
    shot = code.screenshot(animations="disabled")
    seen = cv2.imdecode(np.frombuffer(shot, np.uint8), cv2.IMREAD_COLOR)
    assert seen is not None
    link, *_ = cv2.QRCodeDetectorAruco().detectAndDecode(seen)  # the other one reads 98 of 100 codes
    assert link == visitor.get_by_label("Link", exact=True).input_value()
    phone = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    phone.goto(link)
    phone.get_by_test_id("try-files").set_input_files(written(tmp_path, {"table.png": picture(3)}))
    expect(phone.get_by_test_id("tried-figures")).to_contain_text("found,")
    expect(phone.get_by_test_id("send-to-queue")).to_have_count(0)
    assert scan(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert phone.url == f"{server.url}/try", "the secret stays out of the history"
    visitor.get_by_test_id("try-link").get_by_role("button", name="Revoke").click()
    expect(visitor.get_by_test_id("try-link")).to_have_count(0)
    again = phone.context.new_page()
    again.goto(link)
    expect(again.get_by_role("heading", name="This link does not work")).to_be_visible()
    phone.context.close()


def test_retrain_takes_one_click(server: Server, visitor: Page, slug: str, weights_dir: Path) -> None:
    visitor.goto(f"{server.url}/p/{slug}/label")
    draw_box(visitor, (0.2, 0.2), (0.5, 0.5))
    saved(visitor)
    visitor.goto(f"{server.url}/p/{slug}/runs/1")

    visitor.get_by_test_id("retrain").first.click()

    expect(visitor).to_have_url(re.compile(r"/runs/2$"))
    with Api(server.url) as api:
        project = api.get("projects/", slug=slug)["results"][0]["id"]
        run = api.get(f"projects/{project}/runs/")["results"][0]
    assert (run["number"], run["snapshot"]["number"], run["base"]) == (2, 2, "run:1")
    assert run["config"]["epochs"] == 1
    expect(visitor.get_by_test_id("run-status")).to_have_text(re.compile("running", re.I))
    visitor.get_by_test_id("cancel-run").click()
    confirm = visitor.get_by_role("dialog").get_by_role("button", name="Cancel run")
    if confirm.count():
        confirm.click()
    expect(visitor.get_by_test_id("run-status")).to_have_text(re.compile("canceled", re.I))


@pytest.mark.full
def test_a_run_is_continued_with_what_is_new(
    server: Server, visitor: Page, slug: str, weights_dir: Path, run: None
) -> None:
    with Api(server.url) as api:
        project = api.get("projects/", slug=slug)["results"][0]
        for image in api.get(f"projects/{project['id']}/images/", queue="unlabelled")["results"]:
            drawn = box(project["labels"][0]["id"], 20, 20, 120, 100)
            api.patch(f"images/{image['id']}/annotations/", base_revision=0, upsert=[drawn], delete=[])
    visitor.goto(f"{server.url}/p/{slug}/runs/1")

    visitor.get_by_test_id("continue-run").click()

    expect(visitor).to_have_url(re.compile(r"/runs/(?!1$)[0-9]+$"))
    expect(visitor.get_by_test_id("run-status")).to_have_text(re.compile("succeeded", re.I), timeout=4 * MINUTES)
    labels = visitor.get_by_test_id("before-after").get_by_role("row")
    expect(labels).to_have_count(1 + len(project["labels"]))
    expect(visitor.get_by_test_id("run-start")).to_contain_text(re.compile(r"learned from \d+ new images?, beside \d+"))


def read_bundle(download: Download) -> tuple[dict[str, float], list[str]]:
    with zipfile.ZipFile(download.path()) as bundle:
        return json.loads(bundle.read("parity.json"))["parity"], bundle.namelist()


def runs_in_onnxruntime(download: Download) -> None:
    """What was downloaded answers, with the names that detectNet wants."""
    with zipfile.ZipFile(download.path()) as bundle:
        model = next(name for name in bundle.namelist() if name.endswith(".onnx"))
        session = onnxruntime.InferenceSession(io.BytesIO(bundle.read(model)).getvalue())
    (image,) = session.get_inputs()
    given = np.zeros([1, *image.shape[1:]], np.float32)
    answer = session.run(["scores", "boxes"], {image.name: given})
    assert image.name == "input_0"
    assert answer[0].shape[:2] == answer[1].shape[:2]
