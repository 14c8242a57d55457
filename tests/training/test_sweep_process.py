"""A small sweep with real processes: it shares the worker with a single run, and stops what learns nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.api import Api, Json, setup_code
from tests.services.installation import Installation, brings_its_own, labelled_project, snapshot_of, start_run
from training.hopeless import MARGIN

pytestmark = [brings_its_own, pytest.mark.full]

RATES = [0.02, 0.01, 0.015, 0.000001]
"""The last one learns nothing."""


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory, weights_dir: Path) -> Iterator[Api]:
    here = Installation(tmp_path_factory.mktemp("var"), environment={"BOXWRIGHT_WEIGHTS_DIR": str(weights_dir)})
    here.start()
    with Api.first_visit(here.url, setup_code(here.folder / "up.log")) as made:
        yield made
    here.stop()


def test_a_sweep_takes_turns_and_stops_its_hopeless_run(api: Api, tmp_path: Path) -> None:
    project = labelled_project(api, tmp_path)
    snapshot = snapshot_of(api, project)
    config = {"epochs": 12, "batch_size": 4, "image_size": 96, "threads": 1}
    asked = {"snapshot": snapshot["id"], "model": "ssdlite320_mobilenet_v3_large", "config": config}
    axes = {"learning_rate": RATES}
    sweep = api.post(f"projects/{project['id']}/sweeps/", **asked, axes=axes, stop_hopeless=True)
    single = start_run(api, project, snapshot)
    api.wait(f"sweeps/{sweep['id']}/", lambda row: row["runs"]["queued"] + row["runs"]["running"] == 0, 900)
    rows = api.get(f"sweeps/{sweep['id']}/table/")["results"]
    assert started_between(api, single, rows)
    *learning, flat = rows
    assert flat["status"] == "canceled", rows
    assert flat["error"]["detail"].startswith(f"Stopped after epoch {flat['hopeless_at']}: its best AP")
    assert flat["epoch"] < 12
    best = max(learning, key=lambda row: row["metrics"]["AP"])
    assert best["status"] == "succeeded"
    assert flat["metrics"]["AP"] < best["metrics"]["AP"] - MARGIN
    assert api.get(f"runs/{flat['id']}/log/")["lines"][-1]["text"] == flat["error"]["detail"]


def started_between(api: Api, single: Json, rows: list[Json]) -> bool:
    """The single run began before the sweep's second."""
    begun = api.finish(f"runs/{single['id']}/", 240)["started_at"]
    started = [api.get(f"runs/{row['id']}/")["started_at"] for row in rows]
    return bool(begun < sorted(started)[1])
