"""A grid of runs as one thing: planned, started as a whole or not at all, canceled, told as a table and as curves."""

import csv
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from annotations.models import Snapshot
from boxwright import limits
from boxwright.events.models import Event
from boxwright.projects.models import Project
from boxwright.teams.models import AuditEntry, User
from tests.training.conftest import MODEL, MakeRun
from training.models import Metric, Run, Sweep

Client = Callable[[User], APIClient]
API = "/api/v1"
GRID = {"epochs": [2, 4, 8], "freeze": ["none", "trunk"]}


def start(client: APIClient, project: Project, snapshot: Snapshot, **body: Any) -> Any:
    asked = {"snapshot": snapshot.pk, "model": MODEL, "axes": GRID} | body
    return client.post(f"{API}/projects/{project.pk}/sweeps/", asked)


@pytest.fixture
def sweep(project: Project, snapshot: Snapshot) -> Sweep:
    return Sweep.objects.create(project=project, snapshot=snapshot, name="rates", axes={"learning_rate": [0.1, 0.2]})


def test_a_manager_starts_a_run_for_each_combination(
    as_user: Client, mona: User, project: Project, snapshot: Snapshot
) -> None:
    answer = start(as_user(mona), project, snapshot, config={"batch_size": 4}, base="none", axes={"epochs": [2, 4]})
    sweep = answer.json()
    assert answer.status_code == 201
    assert (sweep["name"], sweep["axes"], sweep["config"]) == ("epochs", {"epochs": [2, 4]}, {"batch_size": 4})
    assert sweep["runs"] == {"queued": 2, "running": 0, "succeeded": 0, "failed": 0, "canceled": 0}
    assert sweep["best"] is None
    runs = Run.objects.filter(sweep_id=sweep["id"]).order_by("pk")
    assert [(run.number, run.epochs, run.setting) for run in runs] == [(1, 2, {"epochs": 2}), (2, 4, {"epochs": 4})]
    assert {(run.base, run.config["batch_size"], run.status) for run in runs} == {("none", 4, "queued")}


def test_axes_stand_in_one_order_and_the_last_changes_fastest(
    as_user: Client, mona: User, project: Project, snapshot: Snapshot
) -> None:
    start(as_user(mona), project, snapshot)
    settings = [(run.setting["freeze"], run.setting["epochs"]) for run in Run.objects.order_by("pk")]
    assert settings == [("none", 2), ("none", 4), ("none", 8), ("trunk", 2), ("trunk", 4), ("trunk", 8)]


def test_models_and_bases_may_be_axes(
    as_user: Client, mona: User, project: Project, snapshot: Snapshot, make_run: MakeRun
) -> None:
    earlier = make_run(status="succeeded")
    start(as_user(mona), project, snapshot, axes={"base": ["catalogue", f"run:{earlier.pk}", "none"]})
    found = Run.objects.exclude(sweep=None).order_by("pk").values_list("base", "base_run")
    assert list(found) == [("catalogue", None), ("checkpoint", earlier.pk), ("none", None)]


def test_starting_tells_whoever_watches_and_the_audit_log(
    as_user: Client, mona: User, project: Project, snapshot: Snapshot
) -> None:
    sweep = start(as_user(mona), project, snapshot, name="Depths").json()
    assert Event.objects.get(kind="sweep").data["id"] == sweep["id"]
    assert Event.objects.filter(kind="run", data__sweep=sweep["id"]).count() == 6
    (entry,) = AuditEntry.objects.filter(action="started sweep")
    assert (entry.target, entry.details) == ("Raccoons Depths", {"runs": "6"})


@pytest.mark.parametrize(
    ("axes", "says"),
    [
        ({}, "at least two runs"),
        ({"epochs": [3]}, "at least two runs"),
        ({"epochs": [3, 3]}, "at least two runs"),
        ({"epochs": []}, "at least 1 elements"),
        ({"speed": [1, 2]}, "speed is no axis: choose among model, base, freeze"),
        ({"epochs": [1, 2], "iterations": [1, 2]}, "say the same"),
        ({"epochs": [1, [2]]}, "a text or a number"),
        ({"epochs": [1, True]}, "a text or a number"),
        ({"epochs": [1, 0]}, "epochs 0: epochs must be a whole number from 1"),
        ({"model": [MODEL, "yolo99"]}, "model yolo99: There is no model 'yolo99': choose one of"),
        ({"base": ["catalogue", "run:999"]}, "base run:999: expected catalogue, none, file:<id> or run:<id>"),
        ({"freeze": ["none", "trunk"], "base": ["catalogue", "none"]}, "base none, freeze trunk: freeze: random"),
    ],
)
def test_a_sweep_with_a_run_that_can_not_be_starts_none(
    as_user: Client, mona: User, project: Project, snapshot: Snapshot, axes: Any, says: str
) -> None:
    answer = start(as_user(mona), project, snapshot, axes=axes)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["field"].startswith("axes")
    assert says in error["detail"]
    assert not Run.objects.exists()
    assert not Sweep.objects.exists()


def test_a_sweep_has_so_many_runs_at_most(as_user: Client, mona: User, project: Project, snapshot: Snapshot) -> None:
    most = limits.RUNS_A_SWEEP // 2
    one_over = {"epochs": [*range(1, most + 2)], "optimizer": ["sgd", "adamw"]}
    error = start(as_user(mona), project, snapshot, axes=one_over).json()["errors"][0]
    assert error["detail"] == f"this would be {2 * most + 2} runs; a sweep may have {limits.RUNS_A_SWEEP}"
    fitting = {**one_over, "epochs": [*range(1, most + 1)]}
    assert start(as_user(mona), project, snapshot, axes=fitting).status_code == 201


def test_a_sweep_beyond_the_quota_starts_no_run(
    as_user: Client, mona: User, project: Project, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TEAM_JOBS", 5)
    answer = start(as_user(mona), project, snapshot)
    assert answer.status_code == 409
    assert (answer.json()["limit"], answer.json()["over"]) == (5, 1)
    assert not Run.objects.exists()


def test_an_estimate_tells_runs_time_and_free_slots(
    as_user: Client, vera: User, project: Project, snapshot: Snapshot, make_run: MakeRun
) -> None:
    make_run(status="running")
    plan = {"snapshot": snapshot.pk, "model": MODEL}
    one = as_user(vera).post(f"{API}/projects/{project.pk}/runs/estimate/", {**plan, "config": {"epochs": 5}}).json()
    asked = {**plan, "axes": {"epochs": [5], "seed": [0, 1, 2]}}
    answer = as_user(vera).post(f"{API}/projects/{project.pk}/sweeps/estimate/", asked).json()
    assert answer["runs"] == 3
    assert answer["estimate_seconds"] == pytest.approx(3 * one["estimate_seconds"], abs=0.3)
    assert answer["slots"] == limits.TEAM_JOBS - 1
    assert Run.objects.count() == 1


def test_canceling_cancels_the_open_runs_only(
    as_user: Client, mona: User, project: Project, sweep: Sweep, make_run: MakeRun
) -> None:
    runs = [make_run(status=status, sweep=sweep) for status in ("succeeded", "running", "queued", "failed")]
    other = make_run(status="queued")
    answer = as_user(mona).post(f"{API}/sweeps/{sweep.pk}/cancel/")
    assert answer.json()["runs"] == {"queued": 0, "running": 0, "succeeded": 1, "failed": 1, "canceled": 2}
    assert [Run.objects.get(pk=run.pk).status for run in runs] == ["succeeded", "canceled", "canceled", "failed"]
    assert Run.objects.get(pk=other.pk).status == "queued"
    again = as_user(mona).post(f"{API}/sweeps/{sweep.pk}/cancel/")
    assert again.json() == answer.json()
    assert AuditEntry.objects.filter(action="canceled sweep").count() == 1


def test_a_sweep_that_has_ended_can_not_be_canceled(
    as_user: Client, mona: User, sweep: Sweep, make_run: MakeRun
) -> None:
    make_run(status="succeeded", sweep=sweep)
    assert as_user(mona).post(f"{API}/sweeps/{sweep.pk}/cancel/").status_code == 409


@pytest.fixture
def trained(sweep: Sweep, make_run: MakeRun) -> list[Run]:
    """Two runs of three epochs; the second is the best."""
    runs = []
    for rate, score in ((0.1, 0.3), (0.2, 0.6)):
        metrics = {"AP": score, "AP50": score + 0.2}
        row = {"status": "succeeded", "epoch": 3, "epochs": 3, "metrics": metrics}
        run = make_run(sweep=sweep, setting={"learning_rate": rate}, **row)
        for epoch in (1, 2, 3):
            values = {"loss": 1.0, "AP": round(score * epoch / 3, 3), "AP50": 0.5, "iterations": 6 * epoch}
            Metric.objects.create(run=run, epoch=epoch, values=values, seconds=2.0, cpu_seconds=3.5)
        runs.append(run)
    return runs


def test_the_table_tells_settings_scores_and_seconds(
    as_user: Client, vera: User, sweep: Sweep, trained: list[Run]
) -> None:
    table = as_user(vera).get(f"{API}/sweeps/{sweep.pk}/table/").json()
    assert table["axes"] == ["learning_rate"]
    assert [row["setting"] for row in table["results"]] == [{"learning_rate": 0.1}, {"learning_rate": 0.2}]
    row = table["results"][1]
    assert (row["number"], row["metrics"], row["status"]) == (2, {"AP": 0.6, "AP50": 0.8}, "succeeded")
    assert (row["epoch"], row["epochs"], row["seconds"], row["cpu_seconds"]) == (3, 3, 6.0, 10.5)


def test_the_table_goes_into_a_spreadsheet(
    as_user: Client, vera: User, sweep: Sweep, trained: list[Run], make_run: MakeRun
) -> None:
    make_run(sweep=sweep, setting={"learning_rate": "=1+1"}, status="queued", epochs=3)
    answer: Any = as_user(vera).get(f"{API}/sweeps/{sweep.pk}/table/csv/")
    text = b"".join(answer.streaming_content).decode()
    assert answer["Content-Type"].startswith("text/csv")
    head, *rows = csv.reader(text.splitlines())
    assert head == ["run", "learning_rate", "status", "AP", "AP50", "epoch", "epochs", "seconds", "cpu_seconds"]
    assert rows[1] == ["2", "0.2", "succeeded", "0.6", "0.8", "3", "3", "6.0", "10.5"]
    assert rows[2] == ["3", "'=1+1", "queued", "", "", "0", "3", "", ""]


def test_curves_are_scores_by_epoch_and_iterations(
    as_user: Client, vera: User, sweep: Sweep, trained: list[Run]
) -> None:
    (_, best) = as_user(vera).get(f"{API}/sweeps/{sweep.pk}/curves/").json()["results"]
    assert best["run"] == trained[1].pk
    assert best["points"][1] == {"epoch": 2, "iterations": 12, "values": {"AP": 0.4, "AP50": 0.5}}
    assert len(best["points"]) == 3


def test_a_curve_leaves_out_epochs_without_an_evaluation(
    as_user: Client, vera: User, sweep: Sweep, make_run: MakeRun
) -> None:
    run = make_run(sweep=sweep)
    for epoch, values in enumerate(({"loss": 2.0}, {"loss": 1.0, "AP": 0.5}, {"loss": 0.9}), start=1):
        Metric.objects.create(run=run, epoch=epoch, values=values, seconds=1.0)
    (curve,) = as_user(vera).get(f"{API}/sweeps/{sweep.pk}/curves/").json()["results"]
    assert [(point["epoch"], point["values"]) for point in curve["points"]] == [(2, {"AP": 0.5})]


def test_a_long_curve_keeps_its_last_point(as_user: Client, vera: User, sweep: Sweep, make_run: MakeRun) -> None:
    run = make_run(sweep=sweep)
    values = {"AP": 0.1}
    Metric.objects.bulk_create(Metric(run=run, epoch=epoch, values=values, seconds=1.0) for epoch in range(1, 402))
    (curve,) = as_user(vera).get(f"{API}/sweeps/{sweep.pk}/curves/").json()["results"]
    assert [point["epoch"] for point in curve["points"]] == [*range(2, 402, 3)]


def test_the_best_run_is_named(as_user: Client, vera: User, sweep: Sweep, trained: list[Run]) -> None:
    best = as_user(vera).get(f"{API}/sweeps/{sweep.pk}/").json()["best"]
    expected = {"id": trained[1].pk, "number": 2, "setting": {"learning_rate": 0.2}}
    assert best == {**expected, "metrics": {"AP": 0.6, "AP50": 0.8}}


def test_retraining_goes_on_from_the_best_run_of_the_last_sweep(
    as_user: Client, mona: User, project: Project, trained: list[Run]
) -> None:
    best, worse = trained[1], trained[0]
    Metric.objects.all().delete()
    Run.objects.filter(pk=best.pk).update(metrics=worse.metrics)
    Run.objects.filter(pk=worse.pk).update(metrics=best.metrics)
    Project.objects.filter(pk=project.pk).update(labelled_count=10, last_snapshot_number=1)
    run = as_user(mona).post(f"{API}/projects/{project.pk}/retrain/").json()
    assert (run["base"], run["sweep"]) == (f"run:{worse.pk}", None)


def test_sweeps_are_listed_newest_first(as_user: Client, vera: User, project: Project, sweep: Sweep) -> None:
    newer = Sweep.objects.create(project=project, snapshot=sweep.snapshot, name="later", axes={"seed": [0, 1]})
    found = as_user(vera).get(f"{API}/projects/{project.pk}/sweeps/").json()["results"]
    assert [one["id"] for one in found] == [newer.pk, sweep.pk]
