"""A run from click to checkpoint, through everything that may be killed on the way: real processes, a real engine."""

import hashlib
import io
import signal
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count, islice
from pathlib import Path

import psutil
import pytest

from annotations.dataset.split import split_of
from tests.e2e.api import Api, Json, setup_code
from tests.services.installation import (
    Installation,
    brings_its_own,
    draw,
    epochs_done,
    labelled_project,
    log_of,
    snapshot_of,
    start_run,
    until_epoch,
    wait_gone,
    wait_run,
)
from tests.services.postgres import postgres
from tests.services.processes import wait_until
from tests.services.rabbitmq import rabbitmq
from training.engine.targets import TARGETS

LONG = {True: 12, False: 20}
"""Epochs, of the embedded mode and of production, of the run that is interrupted again and again: there more often.

Each time it does a few, at last the rest.
"""
FEW, SEED = 5, 0
KEPT = {"best.pt", "last.pt", "evaluation.json", "log.txt"}


pytestmark = brings_its_own


@contextmanager
def embedded() -> Iterator[dict[str, str]]:
    yield {}


@contextmanager
def production() -> Iterator[dict[str, str]]:
    with postgres() as database, rabbitmq() as broker:
        yield {"BOXWRIGHT_DATABASE_URL": database, "BOXWRIGHT_BROKER_URL": broker}


WORLDS = {"SQLite and a folder": embedded, "PostgreSQL and RabbitMQ": production}


@pytest.fixture(
    scope="module",
    params=["SQLite and a folder", pytest.param("PostgreSQL and RabbitMQ", marks=pytest.mark.full)],
)
def here(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with WORLDS[request.param]() as services:
        environment = {"BOXWRIGHT_HEARTBEAT_SECONDS": "1", "BOXWRIGHT_LOST_AFTER_SECONDS": "8", **services}
        made = Installation(tmp_path_factory.mktemp("var"), environment=environment)
        made.start()
        yield made
        if not made.process_left():
            made.stop()


@pytest.fixture(scope="module")
def api(here: Installation) -> Iterator[Api]:
    made = Api.first_visit(here.url, setup_code(here.folder / "up.log"))
    yield made
    made.http.close()


@pytest.fixture(scope="module")
def project(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Json:
    return labelled_project(api, tmp_path_factory.mktemp("pictures"))


@pytest.fixture(scope="module")
def snapshot(api: Api, project: Json) -> Json:
    return snapshot_of(api, project)


@pytest.fixture(scope="module")
def survivor(here: Installation, api: Api, project: Json, snapshot: Json) -> Json:
    """The run that is interrupted in each way; its last test lets it finish.

    An epoch is told before its checkpoint is written: once there is a second one, there is a checkpoint.
    """
    run = start_run(api, project, snapshot, epochs=long(here))
    until_epoch(api, run, 2)
    return run


def long(here: Installation) -> int:
    return LONG["BOXWRIGHT_DATABASE_URL" not in here.environment]


def finish(api: Api, run: Json) -> Json:
    return api.finish(f"runs/{run['id']}/", 240)


def beginnings(api: Api, run: Json) -> list[str]:
    """What the engine says when it begins from nothing, not from a checkpoint."""
    return [line for line in log_of(api, run).splitlines() if "training and" in line]


def engine_of(here: Installation) -> list[psutil.Process]:
    wait_until(lambda: bool(here.engines()), "a training process")
    return here.engines()


def kill_training_process(here: Installation, _api: Api, _run: Json) -> None:
    for process in here.engines():
        process.kill()


def kill_worker(here: Installation, _api: Api, _run: Json) -> None:
    here.worker("train").kill()


def kill_both(here: Installation, api: Api, run: Json) -> None:
    kill_training_process(here, api, run)
    kill_worker(here, api, run)


def cancel_and_resume(here: Installation, api: Api, run: Json) -> None:
    processes = here.engines()
    assert api.post(f"runs/{run['id']}/cancel/")["status"] == "canceled"
    wait_gone(processes)
    assert api.post(f"runs/{run['id']}/resume/")["status"] == "queued"


def stop_and_start(here: Installation, _api: Api, _run: Json) -> None:
    assert here.stop(signal.SIGINT) == 0
    here.start()


INTERRUPTIONS: dict[str, Callable[[Installation, Api, Json], None]] = {
    "training process killed": kill_training_process,
    "worker killed": kill_worker,
    "both killed": kill_both,
    "canceled and resumed": cancel_and_resume,
    "Ctrl-C and the next start": stop_and_start,
}
DAILY = {"training process killed", "Ctrl-C and the next start"}


@pytest.mark.full
def test_a_run_succeeds(here: Installation, api: Api, project: Json, snapshot: Json) -> None:
    run = start_run(api, project, snapshot)
    assert run["status"] == "queued"
    assert run["estimate_seconds"] > 0
    done = finish(api, run)
    assert (done["epoch"], done["epochs"], done["phase"], done["error"]) == (2, 2, "", None)
    assert epochs_done(api, run) == [1, 2]
    expect_all_of(here, api, project, done)


def expect_all_of(here: Installation, api: Api, project: Json, run: Json) -> None:
    """What a run that succeeded has written; of earlier attempts there may be more of the same."""
    assert set(run["metrics"]) == {"AP", "AP50"}
    assert sum(run["images"].values()) == 12
    report = api.get(f"runs/{run['id']}/evaluation/")
    assert {row["image"] for row in report["predictions"]} == set(report["images"])
    objects = here.folder / "objects" / "projects" / str(project["id"]) / "runs" / str(run["number"])
    assert {path.name for path in objects.glob("*/*")} == KEPT
    wait_until(lambda: not list((here.folder / "scratch" / "jobs").iterdir()), "the end of the job's folder")


@pytest.fixture(scope="module")
def run_without_validation(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Json:
    """Of a project with five images, none of which falls into the validation split."""
    to_train = (n for n in count() if split_of(hashlib.sha256(draw(n)[0]).hexdigest(), SEED) == "train")
    drawings = islice(to_train, FEW)
    project = labelled_project(api, tmp_path_factory.mktemp("few"), name="Few", drawings=drawings)
    assert project["seed"] == SEED
    return finish(api, start_run(api, project, snapshot_of(api, project)))


@pytest.mark.full
def test_a_small_project_trains(run_without_validation: Json) -> None:
    assert run_without_validation["images"] == {"train": FEW, "val": 0}
    assert run_without_validation["metrics"] == {}  # nothing measures it


@pytest.mark.full
@pytest.mark.parametrize("target", TARGETS)
def test_a_small_project_is_published(here: Installation, api: Api, run_without_validation: Json, target: str) -> None:
    made = api.post(f"runs/{run_without_validation['id']}/artifacts/", target=target)
    artifact = api.finish(f"artifacts/{made['id']}/", 240)
    assert artifact["parity"]["passed"]
    assert (artifact["parity"]["images"], artifact["parity"]["split"]) == (FEW, "train")
    content = api.http.get(f"artifacts/{made['id']}/download/").content
    assert hashlib.sha256(content).hexdigest() == artifact["sha256"]
    assert len(content) == artifact["size"]
    assert {file["name"] for file in artifact["files"]} == set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    assert not list((here.folder / "scratch" / "jobs").iterdir())


@pytest.mark.full
def test_one_click_trains_again_from_the_last_checkpoint(api: Api, project: Json) -> None:
    again = api.post(f"projects/{project['id']}/retrain/")
    last = api.get(f"projects/{project['id']}/runs/", limit=10)["results"][1:]
    base = next(run for run in last if run["status"] == "succeeded")
    assert again["base"] == f"run:{base['id']}"
    assert again["config"]["epochs"] == base["config"]["epochs"]
    assert again["snapshot"]["number"] == 2
    assert finish(api, again)["status"] == "succeeded"


@pytest.mark.full
def test_a_run_whose_snapshot_is_not_built_yet_lets_the_next_one_train(
    here: Installation, api: Api, project: Json, snapshot: Json
) -> None:
    """The worker that would build the snapshot is held up meanwhile."""
    builder = here.worker("default")
    builder.suspend()
    try:
        unbuilt = api.post(f"projects/{project['id']}/snapshots/")
        first, second = start_run(api, project, unbuilt), start_run(api, project, snapshot, epochs=1)
        finish(api, second)
        first = api.get(f"runs/{first['id']}/")
    finally:
        builder.resume()
    assert (first["status"], first["started_at"]) == ("queued", None)
    assert first["waiting_for"] == f"Snapshot v{unbuilt['number']} is not ready yet."
    begun = wait_run(api, first, lambda row: row["status"] == "running")
    assert begun["waiting_for"] == ""
    api.post(f"runs/{first['id']}/cancel/")


@pytest.mark.full
def test_what_the_user_can_mend_is_said_in_one_sentence(
    here: Installation, api: Api, tmp_path: Path, project: Json, snapshot: Json
) -> None:
    body: Json = {"snapshot": snapshot["id"], "model": "ssdlite320_mobilenet_v3_large", "base": "none"}
    run = api.post(f"projects/{project['id']}/runs/", **body, config={"batch_size": 1, "image_size": 96})
    failed = wait_run(api, run, lambda row: row["status"] == "failed")
    assert failed["error"] == {"code": "bad_config", "detail": "Random weights need a batch size of at least 2."}


@pytest.mark.parametrize(
    "interruption",
    [pytest.param(name, marks=() if name in DAILY else pytest.mark.full) for name in INTERRUPTIONS],
)
def test_an_interrupted_run_goes_on_from_its_last_checkpoint(
    here: Installation, api: Api, survivor: Json, interruption: str
) -> None:
    until_epoch(api, survivor, len(epochs_done(api, survivor)) + 1)
    processes = engine_of(here)
    INTERRUPTIONS[interruption](here, api, survivor)
    wait_gone(processes)
    engine_of(here)  # another process: all that the earlier one reached is written by now
    until_epoch(api, survivor, len(epochs_done(api, survivor)) + 1)
    assert len(beginnings(api, survivor)) == 1, log_of(api, survivor)


def test_a_run_that_was_interrupted_succeeds_with_all_its_epochs(
    here: Installation, api: Api, project: Json, survivor: Json
) -> None:
    """But for one whose process was killed in the instant between its checkpoint and saying so."""
    wanted = long(here)
    ended = finish(api, survivor)
    assert (ended["epoch"], ended["phase"], ended["error"]) == (wanted, "", None)
    done = epochs_done(api, survivor)
    assert done[-1] == wanted
    assert len(done) >= wanted - 1, sorted(set(range(1, wanted + 1)) - set(done))
    assert "SIGKILL" in log_of(api, survivor)
    expect_all_of(here, api, project, ended)


def test_web_stays_small_and_without_torch(here: Installation) -> None:
    web = next(c for c in psutil.Process(here.pid).children() if "boxwright.serve" in c.cmdline())
    assert web.memory_info().rss < 200 * 2**20
    assert not [region.path for region in web.memory_maps() if "/torch/" in region.path]
