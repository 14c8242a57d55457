"""Any classifier of timm's: found by parts of its name, with its licence told, and trained."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.api import Api
from tests.e2e.conftest import Server
from tests.e2e.test_classification import MINUTES, labelled_insects, of_slug

shares_server = True
OTHER = "Other: any classifier of timm"
NONCOMMERCIAL, FREE = "convnextv2_atto.fcmae_ft_in1k", "mobilenetv3_small_050.lamb_in1k"


def pick(dialog: Locator, words: str, name: str) -> None:
    dialog.get_by_label("Model").select_option(OTHER)
    dialog.get_by_label("Part of its name").fill(words)
    dialog.get_by_test_id("timm-found").get_by_role("button", name=re.compile(rf"^{re.escape(name)}\b")).click()
    expect(dialog.get_by_label("Model").locator("option:checked")).to_have_text(name)


def test_a_licence_that_forbids_commerce_wants_a_tick(server: Server, api: Api, ada: Page) -> None:
    project = api.project("Leaves", "classification", ["oak", "elm"])
    ada.goto(f"{server.url}/p/{project['slug']}/runs?new=1")
    dialog = ada.get_by_role("dialog", name="Train")
    dialog.get_by_label("Model").select_option(OTHER)
    expect(dialog.get_by_test_id("timm-count")).to_contain_text("of which these are the quickest 20")
    dialog.get_by_label("Part of its name").fill("no such model")
    expect(dialog.get_by_test_id("timm-count")).to_have_text("No name has these parts.")

    pick(dialog, "convnextv2 atto", NONCOMMERCIAL)
    expect(dialog.get_by_text("cc-by-nc-4.0: forbids commercial use")).to_be_visible()
    start = ada.get_by_test_id("train-start")
    expect(start).to_be_disabled()
    tick = dialog.get_by_label("I know that these weights")
    tick.check()
    expect(start).to_be_enabled()

    dialog.get_by_label("Start from").select_option("none")
    expect(tick).to_have_count(0)
    expect(start).to_be_enabled()


@pytest.mark.full
def test_a_model_of_timms_trains(server: Server, api: Api, ada: Page, test_data: Path) -> None:
    slug = labelled_insects(api, test_data / "hymenoptera384")
    ada.goto(f"{server.url}/p/{slug}/runs?new=1")
    dialog = ada.get_by_role("dialog", name="Train")
    pick(dialog, "mobilenetv3 050", FREE)
    dialog.get_by_label("Start from").select_option("none")
    dialog.get_by_label("Epochs", exact=True).fill("1")
    expect(ada.get_by_test_id("train-cost")).to_contain_text("1 epoch")
    ada.get_by_test_id("train-start").click()

    expect(ada).to_have_url(re.compile(r"/runs/1$"))
    expect(ada.get_by_test_id("run-status")).to_have_text(re.compile("succeeded", re.I), timeout=4 * MINUTES)
    expect(ada.get_by_text(f"{FREE}, from random weights")).to_be_visible()
    expect(ada.get_by_test_id("run-settings")).to_contain_text("epochs 1 (8)")
    run = api.get(f"projects/{of_slug(api, slug)['id']}/runs/")["results"][0]
    assert run["model"] == FREE
