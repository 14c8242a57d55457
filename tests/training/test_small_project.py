"""Five images, none of which falls into the validation split: the project trains and exports all the same."""

import hashlib
from collections.abc import Iterator
from itertools import count, islice

import pytest

from annotations.dataset.split import split_of
from tests.e2e.api import Api, Json, setup_code
from tests.services.installation import (
    Installation,
    brings_its_own,
    draw,
    labelled_project,
    snapshot_of,
    start_run,
)
from training.engine.targets import TARGETS

pytestmark = brings_its_own

IMAGES = 5
SEED = 0


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    here = Installation(tmp_path_factory.mktemp("var"))
    here.start()
    made = Api.first_visit(here.url, setup_code(here.folder / "up.log"))
    yield made
    made.http.close()
    here.stop()


@pytest.fixture(scope="module")
def run(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Json:
    drawings = islice((n for n in count() if split_of(hashlib.sha256(draw(n)[0]).hexdigest(), SEED) == "train"), IMAGES)
    project = labelled_project(api, tmp_path_factory.mktemp("pictures"), drawings=drawings)
    assert project["seed"] == SEED
    run = start_run(api, project, snapshot_of(api, project))
    return api.finish(f"runs/{run['id']}/", 240)


def test_it_trains(run: Json) -> None:
    assert run["images"] == {"train": IMAGES, "val": 0}
    assert run["metrics"] == {}  # nothing measures it


QUICK = {"onnx"}
"""Converted in every run of the tests; the other targets, whose conversion takes half a minute, in `make test-full`."""


@pytest.mark.parametrize(
    "target", [pytest.param(name, marks=() if name in QUICK else pytest.mark.full) for name in TARGETS]
)
def test_it_exports(api: Api, run: Json, target: str) -> None:
    made = api.post(f"runs/{run['id']}/artifacts/", target=target)
    artifact = api.finish(f"artifacts/{made['id']}/", 240)
    assert artifact["parity"]["passed"]
    assert (artifact["parity"]["images"], artifact["parity"]["split"]) == (IMAGES, "train")
