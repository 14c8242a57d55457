"""Dropping files on the Images page: what comes in, what is refused and why, and what an interruption costs."""

import hashlib
import re
from pathlib import Path

import psutil
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.api import Api
from tests.e2e.conftest import Server
from tests.e2e.drawings import BAD, drop, pictures
from tests.e2e.test_killed_web import web_pid

COUNT, COPIES = 40, 3
UPLOADS = re.compile(r"/api/v1/projects/\d+/images/$")


def test_forty_pictures_arrive_and_the_rest_says_why(server: Server, api: Api, ada: Page) -> None:
    good = pictures(COUNT)
    copies = {f"copy-of-{name}": data for name, data in list(good.items())[:COPIES]}
    bad = {name: data for name, (data, _) in BAD.items()}
    project = api.project("Uploads", "detection", ["thing"])
    ada.goto(f"{server.url}/p/{project['slug']}/images")
    expect(ada.get_by_role("heading", name="Drop images here")).to_be_visible()
    total = COUNT + COPIES + len(BAD)

    held = hold_uploads(ada)
    drop(ada, {**good, **copies, **bad})

    dock = ada.get_by_role("region", name="Uploads")
    expect(dock.get_by_role("heading")).to_have_text(f"Uploading {total} files")
    expect(dock.get_by_role("progressbar", name="All uploads")).to_be_visible()
    expect(dock).to_contain_text(f"0 of {total} files")
    let_go(ada, held)
    expect(dock.get_by_role("heading")).to_have_text(f"Uploaded {total} files")
    figures = f"{COUNT} added{COPIES} already here{len(BAD)} refused"
    expect(dock.get_by_role("status")).to_have_text(figures)
    expect(ada.get_by_role("tab", name=f"All {COUNT}")).to_be_visible()
    expect(ada.get_by_role("tab", name=f"Unlabelled {COUNT}")).to_be_visible()
    for name in copies:
        expect(row_of(dock, name)).to_contain_text("Already here")
    for name, (_, reason) in BAD.items():
        expect(row_of(dock, name)).to_contain_text(reason)
    only_these_are_stored(server, api, project["id"], good)
    assert psutil.Process(web_pid(server)).memory_info().rss < 400 * 2**20


def only_these_are_stored(server: Server, api: Api, project: int, files: dict[str, bytes]) -> None:
    listed = api.get(f"projects/{project}/images/", limit=100)["results"]
    assert {image["name"] for image in listed} == set(files)
    assert len(listed) == len(files)
    counts = api.get(f"projects/{project}/")["counts"]
    assert (counts["images"], counts["unlabelled"], counts["annotations"]) == (len(files), len(files), 0)
    originals = {path.name for path in objects(server) if path.parent.parent.name == "images"}
    assert originals == {hashlib.sha256(data).hexdigest() for data in files.values()}
    assert len(objects(server)) == 3 * len(files)


def test_upload_goes_on_when_the_server_comes_back(server: Server, api: Api, ada: Page) -> None:
    files = pictures(30, first=200)
    project = api.project("Interrupted", "detection", ["thing"])
    ada.goto(f"{server.url}/p/{project['slug']}/images")
    expect(ada.get_by_role("heading", name="Drop images here")).to_be_visible()
    dock = ada.get_by_role("region", name="Uploads")
    held = hold_uploads(ada, after=1)
    drop(ada, files)
    expect(dock.get_by_role("status")).to_contain_text("8 added")

    server.stop()
    let_go(ada, held)
    expect(dock.get_by_text("Trying again").first).to_be_visible()
    server.start()

    expect(dock.get_by_role("heading")).to_have_text(f"Uploaded {len(files)} files")
    expect(dock.get_by_role("status")).to_have_text(f"{len(files)} added0 already here0 refused")
    expect(ada.get_by_role("tab", name=f"All {len(files)}")).to_be_visible()
    listed = api.get(f"projects/{project['id']}/images/", limit=100)["results"]
    assert sorted(image["name"] for image in listed) == sorted(files)


def hold_uploads(page: Page, after: int = 0) -> list[Route]:
    """From now on requests with pictures wait, all but the first `after`, until `let_go`."""
    held: list[Route] = []
    passed: list[Route] = []

    def meet(route: Route) -> None:
        if route.request.method != "POST" or len(passed) < after:
            passed.append(route)
            route.continue_()
        else:
            held.append(route)

    page.route(UPLOADS, meet)
    return held


def let_go(page: Page, held: list[Route]) -> None:
    for route in held:
        route.continue_()
    page.unroute(UPLOADS)


def row_of(dock: Locator, name: str) -> Locator:
    return dock.get_by_role("listitem").filter(has=dock.page.get_by_title(name, exact=True))


def objects(server: Server) -> list[Path]:
    return [path for path in (server.folder / "objects").rglob("*") if path.is_file()]
