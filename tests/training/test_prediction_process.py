"""A worker is killed while a run looks at unlabelled images: another one looks at the rest, and at none twice."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.api import Api, Json, setup_code
from tests.services.installation import (
    Installation,
    brings_its_own,
    draw,
    labelled_project,
    snapshot_of,
    start_run,
    wait_gone,
)

IMAGES = 400
PATIENCE = 240

pytestmark = [brings_its_own, pytest.mark.full]


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(
        tmp_path / "var", environment={"BOXWRIGHT_HEARTBEAT_SECONDS": "1", "BOXWRIGHT_LOST_AFTER_SECONDS": "8"}
    )
    made.start()
    yield made
    made.stop()


def state(api: Api, project: Json) -> Json:
    found: Json = api.get(f"projects/{project['id']}/predictions/")["results"][0]
    return found


def until_more(api: Api, project: Json, than: int) -> Json:
    path = f"projects/{project['id']}/predictions/"
    api.wait(path, lambda page: page["results"][0]["done_count"] > than, PATIENCE)
    return state(api, project)


def test_what_a_killed_worker_left_is_looked_at_by_the_next(here: Installation, tmp_path: Path) -> None:
    api = Api.first_visit(here.url, setup_code(here.folder / "up.log"))
    project = labelled_project(api, tmp_path / "labelled")
    run = start_run(api, project, snapshot_of(api, project), epochs=1)
    assert api.finish(f"runs/{run['id']}/", PATIENCE)["status"] == "succeeded"
    new = tmp_path / "new"
    new.mkdir()
    for number in range(IMAGES):
        (new / f"{number}.jpg").write_bytes(draw(1000 + number)[0])
    api.upload(project["id"], sorted(new.iterdir()))

    api.post(f"projects/{project['id']}/predictions/")
    for _ in range(2):
        before = until_more(api, project, state(api, project)["done_count"])
        assert (before["status"], before["done_count"] < IMAGES) == ("running", True)
        engines = here.engines()
        here.worker("train").kill()
        wait_gone(engines)
    api.wait(
        f"projects/{project['id']}/predictions/", lambda page: page["results"][0]["status"] == "succeeded", PATIENCE
    )
    done = state(api, project)
    assert (done["done_count"], done["image_count"]) == (IMAGES, IMAGES), json.dumps(done)
    assert api.get(f"runs/{run['id']}/suggestions/")["images"] == IMAGES
    api.http.close()
