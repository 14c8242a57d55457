"""Looking at an import before it lands: what its page shows, what is decided there, and what comes of it."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from annotations.formats import FORMATS
from tests.annotations.archives import voc, zipped
from tests.e2e.api import Api, Json
from tests.e2e.conftest import Server
from tests.e2e.drawings import picture
from tests.e2e.steps import bring_in, came_in, cancel_review, finding, send_archive

shares_server = True

SIZE = (320, 240)
PLACE = (10, 10, 90, 90)


def archive_of(file: Path, first: int, *labels: str) -> Path:
    """A picture a label, each with one box of it."""
    entries: dict[str, bytes] = {}
    for seed, label in enumerate(labels, first):
        entries[f"{seed}.png"] = picture(seed)
        entries[f"{seed}.xml"] = voc(f"{seed}.png", (label, *PLACE), size=SIZE)
    file.write_bytes(zipped(entries))
    return file


def label_counts(api: Api, project: Json) -> dict[str, int]:
    labels = api.get(f"projects/{project['id']}/")["labels"]
    return {label["name"]: label["annotation_count"] for label in labels}


def image_count(api: Api, project: Json) -> int:
    return int(api.get(f"projects/{project['id']}/")["counts"]["images"])


def test_labels_are_mapped_ignored_and_made(server: Server, api: Api, ada: Page, tmp_path: Path) -> None:
    project = api.project("Mapped", "detection", ["Cat", "dog"])
    archive = archive_of(tmp_path / "mapped.zip", 10, "cat ", "hound", "noise", "zebra")
    send_archive(ada, server.url, project["slug"], archive)

    expect(ada.get_by_label("cat becomes")).to_have_value(str(project["labels"][0]["id"]))
    expect(ada.get_by_role("row", name=re.compile("^cat"))).to_contain_text("differs by case or blanks")
    ada.get_by_label("hound becomes").select_option("dog")
    ada.get_by_label("noise becomes").select_option("Ignore")
    expect(ada.get_by_label("zebra becomes")).to_have_value("new")
    bar = ada.get_by_role("contentinfo")
    expect(bar).to_contain_text("3 boxes · 1 new label · 1 label ignored")
    expect(ada.get_by_test_id("apply")).to_have_text("Import 4 images")
    expect(ada.locator(".review-picture .bx")).to_have_count(3)
    assert (image_count(api, project), label_counts(api, project)) == (0, {"Cat": 0, "dog": 0})

    bring_in(ada)

    assert came_in(ada)["Images added"] == "4"
    assert label_counts(api, project) == {"Cat": 1, "dog": 1, "zebra": 1}
    (noise,) = api.get(f"projects/{project['id']}/images/", search="12.png")["results"]
    assert api.get(f"images/{noise['id']}/annotations/")["annotations"] == []


def test_known_images_keep_ours_or_take_theirs(server: Server, api: Api, ada: Page, tmp_path: Path) -> None:
    project = api.project("Known", "detection", [])
    send_archive(ada, server.url, project["slug"], archive_of(tmp_path / "first.zip", 20, "cat", "cat"))
    expect(ada.get_by_role("radio")).to_have_count(0)
    bring_in(ada)

    send_archive(ada, server.url, project["slug"], archive_of(tmp_path / "second.zip", 20, "dog", "dog", "dog"))
    known = ada.get_by_role("region", name="2 images already here")
    expect(known).to_contain_text("2 of them are labelled")
    expect(known.get_by_role("radio", name="Add theirs")).to_be_checked()
    known.get_by_role("radio", name="Keep ours").check()
    expect(ada.get_by_test_id("apply")).to_have_text("Import 1 image")
    bring_in(ada)
    assert label_counts(api, project) == {"cat": 2, "dog": 1}

    send_archive(ada, server.url, project["slug"], archive_of(tmp_path / "third.zip", 20, "dog", "dog", "dog"))
    ada.get_by_role("radio", name="Take theirs").check()
    bring_in(ada)
    assert label_counts(api, project) == {"cat": 0, "dog": 3}


def test_review_outlives_a_reload_and_is_found_again(server: Server, api: Api, ada: Page, tmp_path: Path) -> None:
    project = api.project("Reloaded", "detection", [])
    send_archive(ada, server.url, project["slug"], archive_of(tmp_path / "reload.zip", 30, "zebra", "yak"))
    ada.get_by_label("yak becomes").select_option("Ignore")
    ada.reload()
    expect(ada.get_by_label("yak becomes")).to_have_value("ignore")

    ada.goto(f"{server.url}/p/{project['slug']}/images")
    card = ada.get_by_role("region", name="Import of reload.zip")
    expect(card).to_contain_text("Waits for you")
    card.get_by_role("link", name="Look at it").click()
    expect(ada.get_by_label("yak becomes")).to_have_value("ignore")
    bring_in(ada)
    assert label_counts(api, project) == {"zebra": 1}


@pytest.mark.full
def test_an_import_is_not_found_in_another_project(server: Server, api: Api, ada: Page, tmp_path: Path) -> None:
    """Its labels and images would be held against those of a project that it has nothing to do with."""
    own, other = api.project("Own", "detection", []), api.project("Other", "detection", [])
    send_archive(ada, server.url, own["slug"], archive_of(tmp_path / "own.zip", 40, "zebra"))
    number = ada.url.rpartition("/")[2]
    ada.goto(f"{server.url}/p/{other['slug']}/imports/{number}")
    expect(ada.get_by_role("alert")).to_contain_text("There is no such import in this project.")
    expect(ada.get_by_test_id("apply")).to_have_count(0)
    ada.goto(f"{server.url}/p/{own['slug']}/imports/{number}")
    expect(ada.get_by_test_id("apply")).to_be_enabled()


@pytest.mark.full
def test_other_choices_are_read_again(server: Server, api: Api, ada: Page, tmp_path: Path) -> None:
    """The tool that wrote it counted pixels from 1."""
    project = api.project("Choices", "detection", [])
    send_archive(ada, server.url, project["slug"], archive_of(tmp_path / "choices.zip", 90, "zebra"))
    reading = ada.get_by_role("region", name="How it is read")
    reading.get_by_text("Options").click()
    reading.get_by_label("The first pixel is").select_option("1")
    expect(ada.get_by_test_id("apply")).to_be_disabled()
    expect(ada.get_by_role("contentinfo")).to_contain_text("Read the archive again first")
    reading.get_by_role("button", name="Read again").click()

    expect(ada.get_by_test_id("apply")).to_be_enabled()
    bring_in(ada)
    (image,) = api.get(f"projects/{project['id']}/images/")["results"]
    (box,) = api.get(f"images/{image['id']}/annotations/")["annotations"]
    assert (box["x_min"], box["y_min"]) == (9, 9)


def test_another_format_is_read_again(server: Server, api: Api, ada: Page, tmp_path: Path) -> None:
    """The archive holds VOC files beside a COCO one."""
    project = api.project("Formats", "detection", [])
    coco = {
        "images": [{"id": 1, "file_name": "40.png", "width": 320, "height": 240}],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 10, 80, 80], "area": 6400, "iscrowd": 0}
        ],
        "categories": [{"id": 1, "name": "from coco"}],
    }
    archive = tmp_path / "both.zip"
    voc_file = voc("40.png", ("from voc", *PLACE), size=SIZE)
    archive.write_bytes(
        zipped({"40.png": picture(40), "40.xml": voc_file, "instances.json": json.dumps(coco).encode()})
    )
    send_archive(ada, server.url, project["slug"], archive)

    reading = ada.get_by_role("region", name="How it is read")
    shown = reading.get_by_label("Format")
    expect(shown).not_to_have_value("")
    other, label = ("coco", "from coco") if shown.input_value() == "voc" else ("voc", "from voc")
    groups = shown.locator("optgroup").evaluate_all("groups => groups.map((group) => group.label)")
    assert groups == ["Training", "Labelling tools", "Tables and folders"]
    expect(reading).to_contain_text("Recognised as")
    shown.select_option(other)
    expect(reading).not_to_contain_text("Recognised as")
    expect(reading).to_contain_text(FORMATS[other].known_by)
    expect(ada.get_by_test_id("apply")).to_be_disabled()
    expect(ada.get_by_role("contentinfo")).to_contain_text("Read the archive again first")
    reading.get_by_role("button", name="Read again").click()

    expect(ada.get_by_label(f"{label} becomes")).to_be_visible()
    expect(reading.get_by_label("Format")).to_have_value(other)
    bring_in(ada)
    assert label_counts(api, project) == {label: 1}


@pytest.mark.full
def test_cancel_in_review_leaves_nothing(server: Server, api: Api, ada: Page, tmp_path: Path) -> None:
    project = api.project("Canceled review", "detection", [])
    send_archive(ada, server.url, project["slug"], archive_of(tmp_path / "cancel.zip", 50, "zebra"))
    expect(ada.get_by_test_id("apply")).to_be_enabled()
    cancel_review(ada)
    expect(ada.get_by_role("status").filter(has_text="Nothing of it came in")).to_be_visible()
    assert (image_count(api, project), label_counts(api, project)) == (0, {})

    ada.get_by_role("link", name="Import again").click()
    expect(ada.get_by_role("dialog", name="Import")).to_be_visible()


def test_archive_of_no_known_format_says_why(server: Server, api: Api, ada: Page, tmp_path: Path) -> None:
    project = api.project("Failed", "detection", [])
    archive = tmp_path / "notes.zip"
    archive.write_bytes(zipped({"notes.txt": b"nothing to see"}))
    send_archive(ada, server.url, project["slug"], archive)
    expect(ada.get_by_role("alert")).to_contain_text("This could not be imported")
    ada.reload()
    expect(ada.get_by_role("alert")).to_contain_text("This could not be imported")


def test_a_file_of_annotations_alone_labels_images_that_are_here(
    server: Server, api: Api, ada: Page, tmp_path: Path
) -> None:
    project = api.project("Bare file", "detection", [])
    there, bare = tmp_path / "there.png", tmp_path / "there.xml"
    there.write_bytes(picture(95))
    api.upload(project["id"], [there])
    bare.write_bytes(voc("there.png", ("zebra", *PLACE), size=SIZE))
    send_archive(ada, server.url, project["slug"], bare)
    expect(ada.get_by_test_id("review-known")).to_have_text("1")
    expect(ada.locator(".review-picture .bx")).to_have_count(1)
    bring_in(ada)
    assert (image_count(api, project), label_counts(api, project)) == (1, {"zebra": 1})


def test_pictures_open_large_and_step_by_keyboard(server: Server, api: Api, ada: Page, tmp_path: Path) -> None:
    project = api.project("Pictures", "detection", [])
    send_archive(ada, server.url, project["slug"], archive_of(tmp_path / "pictures.zip", 60, "zebra", "yak"))
    ada.get_by_role("button", name="Open 60.png").click()
    viewer = ada.get_by_role("dialog", name="60.png")
    expect(viewer).to_contain_text("zebra")
    expect(viewer.locator(".bx")).to_have_count(1)
    ada.keyboard.press("ArrowRight")
    expect(ada.get_by_role("dialog", name="61.png")).to_contain_text("yak")
    ada.keyboard.press("Escape")
    expect(ada.get_by_role("dialog")).to_have_count(0)
    expect(ada.get_by_role("button", name="Open 60.png")).to_be_focused()


def test_many_labels_are_searched_and_paged(server: Server, api: Api, ada: Page, tmp_path: Path) -> None:
    project = api.project("Many labels", "detection", [])
    archive = tmp_path / "labels.zip"
    boxes = [(f"species {n}", *PLACE) for n in range(60)]
    archive.write_bytes(zipped({"a.png": picture(70), "a.xml": voc("a.png", *boxes, size=SIZE)}))
    send_archive(ada, server.url, project["slug"], archive)

    labels = ada.get_by_role("region", name="Labels")
    expect(labels.get_by_role("combobox")).to_have_count(25)
    labels.get_by_role("button", name="Labels after").click()
    expect(labels).to_contain_text("26–50 of 60")
    labels.get_by_role("button", name="Ignore all unknown").click()
    expect(ada.get_by_role("contentinfo")).to_contain_text("60 labels ignored")
    labels.get_by_placeholder("Find a label").fill("SPECIES 59")
    labels.get_by_label("species 59 becomes").select_option("New label")
    bring_in(ada)
    assert label_counts(api, project) == {"species 59": 1}


@pytest.mark.full
def test_findings_stand_beside_the_review(server: Server, api: Api, ada: Page, tmp_path: Path) -> None:
    project = api.project("Review findings", "detection", [])
    archive = tmp_path / "found.zip"
    boxes = [("zebra", *PLACE), ("zebra", 400, 300, 500, 400)]
    archive.write_bytes(zipped({"a.png": picture(80), "a.xml": voc("a.png", *boxes, size=SIZE)}))
    send_archive(ada, server.url, project["slug"], archive)
    expect(finding(ada, "Boxes outside their image")).to_contain_text("a.xml:5")
    expect(ada.get_by_test_id("review-annotations")).to_have_text("1")
