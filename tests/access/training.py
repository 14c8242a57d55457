"""Catalogues, presets, runs, artifacts."""

import hashlib
import json
from datetime import timedelta
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from annotations.models import Snapshot
from boxwright.api.auth import digest
from boxwright.projects.models import Project
from boxwright.storage import store
from boxwright.teams.models import Membership, Role
from tests.access.table import Row, World
from tests.annotations.archives import zipped
from tests.annotations.images import picture
from training import object_keys, try_links
from training.engine.catalog import complete_config
from training.models import Artifact, BaseFile, Holdout, Prediction, Preset, Run, Sweep, TryLink

MODEL = "ssdlite320_mobilenet_v3_large"
SEES = "401 404 200 200 200 200"


def new_run(world: World) -> dict[str, Any]:
    return {"snapshot": world.own["snapshot_id"], "model": MODEL}


def foreign_snapshot(world: World) -> dict[str, Any]:
    return {"snapshot": world.foreign["snapshot_id"], "model": MODEL}


def foreign_run(world: World) -> dict[str, Any]:
    return {"run": world.foreign["run_id"]}


def seen_frame(_world: World) -> dict[str, Any]:
    file = SimpleUploadedFile("frame.jpg", picture(77), content_type="image/jpeg")
    return {"file": file, "sha256": "0" * 64, "boxes": "[]"}


def link_of(world: World) -> dict[str, Any]:
    return {"token": f"secret-{world.own['link_id']}"}


NEW_PRESET = {"name": "Slow", "model": MODEL, "config": {"epochs": 50}}


def base_file(_world: World) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("new.pth", b"PK\x03\x04 weights")}


def foreign_base(world: World) -> dict[str, Any]:
    return {**new_run(world), "base": f"file:{world.foreign['file_id']}"}


def new_sweep(world: World) -> dict[str, Any]:
    return {**new_run(world), "axes": {"epochs": [1, 2]}}


def foreign_sweep(world: World) -> dict[str, Any]:
    return {**foreign_snapshot(world), "axes": {"epochs": [1, 2]}}


ROWS: list[Row] = [
    Row("GET", "models", "401 200 200 200 200 200"),
    Row("GET", "models-timm", "401 200 200 200 200 200"),
    Row("GET", "targets", "401 200 200 200 200 200"),
    Row("GET", "presets", SEES),
    Row("POST", "presets", "401 404 403 403 201 201", NEW_PRESET),
    Row("PATCH", "preset", "401 404 403 403 200 200", {"name": "Slower"}),
    Row("DELETE", "preset", "401 404 403 403 204 204"),
    Row("GET", "base-files", SEES),
    Row("POST", "base-files", "401 404 403 403 201 201", base_file, form=True),
    Row("DELETE", "base-file", "401 404 403 403 204 204"),
    Row("GET", "runs-latest", "401 200 200 200 200 200"),
    Row("GET", "runs", SEES),
    Row("POST", "runs", "401 404 403 403 201 201", new_run, foreign=foreign_snapshot),
    Row("GET", "run-bases", SEES),
    Row("POST", "run-estimate", SEES, new_run, foreign=foreign_base),
    Row("POST", "retrain", "401 404 403 403 201 201"),
    Row("GET", "sweeps", SEES),
    Row("POST", "sweeps", "401 404 403 403 201 201", new_sweep, foreign=foreign_sweep),
    Row("POST", "sweep-estimate", SEES, new_sweep, foreign=foreign_sweep),
    Row("GET", "sweep", SEES),
    # Its run has succeeded: whoever may cancel is told that it can't be done.
    Row("POST", "sweep-cancel", "401 404 403 403 409 409"),
    Row("GET", "sweep-table", SEES),
    Row("GET", "sweep-table-csv", SEES),
    Row("GET", "sweep-curves", SEES),
    Row("GET", "run", SEES),
    # The run has succeeded: whoever may cancel or resume is told that it can't be done.
    Row("POST", "run-cancel", "401 404 403 403 409 409"),
    Row("POST", "run-resume", "401 404 403 403 409 409"),
    Row("POST", "run-continue", "401 404 403 403 201 201"),
    Row("GET", "run-metrics", SEES),
    Row("GET", "run-log", SEES),
    Row("GET", "run-evaluation", SEES),
    Row("GET", "run-comparison", SEES),
    Row("GET", "run-test", SEES),
    Row("POST", "run-test", "401 404 403 403 200 200"),
    Row("POST", "run-test-cancel", "401 404 403 403 409 409"),
    Row("POST", "run-test-look", "401 404 403 403 200 200"),
    Row("GET", "predictions", SEES),
    # Its run has no checkpoint: whoever may ask is told that it can't be done.
    Row("POST", "predictions", "401 404 403 403 409 409", {}, foreign=foreign_run),
    Row("POST", "prediction-cancel", "401 404 403 403 409 409"),
    Row("POST", "ingest", "401 404 403 201 201 201", seen_frame, form=True),
    Row("GET", "suggestions", SEES),
    Row("POST", "suggestions-reject", "401 404 403 204 204 204", {"ids": []}),
    Row("POST", "suggestions-restore", "401 404 403 204 204 204", {"ids": []}),
    Row("GET", "run-suggestions", SEES),
    Row("GET", "artifacts", SEES),
    Row("POST", "artifacts", "401 404 403 403 201 201", {"target": "tflite"}),
    Row("POST", "artifacts-all", "401 404 403 403 200 200"),
    Row("GET", "artifact", SEES),
    Row("POST", "artifact-cancel", "401 404 403 403 409 409"),
    Row("POST", "artifact-release", "401 404 403 403 409 409"),
    Row("GET", "artifact-worst", SEES),
    Row("GET", "artifact-file", SEES),
    Row("GET", "try-links", "401 404 403 403 200 200"),
    Row("POST", "try-links", "401 404 403 403 201 201", {}),
    Row("DELETE", "try-link", "401 404 403 403 204 204"),
    Row("POST", "try", "200 200 200 200 200 200", link_of),
    Row("GET", "try-file", "200 200 200 200 200 200"),
    Row("GET", "artifact-download", "401 404 200/302 200/302 200/302 200/302"),
]


def build(world: World) -> None:
    for project, ids in ((world.project, world.own), (world.foreign_project, world.foreign)):
        ids |= _build(project, ids.get("snapshot_id"))


def _build(project: Project, snapshot_id: int | None) -> dict[str, Any]:
    snapshot = Snapshot.objects.get(pk=snapshot_id) if snapshot_id else _snapshot(project)
    config = complete_config({"model": MODEL}).to_dict()
    sweep = Sweep.objects.create(project=project, snapshot=snapshot, name="epochs", axes={"epochs": [1, 2]})
    run = Run.objects.create(
        project=project, number=1, snapshot=snapshot, model=MODEL, config=config, status="succeeded", sweep=sweep
    )
    Project.objects.filter(pk=project.pk).update(last_run_number=1, labelled_count=2)
    name = f"model-{project.pk}.bin"
    artifact = Artifact.objects.create(
        run=run, target="tfjs", status="succeeded", key=f"zip-{project.pk}", files=[{"name": name, "size": 2}]
    )
    evaluation = object_keys.run_file(run, "0" * 64, "evaluation.json")
    Run.objects.filter(pk=run.pk).update(files={"evaluation.json": {"key": evaluation, "sha256": ""}})
    store().put(evaluation, json.dumps({"task": "detection", "predictions": []}).encode())
    store().put(artifact.key, zipped({name: b"{}"}))
    Snapshot.objects.filter(pk=snapshot.pk).update(splits={"train": 1, "val": 0, "test": 1})
    _evaluate_on_test(run)
    link = _link_to(artifact)
    preset = Preset.objects.create(team=project.team, name="Fast", model=MODEL, config={"epochs": 2})
    file = BaseFile.objects.create(team=project.team, name="mine.pth", size=8, sha256="0" * 64, key="mine")
    ids = {
        "file_id": file.pk,
        "snapshot_id": snapshot.pk,
        "run_id": run.pk,
        "other_run_id": run.pk,
        "artifact_id": artifact.pk,
        "name": name,
        "link_id": link.pk,
        "ticket": signing.dumps(link.pk, salt=try_links.SALT),
        "prediction_id": Prediction.objects.create(run=run, status="succeeded").pk,
    }
    return ids | {"preset_id": preset.pk, "sweep_id": sweep.pk}


def _link_to(artifact: Artifact) -> TryLink:
    team = artifact.run.project.team
    owner = Membership.objects.filter(team=team, role=Role.OWNER).select_related("user").first()
    assert owner is not None
    until = timezone.now() + timedelta(days=1)
    link = TryLink.objects.create(artifact=artifact, token_hash="", created_by=owner.user, expires_at=until)
    TryLink.objects.filter(pk=link.pk).update(token_hash=digest(f"secret-{link.pk}"))
    return link


def _evaluate_on_test(run: Run) -> None:
    report = json.dumps({"predictions": []}).encode()
    sha256 = hashlib.sha256(report).hexdigest()
    key = object_keys.run_file(run, sha256, object_keys.HOLDOUT)
    Holdout.objects.create(run=run, status="succeeded", key=key, sha256=sha256)
    store().put(key, report)


def _snapshot(project: Project) -> Snapshot:
    return Snapshot.objects.create(project=project, number=1, status="succeeded", labelled_count=2)
