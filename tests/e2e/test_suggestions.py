"""What a model suggests: taken by a key, moved by a drag, put away; the rest goes by its score."""

import json

from playwright.sync_api import Page, expect

from tests.e2e.api import Api, Json
from tests.e2e.conftest import Server
from tests.e2e.drawings import picture
from tests.e2e.steps import box_ids, saved

shares_server = True


def suggested_image(api: Api, name: str) -> tuple[Json, Json, list[Json]]:
    """A new project, its one picture, as a device sends it, and what is suggested for it."""
    project = api.project(name, "detection", ["disc"])
    boxes = [
        {"label": "disc", "score": score, "x_min": left, "y_min": 20, "x_max": left + 50, "y_max": 80}
        for left, score in ((10, 0.9), (90, 0.8), (180, 0.7), (250, 0.2))
    ]
    data = {"sha256": "0" * 64, "boxes": json.dumps(boxes)}
    answer = api.http.post(f"projects/{project['id']}/ingest/", files={"file": ("frame.png", picture(1))}, data=data)
    image = answer.raise_for_status().json()["image"]
    return project, api.get(f"images/{image}/"), api.get(f"images/{image}/suggestions/")["boxes"]


def test_suggestions_are_taken_moved_and_put_away(server: Server, api: Api, ada: Page) -> None:
    project, image, boxes = suggested_image(api, "Frames")
    ada.goto(f"{server.url}/p/{project['slug']}/label/{image['id']}")
    rows = ada.get_by_test_id("suggestion-row")
    expect(rows).to_have_count(3)
    ada.keyboard.press("a")
    expect(rows).to_have_count(2)
    ada.keyboard.press("z")
    expect(rows).to_have_count(1)
    ada.keyboard.press("Control+z")
    expect(rows).to_have_count(2)
    ada.keyboard.press("z")
    expect(rows).to_have_count(1)
    ada.keyboard.press("ArrowRight")  # the last one is in hand: moved, it is hers
    expect(rows).to_have_count(0)
    assert box_ids(ada, 2) == sorted([boxes[0]["id"], boxes[2]["id"]])
    saved(ada)
    marks = {one["id"]: one for one in api.get(f"images/{image['id']}/annotations/")["annotations"]}
    taken, moved = marks[boxes[0]["id"]], marks[boxes[2]["id"]]
    assert (taken["source"], taken["score"]) == ("model", 0.9)
    assert (moved["source"], moved["score"], moved["x_min"]) == ("human", None, boxes[2]["x_min"] + 1)
    slider = ada.get_by_test_id("suggest-from")
    slider.fill("0.1")
    expect(rows).to_have_count(1)
    ada.keyboard.press("Escape")
    ada.reload()
    expect(rows).to_have_count(0)
    slider.fill("0.1")
    ada.get_by_test_id("accept-all").click()
    box_ids(ada, 3)
    ada.keyboard.press("Control+z")
    box_ids(ada, 2)
    saved(ada)
