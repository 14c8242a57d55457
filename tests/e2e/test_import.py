"""Importing a Pascal VOC zip through the page: counts, and findings that name file and reason."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.annotations.archives import voc, zipped
from tests.annotations.test_bad_input import ENTITY
from tests.e2e.api import Api, Json
from tests.e2e.conftest import Server
from tests.e2e.drawings import picture

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

    card = import_through_the_page(server, ada, project, archive)

    expect(card).to_contain_text("Succeeded", ignore_case=True)
    expect(card.get_by_role("status")).to_have_text(
        f"{COUNT - TWINS} images added{TWINS} already here{boxes} annotations added"
    )
    expect(finding(card, "the same picture as")).to_contain_text("raccoon-116.xml")
    expect(ada.get_by_role("tab", name=f"Labelled {COUNT - TWINS}", exact=True)).to_be_visible()
    fresh = api.get(f"projects/{project['id']}/")
    assert (fresh["counts"]["images"], fresh["counts"]["labelled"]) == (COUNT - TWINS, COUNT - TWINS)
    assert fresh["counts"]["annotations"] == boxes
    assert [(label["name"], label["annotation_count"]) for label in fresh["labels"]] == [("raccoon", boxes)]

    card = import_through_the_page(server, ada, project, archive)
    again = f"{COUNT} already here{boxes} annotations already here"
    expect(card.get_by_role("status")).to_have_text(again)
    assert api.get(f"projects/{project['id']}/")["counts"] == fresh["counts"]


def test_boxes_come_in_the_colour_of_their_new_label(server: Server, api: Api, ada: Page, tmp_path: Path) -> None:
    """The page was opened before there was the label."""
    project = api.project("Colours", "detection", [])
    archive = tmp_path / "colours.zip"
    archive.write_bytes(
        zipped({"a.png": picture(1), "a.xml": voc("a.png", ("zebra", 10, 10, 90, 90), size=(320, 240))})
    )

    import_through_the_page(server, ada, project, archive)

    boxes = ada.locator(".tile .bx")
    expect(boxes).to_have_count(1)
    zebra = next(label for label in api.get(f"projects/{project['id']}/")["labels"] if label["name"] == "zebra")
    expect(boxes).to_have_attribute("style", re.compile(zebra["color"]))


def test_archive_that_leaves_its_folder_is_refused_whole(server: Server, api: Api, ada: Page, tmp_path: Path) -> None:
    project = api.project("Unsafe", "detection", ["disc"])
    archive = tmp_path / "unsafe.zip"
    archive.write_bytes(zipped({"good.png": picture(1), "good.xml": voc("good.png"), "../../evil.png": picture(2)}))

    card = import_through_the_page(server, ada, project, archive)

    expect(card).to_contain_text("Failed", ignore_case=True)
    expect(finding(card, "a path that leaves the archive")).to_contain_text("../../evil.png")
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

    card = import_through_the_page(server, ada, project, archive)

    expect(card).to_contain_text("Succeeded", ignore_case=True)
    expect(finding(card, "outside the image of 320×240")).to_contain_text("a.xml:4")
    expect(finding(card, "an object without a name")).to_contain_text("a.xml:5")
    expect(finding(card, "document type or entities")).to_contain_text("secret.xml")
    expect(card).not_to_contain_text("root:")
    assert [image["name"] for image in api.get(f"projects/{project['id']}/images/")["results"]] == ["a.png"]
    fresh = api.get(f"projects/{project['id']}/")
    assert fresh["counts"]["annotations"] == 1
    assert [label["name"] for label in fresh["labels"]] == ["disc"]


def test_many_findings_come_page_by_page(server: Server, api: Api, ada: Page, tmp_path: Path) -> None:
    project = api.project("Many findings", "detection", ["disc"])
    archive = tmp_path / "many.zip"
    boxes = [(f"zebra {n}", 9, 9, 1, 1) for n in range(150)]
    archive.write_bytes(zipped({"a.png": picture(1), "a.xml": voc("a.png", *boxes, size=(320, 240))}))

    card = import_through_the_page(server, ada, project, archive)

    expect(card).to_contain_text("150 findings", timeout=60_000)
    expect(card).to_contain_text("100 of 150 shown")
    expect(finding(card, "'zebra 149'")).to_have_count(0)
    card.get_by_role("button", name="Show more").click()
    expect(finding(card, "'zebra 149'")).to_contain_text("a.xml:153")
    expect(card.get_by_role("button", name="Show more")).to_have_count(0)


def test_import_canceled_on_the_page_keeps_what_came_in_and_the_next_brings_the_rest(
    server: Server, api: Api, ada: Page, tmp_path: Path
) -> None:
    project = api.project("Canceled", "detection", ["disc"])
    archive = tmp_path / "many.zip"
    files = {f"{n:03}.png": picture(n) for n in range(MANY)}
    archive.write_bytes(zipped({**files, "000.xml": voc("000.png", ("disc", 1, 1, 90, 90), size=(320, 240))}))

    card = import_through_the_page(server, ada, project, archive)
    expect(card).to_contain_text(f"of {MANY} files")
    card.get_by_role("button", name="Cancel import").click()

    expect(card).to_contain_text("Canceled", ignore_case=True)
    expect(card).to_contain_text("What had come in stays.")
    (one,) = api.get(f"projects/{project['id']}/imports/")["results"]
    came = one["counts"].get("images_created", 0)
    assert came < MANY
    assert api.get(f"projects/{project['id']}/")["counts"]["images"] == came

    card = import_through_the_page(server, ada, project, archive)
    expect(card).to_contain_text(f"{MANY - came} images added")


def test_labels_that_may_not_be_added_are_listed_and_nothing_comes_in(
    server: Server, api: Api, ada: Page, tmp_path: Path
) -> None:
    project = api.project("Labels", "detection", ["disc"])
    archive = tmp_path / "labels.zip"
    archive.write_bytes(zipped({"a.png": picture(1), "a.xml": voc("a.png", ("zebra", 1, 1, 9, 9), size=(320, 240))}))

    card = import_through_the_page(server, ada, project, archive, add_labels=False)

    expect(card).to_contain_text("Recognised as Pascal VOC: 1 XML file")
    expect(card).to_contain_text("Import it again and allow it to add labels")
    expect(finding(card, "unknown label 'zebra': 1 annotation")).to_contain_text("a.xml:4")
    assert api.get(f"projects/{project['id']}/")["counts"]["images"] == 0


def import_through_the_page(
    server: Server, page: Page, project: Json, archive: Path, *, add_labels: bool = True
) -> Locator:
    """Choose the zip in the dialog; the card that tells of the import."""
    page.goto(f"{server.url}/p/{project['slug']}/images")
    page.get_by_role("button", name=re.compile("^Import")).first.click()
    dialog = page.get_by_role("dialog", name="Import")
    dialog.locator("input[type=file]").first.set_input_files(archive)
    expect(dialog).to_contain_text(archive.name)
    dialog.get_by_label("Add labels that the project does not know yet").set_checked(add_labels)
    dialog.get_by_role("button", name="Import").click()
    expect(dialog).to_have_count(0)
    return page.get_by_role("region", name=f"Import of {archive.name}")


def finding(card: Locator, reason: str) -> Locator:
    return card.get_by_role("listitem").filter(has_text=reason)


def raccoons(folder: Path, archive: Path) -> int:
    """Zip the first raccoons with their annotation files; how many boxes they have, a twin's left out."""
    chosen = sorted((folder / "annotations").glob("*.xml"))[:COUNT]
    pages = {f"annotations/{path.name}": path.read_bytes() for path in chosen}
    images = [folder / "images" / f"{path.stem}.jpg" for path in chosen]
    archive.write_bytes(zipped({**pages, **{f"images/{path.name}": path.read_bytes() for path in images}}))
    return sum(page.count(b"<object>") for name, page in pages.items() if "raccoon-116" not in name)
