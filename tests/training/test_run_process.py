"""A run from click to checkpoint, through everything that may be killed on the way: real processes, a real engine."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.e2e.api import Api, Json
from tests.services.processes import wait_until
from tests.training.installation import (
    Installation,
    labelled_project,
    log_of,
    snapshot_of,
    start_run,
    until_epoch,
    wait_gone,
    wait_run,
)

LONG = 60
"""Epochs that take long enough to be interrupted; a tiny image makes each a fraction of a second."""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("var"), environment={"BOXWRIGHT_LOST_AFTER_SECONDS": "3"})
    made.start()
    yield made
    if not made.process_left():
        made.stop()


@pytest.fixture(scope="module")
def api(here: Installation) -> Iterator[Api]:
    made = Api.first_visit(here.url)
    yield made
    made.http.close()


@pytest.fixture(scope="module")
def project(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Json:
    return labelled_project(api, tmp_path_factory.mktemp("pictures"))


@pytest.fixture(scope="module")
def snapshot(api: Api, project: Json) -> Json:
    return snapshot_of(api, project)


def finish(api: Api, run: Json) -> Json:
    return api.finish(f"runs/{run['id']}/", 240)


def epochs_done_twice(api: Api, run: Json) -> list[str]:
    """What the engine says when it begins from nothing: a run that goes on says it once."""
    return [line for line in log_of(api, run).splitlines() if "training and" in line]


def engine_of(here: Installation) -> list[psutil.Process]:
    wait_until(lambda: bool(here.engines()), "a training process", 60)
    return here.engines()


def test_a_run_succeeds(here: Installation, api: Api, project: Json, snapshot: Json) -> None:
    run = start_run(api, project, snapshot)
    assert run["status"] == "queued"
    assert run["estimate_seconds"] > 0
    done = finish(api, run)
    assert (done["epoch"], done["epochs"], done["phase"], done["error"]) == (2, 2, "", None)
    assert set(done["metrics"]) == {"AP", "AP50"}
    assert sum(done["images"].values()) == 12
    assert [row["epoch"] for row in api.get(f"runs/{run['id']}/metrics/")["results"]] == [1, 2]
    report = api.get(f"runs/{run['id']}/evaluation/")
    assert {row["image"] for row in report["predictions"]} == set(report["images"])
    objects = here.folder / "objects" / "projects" / str(project["id"]) / "runs" / str(run["number"])
    assert {path.name for path in objects.iterdir()} == {"best.pt", "last.pt", "evaluation.json", "log.txt"}
    assert not list((here.folder / "scratch" / "jobs").iterdir())


def test_a_canceled_run_stops_its_process_and_can_be_resumed(
    here: Installation, api: Api, project: Json, snapshot: Json
) -> None:
    run = start_run(api, project, snapshot, epochs=LONG)
    until_epoch(api, run, 2)
    processes = engine_of(here)
    assert api.post(f"runs/{run['id']}/cancel/")["status"] == "canceled"
    wait_gone(processes)
    reached = api.get(f"runs/{run['id']}/")["epoch"]
    assert api.post(f"runs/{run['id']}/resume/")["status"] == "queued"
    until_epoch(api, run, reached + 1)
    assert len(epochs_done_twice(api, run)) == 1, log_of(api, run)
    api.post(f"runs/{run['id']}/cancel/")
    wait_gone(engine_of(here) if here.engines() else [])


def test_a_killed_training_process_goes_on_from_its_last_checkpoint(
    here: Installation, api: Api, project: Json, snapshot: Json
) -> None:
    run = start_run(api, project, snapshot, epochs=16)
    until_epoch(api, run, 2)
    for process in here.engines():
        process.kill()
    assert finish(api, run)["epoch"] == 16
    assert "SIGKILL" in log_of(api, run)
    assert len(epochs_done_twice(api, run)) == 1, log_of(api, run)


@pytest.mark.parametrize("victims", ["worker", "worker and training process"])
def test_a_killed_worker_loses_no_epoch(
    here: Installation, api: Api, project: Json, snapshot: Json, victims: str
) -> None:
    run = start_run(api, project, snapshot, epochs=16)
    until_epoch(api, run, 2)
    processes = engine_of(here)
    here.worker("train").kill()
    if "process" in victims:
        for process in processes:
            process.kill()
    wait_gone(processes)
    done = finish(api, run)
    assert done["epoch"] == 16
    assert len(epochs_done_twice(api, run)) == 1, log_of(api, run)
    assert [row["epoch"] for row in api.get(f"runs/{run['id']}/metrics/")["results"]] == list(range(1, 17))


def test_what_the_user_can_mend_is_said_in_one_sentence(
    here: Installation, api: Api, tmp_path: Path, project: Json, snapshot: Json
) -> None:
    body: Json = {"snapshot": snapshot["id"], "model": "ssdlite320_mobilenet_v3_large", "base": "none"}
    run = api.post(f"projects/{project['id']}/runs/", **body, config={"batch_size": 1, "image_size": 96})
    failed = wait_run(api, run, lambda row: row["status"] == "failed")
    assert failed["error"] == {"code": "bad_config", "detail": "Random weights need a batch size of at least 2."}


def test_one_click_trains_again_from_the_last_checkpoint(api: Api, project: Json) -> None:
    again = api.post(f"projects/{project['id']}/retrain/")
    last = api.get(f"projects/{project['id']}/runs/", limit=10)["results"][1:]
    base = next(run for run in last if run["status"] == "succeeded")
    assert again["base"] == f"run:{base['id']}"
    assert again["config"]["epochs"] == base["config"]["epochs"]
    assert again["snapshot"]["number"] == 2
    assert finish(api, again)["status"] == "succeeded"


def test_web_stays_small_and_without_torch(here: Installation) -> None:
    web = next(c for c in psutil.Process(here.pid).children() if "boxwright.serve" in c.cmdline())
    assert web.memory_info().rss < 200 * 2**20
    assert not [region.path for region in web.memory_maps() if "/torch/" in region.path]
