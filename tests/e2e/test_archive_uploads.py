"""Archives and folders sent from the page in parts: over a line that drops, a closed tab, a change of mind."""

import os
import re
from pathlib import Path

from playwright.sync_api import Page, Request, Route, expect

from tests.annotations.archives import voc, zipped
from tests.e2e.api import Api
from tests.e2e.conftest import Server
from tests.e2e.drawings import picture
from tests.e2e.steps import bring_in, came_in, import_dialog, send

shares_server = True

PARTS = re.compile(r"/imports/uploads/\d+/$")
BOX = ("zebra", 10, 10, 90, 90)


def large(file: Path) -> None:
    """Twelve megabytes: several parts."""
    padding = {"padding.bin": os.urandom(12 * 2**20)}
    file.write_bytes(zipped({"a.png": picture(1), "a.xml": voc("a.png", BOX, size=(320, 240)), **padding}))


def offsets(page: Page) -> list[int]:
    """Where each part that the page sends from now on begins."""
    seen: list[int] = []

    def note(request: Request) -> None:
        if request.method == "PATCH" and PARTS.search(request.url):
            seen.append(int(request.headers["upload-offset"]))

    page.on("request", note)
    return seen


def stall_after(page: Page, parts: int) -> None:
    """The line drops behind so many parts."""
    left = iter(range(parts))

    def pass_on(route: Route) -> None:
        if route.request.method != "PATCH" or next(left, None) is not None:
            route.continue_()
        else:
            route.abort("internetdisconnected")

    page.route(PARTS, pass_on)


def test_archive_waits_for_the_line_and_goes_on_by_itself(server: Server, api: Api, ada: Page, tmp_path: Path) -> None:
    project = api.project("Bad line", "detection", [])
    large(tmp_path / "large.zip")
    dialog = import_dialog(ada, server.url, project["slug"])
    stall_after(ada, 2)
    sent = offsets(ada)
    send(dialog, tmp_path / "large.zip")
    expect(dialog).to_contain_text("Waiting for the connection")
    ada.unroute(PARTS)
    expect(ada.get_by_test_id("review-new")).to_have_text("1")
    assert sent.count(0) == 1


def test_archive_goes_on_where_it_was_after_the_page_was_left(
    server: Server, api: Api, ada: Page, tmp_path: Path
) -> None:
    project = api.project("Left page", "detection", [])
    large(tmp_path / "large.zip")
    dialog = import_dialog(ada, server.url, project["slug"])
    stall_after(ada, 2)
    send(dialog, tmp_path / "large.zip")
    expect(dialog).to_contain_text("Waiting for the connection")
    ada.unroute(PARTS)
    sent = offsets(ada)
    ada.goto("about:blank")
    send(import_dialog(ada, server.url, project["slug"]), tmp_path / "large.zip")
    expect(ada.get_by_test_id("review-new")).to_have_text("1")
    assert min(sent) > 0


def test_cancel_deletes_what_was_sent(server: Server, api: Api, ada: Page, tmp_path: Path) -> None:
    project = api.project("Canceled upload", "detection", [])
    large(tmp_path / "large.zip")
    dialog = import_dialog(ada, server.url, project["slug"])
    stall_after(ada, 2)
    send(dialog, tmp_path / "large.zip")
    expect(dialog).to_contain_text("Waiting for the connection")
    with ada.expect_response(lambda answer: answer.request.method == "DELETE") as deleted:
        dialog.get_by_role("button", name="Cancel").click()
    assert deleted.value.status == 204
    ada.unroute(PARTS)
    assert api.get(f"projects/{project['id']}/imports/")["results"] == []


def test_folder_is_imported_with_its_structure(server: Server, api: Api, ada: Page, tmp_path: Path) -> None:
    project = api.project("Folder", "detection", [])
    folder = tmp_path / "plates é"
    for split in ("train", "valid"):
        (folder / split).mkdir(parents=True)
        (folder / split / "a.png").write_bytes(picture(len(split) * (split == "valid") + 1))
        (folder / split / "a.xml").write_bytes(voc("a.png", BOX, size=(320, 240)))
    dialog = import_dialog(ada, server.url, project["slug"])
    dialog.get_by_label("Choose a folder").set_input_files(folder)
    expect(dialog).to_contain_text("plates é.tar")
    dialog.get_by_role("button", name="Upload and look").click()
    expect(ada.get_by_role("heading", name="plates é.tar")).to_be_visible()
    bring_in(ada)
    assert came_in(ada) == {"Images added": "2", "Annotations added": "2"}
