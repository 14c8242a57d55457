"""Settings of a run under a name: saved in the train dialog, chosen again, renamed, deleted."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.api import Api, Json
from tests.e2e.conftest import Server

shares_server = True


@pytest.fixture(scope="module")
def project(api: Api) -> Json:
    return api.project("Preset things", "detection", ["cat"])


def expert_settings(page: Page, url: str, project: Json) -> Locator:
    page.goto(f"{url}/p/{project['slug']}/runs?new=1")
    dialog = page.get_by_role("dialog", name="Train")
    dialog.get_by_text("Expert settings").click()
    return dialog


def save_as(dialog: Locator, name: str) -> None:
    dialog.get_by_role("button", name="Save as preset").click()
    dialog.get_by_label("Name of the preset").fill(name)
    dialog.get_by_role("button", name="Save", exact=True).click()


def test_settings_are_kept_under_a_name_for_the_next_run(server: Server, ada: Page, project: Json) -> None:
    dialog = expert_settings(ada, server.url, project)
    preset = dialog.get_by_label("Preset", exact=True)
    expect(dialog.get_by_role("button", name="Save as preset")).to_have_count(0)
    dialog.get_by_label("Epochs", exact=True).fill("50")
    dialog.get_by_label("Momentum").fill("0.95")
    save_as(dialog, "Slow and steady")
    expect(preset.locator("option:checked")).to_have_text("Slow and steady")
    expect(dialog.get_by_text("epochs 50 (8), momentum 0.95 (0.9)")).to_be_visible()

    dialog = expert_settings(ada, server.url, project)
    preset = dialog.get_by_label("Preset", exact=True)
    preset.select_option("Slow and steady")
    expect(dialog.get_by_label("Epochs", exact=True)).to_have_value("50")
    expect(dialog.get_by_label("Momentum")).to_have_value("0.95")
    preset.select_option("The model's defaults")
    expect(dialog.get_by_label("Momentum")).to_have_value("")


def test_a_name_that_is_taken_is_told_in_its_field(server: Server, ada: Page, project: Json) -> None:
    dialog = expert_settings(ada, server.url, project)
    dialog.get_by_label("Momentum").fill("0.5")
    save_as(dialog, "slow and steady")
    expect(dialog.get_by_role("alert")).to_have_text(re.compile("the team has a preset of this name already"))
    dialog.get_by_label("Name of the preset").fill("Hasty")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog.get_by_label("Preset", exact=True).locator("option:checked")).to_have_text("Hasty")


def test_one_is_renamed_and_deleted(server: Server, ada: Page, api: Api, project: Json) -> None:
    dialog = expert_settings(ada, server.url, project)
    preset = dialog.get_by_label("Preset", exact=True)
    preset.select_option("Hasty")
    dialog.get_by_role("button", name="Change the preset").click()
    ada.get_by_role("menuitem", name="Rename").click()
    dialog.get_by_label("New name of Hasty").fill("Brisk")
    dialog.get_by_role("button", name="Rename").click()
    expect(preset.locator("option:checked")).to_have_text("Brisk")
    dialog.get_by_role("button", name="Change the preset").click()
    ada.get_by_role("menuitem", name="Delete").click()
    ada.get_by_role("button", name="Delete Brisk").click()
    expect(preset.locator("option:checked")).to_have_text("The model's defaults")
    assert [one["name"] for one in api.get("teams/plates/presets/")["results"]] == ["Slow and steady"]
