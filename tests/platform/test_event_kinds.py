"""What is told of each kind of event is what the schema says of it, to the last field."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from rest_framework.test import APIClient

from annotations.models import Snapshot
from boxwright.events.kinds import announce
from boxwright.events.models import Event
from boxwright.projects.api.event_schema import event_serializers
from boxwright.projects.models import Project
from boxwright.teams.models import User
from tests.annotations.archives import Commits, import_zip, voc, zipped
from tests.annotations.images import box, picture, save, upload
from tests.training.conftest import make_run, snapshot  # noqa: F401 (fixtures)
from training.models import Artifact, Holdout, Metric, Prediction, Run

AsUser = Callable[[User], APIClient]
SCHEMAS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())["components"]
FRAMES = SCHEMAS["schemas"]["Event"]["discriminator"]["mapping"]


def closed(part: Any) -> Any:
    """The same schema as JSON Schema has it, in which an object has no field but those that are named."""
    if isinstance(part, list):
        return [closed(each) for each in part]
    if not isinstance(part, dict):
        return part
    named = {"additionalProperties": False} if "properties" in part and "additionalProperties" not in part else {}
    rest = {name: closed(each) for name, each in part.items() if name != "nullable"} | named
    return {"anyOf": [rest, {"type": "null"}]} if part.get("nullable") is True else rest


def faults_of(kind: str) -> Iterator[str]:
    """What is wrong with the events of this kind; there is at least one."""
    told = list(Event.objects.filter(kind=kind))
    assert told, f"nothing was told of the kind {kind}"
    validator = Draft202012Validator({**closed({"components": SCHEMAS}), "$ref": FRAMES[kind]})
    for event in told:
        for error in validator.iter_errors({"event": event.kind, "data": event.data}):
            yield f"{kind} {error.json_path}: {error.message}"


def test_the_schema_knows_each_kind() -> None:
    assert list(FRAMES) == list(event_serializers())


def test_what_people_do_is_told_as_the_schema_says(
    project: Project, bob: User, mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    client = as_user(bob)
    upload(client, project, one__jpg=picture())
    image = client.post(f"/api/v1/projects/{project.pk}/queue/next/").json()["id"]
    assert save(client, image, upsert=[box(project)]).status_code == 200
    client.delete(f"/api/v1/images/{image}/claim/")
    assert as_user(mona).post(f"/api/v1/projects/{project.pk}/labels/", {"name": "fox"}).status_code == 201
    archive = zipped({"a.jpg": picture(1), "a.xml": voc("a.jpg", ("raccoon", 1, 2, 30, 40)), "b.xml": b"<broken"})
    import_zip(client, project, archive, django_capture_on_commit_callbacks)
    with django_capture_on_commit_callbacks(execute=True):
        assert as_user(mona).post(f"/api/v1/projects/{project.pk}/snapshots/").status_code == 201
    for kind in ("image", "counts", "labels", "claim", "import", "snapshot"):
        assert list(faults_of(kind)) == []
    assert Event.objects.filter(kind="image").latest("pk").data["by"] == {"id": bob.pk, "name": "Bob"}


@pytest.mark.parametrize("kind", ["import", "snapshot"])
def test_a_failed_job_is_told_as_the_schema_says(
    project: Project, mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits, kind: str
) -> None:
    """The import holds no known format; the snapshot's picture is gone."""
    if kind == "import":
        done = import_zip(as_user(mona), project, zipped({"a.txt": b"?"}), django_capture_on_commit_callbacks)
        assert done["error"]["code"] == "archive_refused"
    else:
        row = {"project": project, "number": 1, "error_code": "damaged", "error": "It is gone."}
        Snapshot.objects.create(**row).announce()
    assert list(faults_of(kind)) == []


def test_what_trains_is_told_as_the_schema_says(make_run: Callable[..., Run], alice: User) -> None:  # noqa: F811
    run = make_run(status="running", created_by=alice, epoch=1, epochs=3, metrics={"AP": 0.5})
    run.announce()
    make_run(status="failed", error_code="crashed", error="It crashed.").announce()
    Metric.objects.create(run=run, epoch=1, values={"loss": 1.5, "AP": None}, seconds=2)
    announce(run.project_id, "metrics", {"run": run.pk, "epoch": 1, "values": {"loss": 1.5, "AP": None}})
    Artifact.objects.create(run=run, target="onnx", created_by=alice).announce()
    Holdout.objects.create(run=run, created_by=alice).announce()
    Prediction.objects.create(run=run, created_by=alice).announce()
    for kind in ("run", "metrics", "artifact", "holdout", "prediction"):
        assert list(faults_of(kind)) == []
