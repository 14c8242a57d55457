"""The test split: evaluated when a manager asks, its numbers given out by looks that are counted. A real engine."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from annotations.dataset.manifest import write_manifest
from annotations.dataset.records import AnnotationRecord, Box, ImageRecord, Split
from annotations.models import Snapshot
from annotations.object_keys import image_key
from boxwright.jobs.attempt import attempt
from boxwright.storage import registry, store
from boxwright.teams.models import AuditEntry, User
from tests.annotations.images import picture
from tests.training.conftest import MakeRun
from tests.training.engine.conftest import LABELS
from tests.training.test_run_json import random_detector
from training import object_keys
from training.engine import checkpoint
from training.models import Holdout, Run
from training.needed_objects import named, needed

Client = Callable[[User], APIClient]
SPLITS: list[Split] = ["train", "val", "test", "test", "test"]


@pytest.fixture
def run(make_run: MakeRun, tmp_path: Path) -> Run:
    """A run that has succeeded, with the pictures of its snapshot and a checkpoint in the store; three are of test."""
    made = make_run(status="succeeded")
    lay_snapshot(made, tmp_path)
    checkpoint.save(random_detector(), tmp_path / "best.pt")
    content = (tmp_path / "best.pt").read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    key = object_keys.run_file(made, sha256, "best.pt")
    registry.keep(key, content)
    Run.objects.filter(pk=made.pk).update(files={"best.pt": {"key": key, "sha256": sha256}})
    return Run.objects.get(pk=made.pk)


def lay_snapshot(run: Run, folder: Path) -> None:
    annotations = (AnnotationRecord(LABELS[0], Box(10, 10, 60, 70)),)
    records = []
    for seed, split in enumerate(SPLITS):
        content = picture(seed, size=(96, 96))
        sha256 = hashlib.sha256(content).hexdigest()
        records.append(ImageRecord(f"{seed}.jpg", sha256, 96, 96, len(content), "labelled", split, annotations))
        store().put(image_key(run.project.team_id, sha256), content)
    digest = write_manifest(folder / "manifest", sorted(records, key=lambda record: record.sha256))
    store().put("manifest", (folder / "manifest").read_bytes())
    labels = [{"name": name} for name in LABELS]
    store().put("about", json.dumps({"project": {"task": "detection"}, "labels": labels}).encode())
    splits = {split: SPLITS.count(split) for split in SPLITS}
    Snapshot.objects.update(manifest_key="manifest", sha256=digest, about_key="about", splits=splits)


def address(run: Run, rest: str = "") -> str:
    return f"/api/v1/runs/{run.pk}/test/{rest}"


def test_it_is_evaluated_when_asked_for_and_each_look_is_counted(
    as_user: Client, mona: User, run: Run, make_run: MakeRun
) -> None:
    client = as_user(mona)
    assert client.get(address(run)).json() == {"image_count": 3, "looks": 0, "evaluation": None}

    asked = client.post(address(run))
    assert (asked.status_code, asked.json()["status"], asked.json()["looks"]) == (201, "queued", 0)
    assert client.post(address(run, "look/")).status_code == 409

    attempt(Holdout, asked.json()["id"])
    done = client.get(address(run)).json()["evaluation"]
    assert (done["status"], done["error"]) == ("succeeded", None)
    for looks in (1, 2):
        report = client.post(address(run, "look/")).json()
        assert (report["split"], report["image_count"], len(report["predictions"])) == ("test", 3, 3)
        assert client.get(address(run)).json()["looks"] == looks
    assert client.get(address(make_run(status="succeeded"))).json()["looks"] == 2, "the project's, not the run's"
    assert AuditEntry.objects.filter(action="looked at test").count() == 2

    holdout = Holdout.objects.get(run=run)
    assert needed([holdout.key]) == {holdout.key}
    assert holdout.report in set(named())


def test_asked_twice_it_is_made_once_and_one_that_failed_again(as_user: Client, mona: User, run: Run) -> None:
    first, again = (as_user(mona).post(address(run)) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    Holdout.objects.update(status="failed", error_code="crashed", error="bang")
    answer = as_user(mona).post(address(run))
    assert (answer.status_code, answer.json()["status"], answer.json()["error"]) == (201, "queued", None)


@pytest.mark.parametrize("fields", [{"status": "running"}, {"status": "failed"}])
def test_only_a_run_that_has_succeeded_is_evaluated(
    as_user: Client, mona: User, make_run: MakeRun, fields: dict[str, Any]
) -> None:
    Snapshot.objects.update(splits={"test": 3})
    assert as_user(mona).post(address(make_run(**fields))).status_code == 409


def test_without_test_images_there_is_nothing_to_evaluate(as_user: Client, mona: User, make_run: MakeRun) -> None:
    answer = as_user(mona).post(address(make_run(status="succeeded")))
    assert (answer.status_code, "no labelled image in its test split" in answer.json()["detail"]) == (400, True)


def test_it_can_be_canceled_and_an_annotator_may_do_none_of_it(
    as_user: Client, mona: User, bob: User, run: Run
) -> None:
    assert as_user(mona).post(address(run, "cancel/")).status_code == 404
    as_user(mona).post(address(run))
    for rest in ("", "cancel/", "look/"):
        assert as_user(bob).post(address(run, rest)).status_code == 403
    assert as_user(bob).get(address(run)).json()["evaluation"]["status"] == "queued"
    assert as_user(mona).post(address(run, "cancel/")).json()["status"] == "canceled"
