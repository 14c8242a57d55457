"""A classification project: one key a label, counts that move, and a model that is measured by its accuracy."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.api import Api, Json, uuid7
from tests.e2e.conftest import Server
from tests.e2e.drawings import drop, pictures
from tests.e2e.steps import saved

shares_server = True
MINUTES = 60_000
PER_LABEL = 12


def new_project(server: Server, page: Page, name: str, labels: list[str]) -> str:
    """Through the dialog; its slug."""
    page.goto(server.url)
    page.get_by_role("button", name="New project").first.click()
    dialog = page.get_by_role("dialog", name="New project")
    dialog.get_by_label("Name", exact=True).fill(name)
    dialog.get_by_role("radio", name="Classification").click()
    dialog.get_by_role("button", name="Add label").click()
    for number, label in enumerate(labels, 1):
        field = dialog.get_by_label(f"Name of label {number}")
        field.fill(label)
        if number < len(labels):
            field.press("Enter")
    dialog.get_by_role("button", name="Create project").click()
    expect(page).to_have_url(re.compile(r"/p/[^/]+/images"))
    return page.url.split("/p/")[1].split("/")[0]


def of_slug(api: Api, slug: str) -> Json:
    found: Json = api.get("projects/", slug=slug)["results"][0]
    return found


def test_one_key_labels_and_goes_on(server: Server, api: Api, ada: Page) -> None:
    slug = new_project(server, ada, "Day or night", ["day", "night"])
    expect(ada.get_by_role("heading", name="Drop images here")).to_be_visible()
    drop(ada, pictures(6))
    expect(ada.get_by_role("region", name="Uploads")).to_contain_text("6 added")
    ada.get_by_role("link", name=re.compile("Label 6 images")).click()
    left = ada.get_by_test_id("queue-left")
    expect(left).to_have_text("6 left to label")
    seen = []
    for step, key in enumerate(("1", "2", "1"), 1):
        expect(ada.get_by_test_id("picture")).to_be_visible()
        seen.append(here := ada.url)
        ada.keyboard.press(key)
        expect(left).to_have_text(f"{6 - step} left to label")
        expect(ada).not_to_have_url(here)
    assert len(set(seen)) == 3

    negative = ada.url
    ada.keyboard.press("e")
    expect(ada).not_to_have_url(negative)
    expect(left).to_have_text("2 left to label")
    skipped = ada.url
    ada.keyboard.press("s")
    expect(ada).not_to_have_url(skipped)
    expect(left).to_have_text("1 left to label")
    saved(ada)

    project = of_slug(api, slug)
    counts = project["counts"]
    assert (counts["labelled"], counts["skipped"], counts["unlabelled"], counts["annotations"]) == (4, 1, 1, 3)
    assert {label["name"]: label["annotation_count"] for label in project["labels"]} == {"day": 2, "night": 1}
    assert [queue_of(api, url) for url in (negative, skipped)] == [("labelled", 0), ("skipped", 0)]
    ada.goto(seen[0])
    row = ada.locator("[data-testid=label-row][data-label=day]")
    expect(row).to_have_attribute("aria-pressed", "true")


def test_another_key_relabels_and_the_last_image_ends_the_queue(server: Server, api: Api, ada: Page) -> None:
    slug = "day-or-night"
    project = of_slug(api, slug)
    first = min(row["id"] for row in api.get(f"projects/{project['id']}/images/", queue="labelled")["results"])
    ada.goto(f"{server.url}/p/{slug}/label/{first}")
    expect(ada.get_by_test_id("picture")).to_be_visible()
    ada.get_by_test_id("advances").uncheck()
    for key, label in (("2", "night"), ("1", "day"), ("2", "night")):
        ada.keyboard.press(key)
        row = ada.locator(f"[data-testid=label-row][data-label={label}]")
        expect(row).to_have_attribute("aria-pressed", "true")
    saved(ada)
    (mark,) = api.get(f"images/{first}/annotations/")["annotations"]
    assert mark["label"] == next(label["id"] for label in project["labels"] if label["name"] == "night")
    assert "x_min" not in mark
    ada.get_by_test_id("advances").check()

    tab = ada.context.new_page()  # one that remembers no images to leaf back to
    tab.goto(f"{server.url}/p/{slug}/label")
    expect(tab.get_by_test_id("picture")).to_be_visible()
    tab.keyboard.press("1")
    expect(tab.get_by_test_id("empty-queue")).to_contain_text("No unlabelled images")
    saved(tab)
    assert of_slug(api, slug)["counts"]["unlabelled"] == 0
    tab.close()


def queue_of(api: Api, url: str) -> tuple[str, int]:
    image = api.get(f"images/{url.rsplit('/', 1)[1]}/")
    return image["queue"], image["annotation_count"]


def test_a_run_tells_its_accuracy(server: Server, api: Api, ada: Page, test_data: Path, weights_dir: Path) -> None:
    slug = labelled_insects(api, test_data / "hymenoptera384")
    ada.goto(f"{server.url}/p/{slug}/snapshots")
    ada.get_by_test_id("snapshot-create").first.click()
    expect(ada).to_have_url(re.compile(r"/snapshots/1$"))
    ada.get_by_test_id("train-open").first.click()
    dialog = ada.get_by_role("dialog")
    dialog.get_by_label("Model").select_option("mobilenet_v2")
    dialog.get_by_label("Epochs", exact=True).fill("1")
    expect(ada.get_by_test_id("train-cost")).to_contain_text("1 epoch")

    ada.get_by_test_id("train-start").click()

    expect(ada).to_have_url(re.compile(r"/runs/1$"))
    expect(ada.get_by_test_id("run-status")).to_have_text(re.compile("succeeded", re.I), timeout=4 * MINUTES)
    run = api.get(f"projects/{of_slug(api, slug)['id']}/runs/")["results"][0]
    assert (run["model"], run["config"]["epochs"]) == ("mobilenet_v2", 1)
    assert run["images"]["train"] + run["images"]["val"] <= 2 * PER_LABEL
    figure = ada.get_by_test_id("figure-accuracy")
    expect(figure).to_contain_text(f"{run['metrics']['accuracy']:.3f}")
    expect(ada.get_by_role("region", name="By label").get_by_role("row")).to_have_count(3)
    expect(ada.get_by_text("Confusion").first).to_be_visible()


@pytest.mark.full
def test_the_run_suggests_labels_that_one_key_takes(server: Server, api: Api, ada: Page, test_data: Path) -> None:
    project = of_slug(api, "insects")
    paths = sorted((test_data / "hymenoptera384" / "train" / "bees").glob("*.jpg"))[PER_LABEL : PER_LABEL + 3]
    images = [row["id"] for row in api.upload(project["id"], paths)["created"]]
    ada.goto(f"{server.url}/p/insects/runs/1")
    ada.get_by_role("button", name="Suggest labels").click()
    listed = f"projects/{project['id']}/predictions/"
    api.wait(listed, lambda page: [row["status"] for row in page["results"]] == ["succeeded"], 120)
    ada.goto(f"{server.url}/p/insects/label/{images[0]}")
    best = ada.get_by_test_id("label-guess").filter(has_text="A")
    expect(best).to_have_count(1)
    ada.keyboard.press("a")
    expect(ada).not_to_have_url(re.compile(f"{images[0]}$"))
    saved(ada)
    (mark,) = api.get(f"images/{images[0]}/annotations/")["annotations"]
    guess = api.get(f"images/{images[0]}/suggestions/")["boxes"][0]
    assert (mark["id"], mark["label"], mark["source"]) == (guess["id"], guess["label"], "model")
    fates = api.get(f"runs/{api.get(listed)['results'][0]['run']}/suggestions/")
    assert (fates["images"], fates["taken"]) == (3, 1)


def labelled_insects(api: Api, folder: Path) -> str:
    """Ants and bees, labelled by a script; the project's slug."""
    project = api.project("Insects", "classification", ["ants", "bees"])
    for label in project["labels"]:
        paths = sorted((folder / "train" / label["name"]).glob("*.jpg"))[:PER_LABEL]
        for image in api.upload(project["id"], paths)["created"]:
            mark = {"id": uuid7(), "label": label["id"]}
            api.patch(f"images/{image['id']}/annotations/", base_revision=0, upsert=[mark], delete=[])
    return str(project["slug"])
