"""A label's boxes side by side: what is wrong is selected and put right with one key."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.api import Api, Json
from tests.e2e.conftest import Server
from tests.e2e.drawings import discs
from tests.e2e.steps import saved

shares_server = True


def counts(api: Api, project: Json) -> dict[str, int]:
    return {row["name"]: row["annotation_count"] for row in api.get(f"projects/{project['id']}/")["labels"]}


def test_one_key_puts_right_what_is_selected(server: Server, api: Api, ada: Page) -> None:
    project = api.project("Wrong discs", "detection", ["disc", "plate"])
    api.finish(f"imports/{api.send_archive(project['id'], 'd.zip', discs(labelled=6, unlabelled=0))['id']}/", 60)
    total = counts(api, project)["disc"]
    ada.goto(f"{server.url}/p/{project['slug']}/images")
    ada.get_by_role("link", name="Review by label").click()
    crops = ada.get_by_test_id("crop")
    expect(crops).to_have_count(total)

    crops.nth(0).click()
    crops.nth(2).click(modifiers=["Shift"])
    ada.keyboard.press("2")
    expect(crops.filter(has_text="plate")).to_have_count(3)
    crops.nth(4).focus()
    ada.keyboard.press("Delete")
    expect(crops.nth(4)).to_have_text("deleted")
    saved(ada)
    assert counts(api, project) == {"disc": total - 4, "plate": 3}

    ada.keyboard.press("Control+z")
    saved(ada)
    assert counts(api, project) == {"disc": total - 3, "plate": 3}
    crops.nth(5).focus()
    ada.keyboard.press("Enter")
    expect(ada).to_have_url(re.compile(rf"/p/{project['slug']}/label/\d+"))
    expect(ada.get_by_test_id("picture")).to_be_visible()
