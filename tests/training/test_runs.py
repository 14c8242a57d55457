"""Starting, canceling, resuming, retraining: what each answers, and what it refuses."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.utils import timezone
from rest_framework.test import APIClient

from annotations.models import Snapshot
from boxwright.events.models import Event
from boxwright.jobs import Status
from boxwright.jobs.attempt import attempt
from boxwright.projects.models import Project
from boxwright.storage.errors import StoreAway
from boxwright.teams.models import Membership, Role, Team, User
from tests.training.conftest import MODEL, MakeRun
from training.engine.catalog import MODELS
from training.engine.model_info import ImageSizes
from training.models import LogLine, Metric, Run

Client = Callable[[User], APIClient]
API = "/api/v1"


def start(client: APIClient, project: Project, **body: Any) -> Any:
    return client.post(f"{API}/projects/{project.pk}/runs/", body)


def test_a_manager_starts_a_run(as_user: Client, mona: User, project: Project, snapshot: Snapshot) -> None:
    answer = start(as_user(mona), project, snapshot=snapshot.pk, model=MODEL, config={"epochs": 3})
    run = answer.json()
    assert answer.status_code == 201
    assert (run["number"], run["status"], run["phase"], run["base"]) == (1, "queued", "", "catalogue")
    assert (run["epochs"], run["config"]["epochs"], run["config"]["model"]) == (3, 3, MODEL)
    assert run["images"] == {"train": 8, "val": 2}
    assert run["snapshot"] == {"id": snapshot.pk, "number": 1, "image_count": 12, "labelled_count": 10}
    assert run["created_by"] == {"id": mona.pk, "name": "Mona"}
    assert run["error"] is None
    assert run["estimate_seconds"] > 0


def test_runs_are_numbered_in_their_project(as_user: Client, mona: User, project: Project, snapshot: Snapshot) -> None:
    numbers = [start(as_user(mona), project, snapshot=snapshot.pk, model=MODEL).json()["number"] for _ in range(3)]
    assert numbers == [1, 2, 3]


def test_starting_tells_whoever_watches(as_user: Client, mona: User, project: Project, snapshot: Snapshot) -> None:
    run = start(as_user(mona), project, snapshot=snapshot.pk, model=MODEL).json()
    event = Event.objects.get(project_id=project.pk, kind="run")
    assert event.data == {name: run[name] for name in event.data}


@pytest.mark.parametrize(
    ("body", "field", "says"),
    [
        ({"model": "yolo99"}, "model", "choose one of ssdlite320"),
        ({"model": "mobilenet_v2"}, "model", "classification, not detection"),
        ({"model": MODEL, "config": {"epochs": 0}}, "config", "epochs must be a whole number from 1"),
        ({"model": MODEL, "config": {"freeze": "match:(a"}}, "config", "wrong at character 3: a ) is missing"),
        ({"model": MODEL, "config": {"freeze": "match:fpn"}}, "config", "no parameter's name has a match"),
        ({"model": MODEL, "config": {"freeze": "layers:9999"}}, "config", "leaves nothing to learn"),
        ({"model": MODEL, "config": {"freeze": "trunk"}, "base": "none"}, "config", "random weights can't be frozen"),
        ({"model": MODEL, "config": {"tiles": 0}}, "config", "tiles must be a whole number from 1 to 8, not 0"),
        ({"model": MODEL, "config": {"tiles": "many"}}, "config", "tiles must be a whole number"),
        ({"model": MODEL, "config": {"tiles": 8, "image_size": 1024}}, "config", "choose fewer tiles"),
        ({"model": MODEL, "config": {"speed": 9}}, "config", "Unknown setting speed"),
        ({"model": MODEL, "config": [1]}, "config", "dictionary"),
        ({"model": MODEL, "base": "run:999999"}, "base", "run:<id> of this team"),
        ({"model": MODEL, "base": "run:x"}, "base", "run:<id> of this team"),
        ({"model": MODEL, "base": "magic"}, "base", "expected catalogue, none"),
        ({}, "model", "required"),
    ],
)
def test_what_can_not_be_trained_names_its_field(
    as_user: Client, mona: User, project: Project, snapshot: Snapshot, body: Any, field: str, says: str
) -> None:
    answer = start(as_user(mona), project, snapshot=snapshot.pk, **body)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert says in error["detail"]
    assert not Run.objects.exists()


def test_a_snapshot_without_labels_is_refused(
    as_user: Client, mona: User, project: Project, snapshot: Snapshot
) -> None:
    Snapshot.objects.filter(pk=snapshot.pk).update(labelled_count=0)
    answer = start(as_user(mona), project, snapshot=snapshot.pk, model=MODEL)
    assert answer.json()["errors"] == [{"field": "snapshot", "detail": "it holds no labelled image"}]


def test_a_run_may_begin_where_an_earlier_one_ended(
    as_user: Client, mona: User, project: Project, snapshot: Snapshot, make_run: MakeRun
) -> None:
    earlier = make_run(status="succeeded")
    run = start(as_user(mona), project, snapshot=snapshot.pk, model=MODEL, base=f"run:{earlier.pk}").json()
    assert run["base"] == f"run:{earlier.pk}"
    assert run["config"]["base"] == "checkpoint"


@pytest.fixture
def sibling(team: Team) -> Project:
    """Another detection project of the team."""
    return Project.objects.create(team=team, name="Badgers", slug="badgers", task="detection")


def elsewhere(project: Project, snapshot: Snapshot, **fields: Any) -> Run:
    """A finished run of another project."""
    row = {"model": MODEL, "config": {}, "status": "succeeded"} | fields
    return Run.objects.create(project=project, number=7, snapshot=snapshot, **row)


def test_a_run_may_begin_where_one_of_a_sibling_project_ended(
    as_user: Client, mona: User, project: Project, sibling: Project, snapshot: Snapshot
) -> None:
    earlier = elsewhere(sibling, snapshot)
    (offered,) = as_user(mona).get(f"{API}/projects/{project.pk}/runs/bases/").json()["results"]
    there = {"id": sibling.pk, "name": "Badgers", "slug": "badgers"}
    assert (offered["id"], offered["number"], offered["project"]) == (earlier.pk, 7, there)
    run = start(as_user(mona), project, snapshot=snapshot.pk, model=MODEL, base=f"run:{earlier.pk}").json()
    assert (run["base"], run["base_run"]) == (
        f"run:{earlier.pk}",
        {"id": earlier.pk, "number": 7, "project": there},
    )


def test_runs_of_strangers_of_other_tasks_and_of_deleted_projects_are_no_base(
    as_user: Client, mona: User, charlie: User, project: Project, sibling: Project, snapshot: Snapshot
) -> None:
    theirs = Team.objects.create(name="Theirs", slug="theirs")
    Membership.objects.create(team=theirs, user=charlie, role=Role.OWNER)
    second = Team.objects.create(name="Mona's other team", slug="other")
    Membership.objects.create(team=second, user=mona, role=Role.OWNER)
    others = [
        Project.objects.create(team=theirs, name="A", slug="a", task="detection"),
        Project.objects.create(team=second, name="B", slug="b", task="detection"),
        Project.objects.create(team=project.team, name="C", slug="c", task="classification"),
        Project.objects.create(team=project.team, name="D", slug="d", task="detection", deleted_at=timezone.now()),
    ]
    runs = [elsewhere(other, snapshot) for other in others]
    assert as_user(mona).get(f"{API}/projects/{project.pk}/runs/bases/").json()["results"] == []
    for run in runs:
        answer = start(as_user(mona), project, snapshot=snapshot.pk, model=MODEL, base=f"run:{run.pk}")
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["detail"] == "expected catalogue, none, file:<id> or run:<id> of this team"


def test_a_run_that_has_not_succeeded_is_no_base(
    as_user: Client, mona: User, project: Project, snapshot: Snapshot, make_run: MakeRun
) -> None:
    answer = start(as_user(mona), project, snapshot=snapshot.pk, model=MODEL, base=f"run:{make_run().pk}")
    assert answer.json()["errors"][0]["detail"] == "run 1 has no finished checkpoint"


def test_cancel_ends_a_run_at_once_and_twice_is_no_error(as_user: Client, mona: User, make_run: MakeRun) -> None:
    run = make_run(status="running", phase="training", eta_seconds=9)
    for _ in range(2):
        answer = as_user(mona).post(f"{API}/runs/{run.pk}/cancel/")
        assert (answer.status_code, answer.json()["status"], answer.json()["phase"]) == (200, "canceled", "")
    assert answer.json()["finished_at"]


@pytest.mark.parametrize("status", ["succeeded", "failed"])
def test_a_run_that_has_ended_can_not_be_canceled(as_user: Client, mona: User, make_run: MakeRun, status: str) -> None:
    answer = as_user(mona).post(f"{API}/runs/{make_run(status=status).pk}/cancel/")
    assert answer.status_code == 409
    assert status in answer.json()["detail"]


@pytest.mark.parametrize("status", Status)
def test_only_a_failed_or_canceled_run_can_be_resumed(
    as_user: Client, mona: User, make_run: MakeRun, status: str
) -> None:
    run = make_run(status=status, attempt=4, error_code="crashed", error="bang")
    answer = as_user(mona).post(f"{API}/runs/{run.pk}/resume/")
    assert answer.status_code == (200 if status in ("failed", "canceled") else 409)
    if answer.status_code == 200:
        resumed = answer.json()
        assert (resumed["status"], resumed["attempt"], resumed["error"]) == ("queued", 0, None)


def test_retrain_takes_the_last_settings_and_the_last_checkpoint(
    as_user: Client, mona: User, project: Project, make_run: MakeRun
) -> None:
    Project.objects.filter(pk=project.pk).update(labelled_count=10, last_snapshot_number=1)
    best = make_run(status="succeeded")
    Run.objects.filter(pk=best.pk).update(config=best.config | {"epochs": 5})
    make_run(status="failed")
    answer = as_user(mona).post(f"{API}/projects/{project.pk}/retrain/")
    run = answer.json()
    assert answer.status_code == 201
    assert (run["base"], run["epochs"], run["snapshot"]["number"]) == (f"run:{best.pk}", 5, 2)


def test_the_first_retrain_takes_the_tasks_first_model(as_user: Client, mona: User, project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(labelled_count=10)
    run = as_user(mona).post(f"{API}/projects/{project.pk}/retrain/").json()
    assert (run["model"], run["base"], run["status"]) == (MODEL, "catalogue", "queued")


def test_retrain_without_labels_says_so(as_user: Client, mona: User, project: Project) -> None:
    answer = as_user(mona).post(f"{API}/projects/{project.pk}/retrain/")
    assert (answer.status_code, Snapshot.objects.count()) == (400, 0)
    assert "label some images first" in answer.json()["detail"]


def test_a_run_is_continued_with_what_is_labelled_now(
    as_user: Client, mona: User, project: Project, make_run: MakeRun
) -> None:
    Project.objects.filter(pk=project.pk).update(labelled_count=20, last_snapshot_number=1)
    earlier = make_run(status="succeeded", images={"train": 8, "val": 2})
    Run.objects.filter(pk=earlier.pk).update(config=earlier.config | {"epochs": 7, "image_size": 416})
    answer = as_user(mona).post(f"{API}/runs/{earlier.pk}/continue/")
    run = answer.json()
    assert (answer.status_code, run["base"], run["snapshot"]["number"]) == (201, f"run:{earlier.pk}", 2)
    assert (run["config"]["replay"], run["config"]["epochs"], run["config"]["image_size"]) == (0.5, 4, 416)
    assert run["config"]["learning_rate"] == earlier.config["learning_rate"] / 2

    Run.objects.filter(pk=run["id"]).update(status="succeeded")
    again = as_user(mona).post(f"{API}/runs/{run['id']}/continue/").json()
    assert again["config"] == run["config"], "as short as the first time, not shorter"


@pytest.mark.parametrize("status", ["queued", "running", "failed", "canceled"])
def test_only_a_run_that_has_succeeded_is_continued(
    as_user: Client, mona: User, make_run: MakeRun, status: str
) -> None:
    answer = as_user(mona).post(f"{API}/runs/{make_run(status=status).pk}/continue/")
    assert (answer.status_code, Run.objects.count(), Snapshot.objects.count()) == (409, 1, 1)


def test_old_images_are_replayed_beside_those_of_a_base_alone(
    as_user: Client, mona: User, project: Project, snapshot: Snapshot
) -> None:
    answer = start(as_user(mona), project, snapshot=snapshot.pk, model=MODEL, config={"replay": 0.5})
    assert "replay: only a run that starts from another run" in answer.json()["errors"][0]["detail"]


def test_an_estimate_of_a_continued_run_is_of_what_it_sees(
    as_user: Client, vera: User, project: Project, make_run: MakeRun
) -> None:
    Project.objects.filter(pk=project.pk).update(labelled_count=1250)
    base = make_run(status="succeeded", images={"train": 900, "val": 250})

    def ask(**config: Any) -> Any:
        body = {"model": MODEL, "base": f"run:{base.pk}", "config": config}
        return as_user(vera).post(f"{API}/projects/{project.pk}/runs/estimate/", body).json()

    every, few = ask(), ask(replay=0.5)
    assert every["images"] == few["images"] == 1250
    assert few["estimate_seconds"] < every["estimate_seconds"] / 2


def test_an_estimate_grows_with_epochs(as_user: Client, vera: User, project: Project, snapshot: Snapshot) -> None:
    def ask(epochs: int) -> Any:
        body = {"snapshot": snapshot.pk, "model": MODEL, "config": {"epochs": epochs}}
        return as_user(vera).post(f"{API}/projects/{project.pk}/runs/estimate/", body).json()

    assert ask(2)["estimate_seconds"] < ask(20)["estimate_seconds"]
    answer = ask(20)
    assert (answer["images"], answer["epochs"]) == (10, 20)


def test_an_estimate_says_what_tiles_cost(as_user: Client, vera: User, project: Project, snapshot: Snapshot) -> None:
    def ask(tiles: int) -> Any:
        body = {"snapshot": snapshot.pk, "model": MODEL, "config": {"tiles": tiles}}
        return as_user(vera).post(f"{API}/projects/{project.pk}/runs/estimate/", body).json()

    whole, tiled = ask(1), ask(3)
    assert (whole["passes"], tiled["passes"]) == (1, 9)
    assert tiled["estimate_seconds"] > whole["estimate_seconds"]


def test_a_classifier_looks_at_whole_images(as_user: Client, mona: User, project: Project, snapshot: Snapshot) -> None:
    Project.objects.filter(pk=project.pk).update(task="classification")
    answer = start(as_user(mona), project, snapshot=snapshot.pk, model="mobilenet_v2", config={"tiles": 2})
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["detail"].startswith("tiles must be 1 for MobileNetV2: only a detector")


def test_an_estimate_says_what_would_not_learn(as_user: Client, vera: User, project: Project) -> None:
    def ask(freeze: str) -> Any:
        body = {"model": MODEL, "config": {"freeze": freeze}}
        return as_user(vera).post(f"{API}/projects/{project.pk}/runs/estimate/", body).json()["frozen"]

    ours, stem = ask("match:^backbone"), ask("none")
    assert stem["still"] < ours["still"] < ours["parameters"]
    assert stem["still_layers"] < ours["still_layers"] < ours["layers"]
    assert ours["names"][0] == "backbone.features.0.0.0.weight"
    assert all(name.startswith("backbone") for name in ours["names"])


def test_expert_settings_are_kept_and_iterations_become_epochs(
    as_user: Client, mona: User, project: Project, snapshot: Snapshot
) -> None:
    settings = {"iterations": 20, "schedule": "step", "weight_decay": 0.001, "patience": 3, "precision": "fp32"}
    run = start(as_user(mona), project, snapshot=snapshot.pk, model=MODEL, config=settings).json()
    assert {name: run["config"][name] for name in settings} == settings
    assert (run["config"]["momentum"], run["config"]["warmup_steps"]) == (0.9, None)
    assert run["epochs"] == 4  # eight images: six steps an epoch


def test_an_estimate_learns_from_earlier_runs(
    as_user: Client, vera: User, project: Project, snapshot: Snapshot, make_run: MakeRun
) -> None:
    run = make_run(status="succeeded", images={"train": 8, "val": 2})
    Metric.objects.create(run=run, epoch=1, values={}, seconds=60)
    body = {"snapshot": snapshot.pk, "model": MODEL, "config": {"epochs": 10}}
    answer = as_user(vera).post(f"{API}/projects/{project.pk}/runs/estimate/", body).json()
    assert answer["estimate_seconds"] == pytest.approx(606, abs=1)


def test_an_estimate_without_a_snapshot_counts_what_is_labelled_now(
    as_user: Client, vera: User, project: Project
) -> None:
    Project.objects.filter(pk=project.pk).update(labelled_count=5, done_count=4, unlabelled_count=70)
    answer = as_user(vera).post(f"{API}/projects/{project.pk}/runs/estimate/", {"model": MODEL})
    assert answer.json()["images"] == 9


def test_the_newest_run_of_each_of_my_projects(as_user: Client, vera: User, charlie: User, make_run: MakeRun) -> None:
    make_run(status="succeeded")
    newest = make_run()
    assert [run["id"] for run in as_user(vera).get(f"{API}/runs/latest/").json()["results"]] == [newest.pk]
    assert as_user(charlie).get(f"{API}/runs/latest/").json()["results"] == []


def test_lists_have_pages_and_cost_the_same(
    as_user: Client, vera: User, project: Project, make_run: MakeRun, django_assert_max_num_queries: Any
) -> None:
    runs = [make_run() for _ in range(5)]
    client = as_user(vera)
    with django_assert_max_num_queries(3):
        page = client.get(f"{API}/projects/{project.pk}/runs/?limit=3").json()
    rest = client.get(page["next"]).json()
    assert [run["id"] for run in page["results"] + rest["results"]] == [run.pk for run in reversed(runs)]


def test_log_and_metrics_read_on_from_where_one_was(as_user: Client, vera: User, make_run: MakeRun) -> None:
    run = make_run()
    LogLine.objects.bulk_create([LogLine(run=run, text=f"line {n}") for n in range(3)])
    Metric.objects.create(run=run, epoch=1, values={"loss": 0.5, "AP": None}, seconds=2)
    client = as_user(vera)
    lines = client.get(f"{API}/runs/{run.pk}/log/").json()["lines"]
    assert [line["text"] for line in lines] == ["line 0", "line 1", "line 2"]
    after = client.get(f"{API}/runs/{run.pk}/log/?after={lines[1]['n']}").json()["lines"]
    assert [line["text"] for line in after] == ["line 2"]
    assert client.get(f"{API}/runs/{run.pk}/log/?after=-1").status_code == 400
    (metric,) = client.get(f"{API}/runs/{run.pk}/metrics/").json()["results"]
    assert (metric["epoch"], metric["values"]) == (1, {"loss": 0.5, "AP": None})


def test_there_is_no_evaluation_before_the_first_checkpoint(as_user: Client, vera: User, make_run: MakeRun) -> None:
    answer = as_user(vera).get(f"{API}/runs/{make_run().pk}/evaluation/")
    assert (answer.status_code, answer.json()["detail"]) == (404, "This run has no evaluation yet.")


def test_the_catalogue_tells_what_can_be_trained(as_user: Client, vera: User) -> None:
    models = {row["name"]: row for row in as_user(vera).get(f"{API}/models/").json()}
    assert models[MODEL]["task"] == "detection"
    assert models[MODEL]["default_config"]["epochs"] > 0
    assert models[MODEL]["weights_available"] is False
    assert models["mobilenet_v2"]["task"] == "classification"


def test_the_catalogue_tells_what_a_models_row_states(
    as_user: Client, vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    exclusions = (("torch", "none"), ("tflite", "fp16"))
    changed = replace(
        MODELS[MODEL], not_to=exclusions, image_sizes=ImageSizes(320, 320), remark="wants a large machine"
    )
    monkeypatch.setitem(MODELS, MODEL, changed)
    row = next(row for row in as_user(vera).get(f"{API}/models/").json() if row["name"] == MODEL)
    assert row["image_sizes"] == {"least": 320, "most": 320, "step": 32}
    assert row["summary"] == "320 px, base weights from COCO, wants a large machine"
    assert row["optimizers"] == ["sgd", "adamw"]
    assert row["scoring"] == "softmax_with_background"
    assert row["weights"] == {
        "source": "torchvision:SSDLite320_MobileNet_V3_Large_Weights.COCO_V1",
        "file_name": "ssdlite320_mobilenet_v3_large_coco-a79551df.pth",
        "size": 14_069_793,
        "sha256": "a79551df",
        "trained_on": "COCO",
    }
    targets = {target["name"]: target["quantizations"] for target in row["targets"]}
    assert "torch" not in targets
    assert (targets["tflite"], targets["tfjs"]) == (["none", "int8"], ["none", "fp16"])


def test_an_image_size_that_the_model_does_not_take_is_refused(
    as_user: Client, mona: User, project: Project, snapshot: Snapshot
) -> None:
    answer = start(as_user(mona), project, snapshot=snapshot.pk, model=MODEL, config={"image_size": 100})
    assert answer.status_code == 400
    assert "image_size must be from 64 to 1280 in steps of 32" in answer.json()["errors"][0]["detail"]


def test_weights_in_the_store_count_as_available(as_user: Client, vera: User) -> None:
    from boxwright.storage import store

    store().put(f"weights/{MODEL}_coco-a79551df.pth", b"weights")
    available = [row["name"] for row in as_user(vera).get(f"{API}/models/").json() if row["weights_available"]]
    assert available == [MODEL]


def test_a_run_waits_longer_each_time_until_it_comes_on(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each attempt writes its phase before it asks the bucket: that is no progress, or it would wait for ever."""

    def away(*_args: object) -> None:
        raise StoreAway("no route")

    monkeypatch.setattr("training.work.inputs.lay_training", away)
    run = make_run(lease=None)
    for tries in (1, 2, 3):
        attempt(Run, run.pk)
        run.refresh_from_db()
        assert (run.status, run.phase, run.retries) == (Status.QUEUED, "", tries)
        Run.objects.update(retry_at=None)
    Run.objects.update(waiting_since=Now() - timedelta(hours=25))
    attempt(Run, run.pk)
    run.refresh_from_db()
    assert (run.status, run.error_code) == (Status.FAILED, "unavailable")
