"""Importing a Pascal VOC zip through the page: counts, and findings that name file and reason."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.annotations.archives import voc, zipped
from tests.annotations.test_bad_input import ENTITY
from tests.e2e.api import Api
from tests.e2e.conftest import Server
from tests.e2e.drawings import picture
from tests.e2e.steps import bring_in, came_in, finding, send_archive

shares_server = True

MANY = 300
"""Pictures: their import takes seconds, a cancel far less."""
COUNT, TWINS = 40, 1
"""Among the first forty raccoons, 11 and 116 are the same picture."""


def test_raccoons_come_in_with_their_boxes(
    server: Server, api: Api, ada: Page, test_data: Path, tmp_path: Path
) -> None:
    project = api.project("Raccoons", "detection", [])
    archive = tmp_path / "raccoons.zip"
    boxes = raccoons(test_data / "raccoon", archive)

    send_archive(ada, server.url, project["slug"], archive)
    expect(ada.get_by_test_id("review-new")).to_have_text(str(COUNT - TWINS))
    assert api.get(f"projects/{project['id']}/")["counts"]["images"] == 0
    bring_in(ada)

    assert came_in(ada) == {
        "Images added": str(COUNT - TWINS),
        "Already here": str(TWINS),
        "Annotations added": str(boxes),
        "Annotations left out": str(TWINS),
    }
    expect(finding(ada, "Pictures that are there twice")).to_contain_text("raccoon-116.xml")
    ada.get_by_role("link", name="Show the images").click()
    expect(ada.get_by_role("tab", name=f"Labelled {COUNT - TWINS}", exact=True)).to_be_visible()
    fresh = api.get(f"projects/{project['id']}/")
    assert (fresh["counts"]["images"], fresh["counts"]["labelled"]) == (COUNT - TWINS, COUNT - TWINS)
    assert fresh["counts"]["annotations"] == boxes
    assert [(label["name"], label["annotation_count"]) for label in fresh["labels"]] == [("raccoon", boxes)]

    send_archive(ada, server.url, project["slug"], archive)
    bring_in(ada)
    again = {"Already here": str(COUNT), "Annotations already here": str(boxes)}
    assert came_in(ada) == {**again, "Annotations left out": str(TWINS)}
    assert api.get(f"projects/{project['id']}/")["counts"] == fresh["counts"]


def test_boxes_come_in_the_colour_of_their_new_label(server: Server, api: Api, ada: Page, tmp_path: Path) -> None:
    """The page was opened before there was the label. The review promises the colour that it gets."""
    project = api.project("Colours", "detection", ["disc"])
    archive = tmp_path / "colours.zip"
    archive.write_bytes(
        zipped({"a.png": picture(1), "a.xml": voc("a.png", ("zebra", 10, 10, 90, 90), size=(320, 240))})
    )

    send_archive(ada, server.url, project["slug"], archive)
    promised = ada.locator(".review-picture .bx")
    expect(promised).to_have_count(1)
    color = re.compile(
        re.findall("#[0-9a-f]{6}", promised.get_attribute("style") or "", re.IGNORECASE)[0], re.IGNORECASE
    )
    bring_in(ada)
    ada.get_by_role("link", name="Show the images").click()

    boxes = ada.locator(".tile .bx")
    expect(boxes).to_have_count(1)
    expect(boxes).to_have_attribute("style", color)
    zebra = next(label for label in api.get(f"projects/{project['id']}/")["labels"] if label["name"] == "zebra")
    assert color.fullmatch(zebra["color"])


def test_archive_that_leaves_its_folder_is_refused_whole(server: Server, api: Api, ada: Page, tmp_path: Path) -> None:
    project = api.project("Unsafe", "detection", ["disc"])
    archive = tmp_path / "unsafe.zip"
    archive.write_bytes(zipped({"good.png": picture(1), "good.xml": voc("good.png"), "../../evil.png": picture(2)}))

    send_archive(ada, server.url, project["slug"], archive)

    expect(ada.get_by_role("alert")).to_contain_text("This could not be imported")
    expect(finding(ada, "Entries that no archive should have")).to_contain_text("../../evil.png")
    assert api.get(f"projects/{project['id']}/")["counts"]["images"] == 0


def test_each_finding_names_its_file_and_its_reason(server: Server, api: Api, ada: Page, tmp_path: Path) -> None:
    project = api.project("Findings", "detection", ["disc"])
    archive = tmp_path / "findings.zip"
    boxes = [("disc", 400, 300, 500, 400), ("", 1, 1, 50, 50), ("disc", 10, 10, 90, 90)]
    entries = {
        "a.png": picture(1),
        "a.xml": voc("a.png", *boxes, size=(320, 240)),
        "secret.png": picture(2),
        "secret.xml": ENTITY + b"<filename>&secret;</filename></annotation>",
    }
    archive.write_bytes(zipped(entries))

    send_archive(ada, server.url, project["slug"], archive)

    outside = finding(ada, "Boxes outside their image")
    expect(outside).to_contain_text("outside the image of 320×240")
    expect(outside).to_contain_text("a.xml:4")
    expect(finding(ada, "Annotations that can't be read")).to_contain_text("a.xml:5")
    expect(finding(ada, "Files, or lines in them")).to_contain_text("secret.xml")
    expect(ada.get_by_role("region", name="Findings")).not_to_contain_text("root:")
    with ada.expect_download() as download:
        ada.get_by_role("link", name="CSV").click()
    assert "a.xml" in download.value.path().read_text()
    bring_in(ada)
    assert [image["name"] for image in api.get(f"projects/{project['id']}/images/")["results"]] == ["a.png"]
    fresh = api.get(f"projects/{project['id']}/")
    assert fresh["counts"]["annotations"] == 1
    assert [label["name"] for label in fresh["labels"]] == ["disc"]


def test_many_findings_come_page_by_page(server: Server, api: Api, ada: Page, tmp_path: Path) -> None:
    project = api.project("Many findings", "detection", ["disc"])
    archive = tmp_path / "many.zip"
    boxes = [("disc", 400 + n, 300, 900, 400) for n in range(30)]
    archive.write_bytes(zipped({"a.png": picture(1), "a.xml": voc("a.png", *boxes, size=(320, 240))}))

    send_archive(ada, server.url, project["slug"], archive)

    rows = finding(ada, "Boxes outside their image")
    expect(rows).to_contain_text("20 of 30")
    expect(rows).to_contain_text("a.xml:23")
    expect(rows).not_to_contain_text("a.xml:24")
    rows.get_by_role("button", name="Show more").click()
    expect(rows).to_contain_text("a.xml:33")
    expect(rows.get_by_role("button", name="Show more")).to_have_count(0)


def test_import_canceled_while_it_is_read_leaves_nothing(server: Server, api: Api, ada: Page, tmp_path: Path) -> None:
    project = api.project("Canceled", "detection", ["disc"])
    archive = tmp_path / "many.zip"
    files = {f"{n:03}.png": picture(n) for n in range(MANY)}
    archive.write_bytes(zipped({**files, "000.xml": voc("000.png", ("disc", 1, 1, 90, 90), size=(320, 240))}))

    send_archive(ada, server.url, project["slug"], archive)
    expect(ada.get_by_role("region", name="Progress")).to_contain_text(f"of {MANY} files")
    ada.get_by_role("button", name="Cancel import").click()

    expect(ada.get_by_role("heading", name="This import was canceled")).to_be_visible()
    assert api.get(f"projects/{project['id']}/")["counts"]["images"] == 0

    send_archive(ada, server.url, project["slug"], archive)
    bring_in(ada)
    assert came_in(ada)["Images added"] == str(MANY)


def raccoons(folder: Path, archive: Path) -> int:
    """Zip the first raccoons with their annotation files; how many boxes they have, a twin's left out."""
    chosen = sorted((folder / "annotations").glob("*.xml"))[:COUNT]
    pages = {f"annotations/{path.name}": path.read_bytes() for path in chosen}
    images = [folder / "images" / f"{path.stem}.jpg" for path in chosen]
    archive.write_bytes(zipped({**pages, **{f"images/{path.name}": path.read_bytes() for path in images}}))
    return sum(page.count(b"<object>") for name, page in pages.items() if "raccoon-116" not in name)
