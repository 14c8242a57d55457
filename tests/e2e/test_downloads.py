"""From a filter to a folder: exported, its losses read, fetched by the very cell that the page shows."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.api import Api, Json
from tests.e2e.conftest import Server
from tests.e2e.drawings import discs

shares_server = True
LABELLED = 6


@pytest.fixture(scope="module")
def project(api: Api) -> Json:
    made = api.project("Exported", "detection", ["disc"])
    coming = api.send_archive(made["id"], "discs.zip", discs(labelled=LABELLED, unlabelled=2))
    api.finish(f"imports/{coming['id']}/", 60)
    return made


def test_what_a_filter_shows_is_exported_and_fetched_by_a_notebook(
    server: Server, ada: Page, project: Json, tmp_path: Path
) -> None:
    ada.goto(f"{server.url}/p/{project['slug']}/images?queue=labelled")
    ada.get_by_test_id("export-open").click()
    dialog = ada.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text(f"Export {LABELLED} images")
    ada.get_by_test_id("export-start").click()
    expect(ada).to_have_url(re.compile(r"/snapshots/1\?download=1$"))
    expect(dialog.get_by_role("heading")).to_have_text("Download v1: labelled")
    expect(dialog.get_by_text("Pascal VOC holds all of this snapshot.")).to_be_visible()
    dialog.get_by_label("Format").press_sequentially("YO")
    expect(dialog.get_by_label("Format")).to_have_value("yolo")
    expect(dialog.get_by_text("data.yaml, and a text for each image")).to_be_visible()
    expect(dialog.get_by_text("YOLO (Ultralytics) holds all of this snapshot.")).to_be_visible()
    dialog.get_by_label("Format").select_option("voc")
    expect(ada.get_by_test_id("train-open")).to_have_count(0)
    dialog.get_by_label("With images").uncheck()
    with ada.expect_download() as coming:
        dialog.get_by_role("link", name="Download").click()
    annotations = tmp_path / coming.value.suggested_filename
    coming.value.save_as(annotations)
    assert annotations.name == f"{project['slug']}-v1-voc-annotations.zip"
    dialog.get_by_label("With images").check()
    ada.get_by_test_id("notebook-make").click()
    cell = ada.get_by_test_id("notebook-cell")
    expect(cell).to_contain_text("signature=")
    expect(cell).to_be_focused()
    (tmp_path / "cell.py").write_text(cell.inner_text())
    done = subprocess.run([sys.executable, "-I", "cell.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / f"{project['slug']}-v1-voc.zip") as whole, zipfile.ZipFile(annotations) as part:
        pictures = [name for name in whole.namelist() if name.startswith("JPEGImages/")]
        assert len(pictures) == LABELLED
        assert [name for name in whole.namelist() if name not in pictures] == part.namelist()


def test_nothing_is_exported_where_nothing_is_shown(server: Server, project: Json, ada: Page) -> None:
    ada.goto(f"{server.url}/p/{project['slug']}/images?search=nothing-is-called-so")
    expect(ada.get_by_role("heading", name=re.compile("No image"))).to_be_visible()
    expect(ada.get_by_test_id("export-open")).to_have_count(0)
