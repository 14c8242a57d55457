"""A file of weights of one's own: uploaded in the train dialog, chosen, told apart from what is none, deleted."""

import json
import struct
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.api import Api, Json
from tests.e2e.conftest import Server

shares_server = True


@pytest.fixture(scope="module")
def project(api: Api) -> Json:
    return api.project("Own weights", "detection", ["cat"])


def weights(path: Path) -> Path:
    header = json.dumps({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + b"\0" * 4)
    return path


def test_a_file_is_uploaded_and_chosen(server: Server, ada: Page, api: Api, project: Json, tmp_path: Path) -> None:
    ada.goto(f"{server.url}/p/{project['slug']}/runs?new=1")
    dialog = ada.get_by_role("dialog", name="Train")
    start = dialog.get_by_label("Start from")
    start.select_option("Upload a file…")
    (tmp_path / "notes.txt").write_text("no weights")
    dialog.locator("input[type=file]").set_input_files(tmp_path / "notes.txt")
    expect(dialog.get_by_role("alert")).to_contain_text("notes.txt is no file of weights that is understood here")
    dialog.locator("input[type=file]").set_input_files(weights(tmp_path / "mine.safetensors"))
    expect(start.locator("option:checked")).to_contain_text("mine.safetensors")
    expect(dialog.get_by_text("From Ada, sha256")).to_be_visible()
    (kept,) = api.get("teams/plates/base-files/")["results"]
    assert start.input_value() == f"file:{kept['id']}"

    dialog.get_by_role("button", name="Change the file").click()
    ada.get_by_role("menuitem", name="Delete").click()
    ada.get_by_role("button", name="Delete the file").click()
    expect(start.locator("option:checked")).to_have_text("Catalogue weights")
    assert api.get("teams/plates/base-files/")["results"] == []
