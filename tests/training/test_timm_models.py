"""Any classifier of timm's by name: found by its parts, started, and told by its licence."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from annotations.models import Snapshot
from boxwright.projects.models import Project
from boxwright.storage import store
from boxwright.teams.models import AuditEntry, User
from tests.training.conftest import MakeRun
from training.engine import timm_models
from training.models import Run

API = "/api/v1"
Client = Callable[[User], APIClient]
FREE, NONCOMMERCIAL = "mobilenetv3_small_050.lamb_in1k", "convnextv2_atto.fcmae_ft_in1k"


@pytest.fixture(autouse=True)
def _of_whole_images(project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(task="classification")


def start(client: APIClient, project: Project, snapshot: Snapshot, **asked: Any) -> Any:
    asked = {"snapshot": snapshot.pk, **asked}
    return client.post(f"{API}/projects/{project.pk}/runs/", asked, format="json")


def reason(answer: Any) -> str:
    assert answer.status_code == 400
    (row,) = answer.json()["errors"]
    return f"{row['field']}: {row['detail']}"


def test_models_are_found_by_parts_of_their_names(as_user: Client, vera: User) -> None:
    found = as_user(vera).get(f"{API}/models/timm/", {"search": "mobilenetv3 050"}).json()
    assert FREE in [row["name"] for row in found["results"]]
    assert found["count"] == len(found["results"])
    row = next(row for row in found["results"] if row["name"] == FREE)
    assert (row["licence"], row["forbids_commerce"], row["weights_available"]) == ("apache-2.0", False, False)
    assert row["summary"] == "224 px, base weights from ImageNet, 0.6 million parameters"
    everything = as_user(vera).get(f"{API}/models/timm/").json()
    assert (everything["count"], len(everything["results"])) == (len(timm_models.rows()), 20)
    assert as_user(vera).get(f"{API}/models/timm/", {"search": "no such thing"}).json() == {"count": 0, "results": []}


def test_weights_of_timms_in_the_store_count_as_available(as_user: Client, vera: User) -> None:
    store().put(f"weights/{FREE}.safetensors", b"weights")
    (row,) = as_user(vera).get(f"{API}/models/timm/", {"search": FREE}).json()["results"]
    assert row["weights_available"] is True


def test_a_run_begins_by_any_of_timms_names(as_user: Client, mona: User, project: Project, snapshot: Snapshot) -> None:
    answer = start(as_user(mona), project, snapshot, model="mobilenetv3_small_050")
    assert answer.status_code == 201
    assert (answer.json()["model"], answer.json()["config"]["model"]) == (FREE, FREE)


def test_a_run_of_the_same_weights_is_a_base_under_either_name(
    as_user: Client, mona: User, project: Project, snapshot: Snapshot, make_run: MakeRun
) -> None:
    base = f"run:{make_run(model=FREE, status='succeeded').pk}"
    answer = start(as_user(mona), project, snapshot, model="mobilenetv3_small_050", base=base)
    assert (answer.status_code, answer.json()["base"]) == (201, base)


def test_an_unknown_name_is_told_the_nearest(as_user: Client, mona: User, project: Project, snapshot: Snapshot) -> None:
    answer = start(as_user(mona), project, snapshot, model="mobilenetv3_smal_050")
    assert FREE in reason(answer)
    assert not Run.objects.exists()


def test_a_detection_project_is_told_that_timms_classify(
    as_user: Client, mona: User, project: Project, snapshot: Snapshot
) -> None:
    Project.objects.filter(pk=project.pk).update(task="detection")
    assert "is for classification" in reason(start(as_user(mona), project, snapshot, model=FREE))


def test_weights_that_forbid_commerce_want_a_word(
    as_user: Client, mona: User, project: Project, snapshot: Snapshot
) -> None:
    client = as_user(mona)
    assert reason(start(client, project, snapshot, model=NONCOMMERCIAL)) == (
        f"accept_licence: {NONCOMMERCIAL} is under cc-by-nc-4.0: forbids commercial use. "
        "Say that you know, or start from random weights."
    )
    assert start(client, project, snapshot, model=NONCOMMERCIAL, base="none").status_code == 201
    assert start(client, project, snapshot, model=NONCOMMERCIAL, accept_licence=True).status_code == 201
    assert (
        AuditEntry.objects.filter(
            action="accepted licence", details__licence="cc-by-nc-4.0: forbids commercial use"
        ).count()
        == 1
    )


def test_a_sweep_wants_it_too(as_user: Client, mona: User, project: Project, snapshot: Snapshot) -> None:
    asked = {"snapshot": snapshot.pk, "model": FREE, "axes": {"model": [FREE, NONCOMMERCIAL]}}
    at = f"{API}/projects/{project.pk}/sweeps/"
    assert "accept_licence" in reason(as_user(mona).post(at, asked, format="json"))
    assert not Run.objects.exists()
    answer = as_user(mona).post(at, asked | {"accept_licence": True}, format="json")
    assert answer.status_code == 201


def test_what_is_frozen_is_counted_by_the_worker(
    as_user: Client, vera: User, project: Project, snapshot: Snapshot
) -> None:
    asked = {"snapshot": snapshot.pk, "model": FREE, "config": {"freeze": "match:blocks"}}
    answer = as_user(vera).post(f"{API}/projects/{project.pk}/runs/estimate/", asked, format="json")
    assert (answer.status_code, answer.json()["frozen"]) == (200, None)
