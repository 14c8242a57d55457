"""Publishing: asked twice, made once; downloaded only when it agrees with its checkpoint."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from annotations.models import Image
from boxwright import limits
from boxwright.storage import registry, store
from boxwright.teams.models import AuditEntry, User
from boxwright.teams.tokens import new_token
from tests.annotations.archives import zipped
from tests.services.bucket import make_bucket, storage_settings
from tests.services.moto import moto
from tests.training.conftest import MakeRun
from training import object_keys
from training.engine.catalog import MODELS
from training.models import Artifact, Run

Client = Callable[[User], APIClient]
API = "/api/v1"


@pytest.fixture
def run(make_run: MakeRun) -> Run:
    return make_run(status="succeeded")


def made(run: Run, content: bytes, **fields: Any) -> Artifact:
    """An artifact whose row names `content`."""
    artifact = Artifact(run=run, sha256=hashlib.sha256(content).hexdigest(), **fields)
    artifact.key = object_keys.artifact(artifact, artifact.sha256)
    registry.keep(artifact.key, content)
    artifact.save()
    return artifact


def publish(client: APIClient, run: Run, **body: Any) -> Any:
    return client.post(f"{API}/runs/{run.pk}/artifacts/", body)


def test_an_artifact_is_made_once(as_user: Client, mona: User, run: Run) -> None:
    first = publish(as_user(mona), run, target="tflite", quantization="fp16")
    again = publish(as_user(mona), run, target="tflite", quantization="fp16")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["status"] == "queued"
    assert Artifact.objects.count() == 1


def test_one_that_failed_is_tried_again(as_user: Client, mona: User, run: Run) -> None:
    failed = Artifact.objects.create(run=run, target="onnx", status="failed", error_code="parity", error="off by 9 px")
    answer = publish(as_user(mona), run, target="onnx")
    assert (answer.status_code, answer.json()["id"]) == (201, failed.pk)
    assert (answer.json()["status"], answer.json()["error"]) == ("queued", None)


def test_what_the_model_can_not_be_converted_to_is_refused(
    as_user: Client, mona: User, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MODELS, run.model, replace(MODELS[run.model], not_to=(("tflite", "fp16"),)))
    answer = publish(as_user(mona), run, target="tflite", quantization="fp16")
    assert answer.status_code == 400
    assert "can't be converted to tflite" in answer.json()["errors"][0]["detail"]
    assert publish(as_user(mona), run, target="tflite").status_code == 201


def test_all_that_the_model_can_go_to_are_asked_for_at_once(
    as_user: Client, mona: User, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MODELS, run.model, replace(MODELS[run.model], not_to=(("coreml", "none"), ("tflite", "fp16"))))
    there, failed = (
        Artifact.objects.create(run=run, target=target, status=status)
        for target, status in (("onnx", "succeeded"), ("tfjs", "failed"))
    )

    first, again = (as_user(mona).post(f"{API}/runs/{run.pk}/artifacts/all/") for _ in range(2))

    statuses = {one["target"]: one["status"] for one in first.json()["artifacts"]}
    queued = dict.fromkeys(("onnx-nms", "jetson", "tflite", "tfjs", "openvino", "torch"), "queued")
    assert (first.status_code, statuses) == (200, queued | {"onnx": "succeeded"})
    assert first.json() == again.json()
    assert {there.pk, failed.pk} < {one["id"] for one in first.json()["artifacts"]}
    assert AuditEntry.objects.filter(action="published").count() == len(queued)


def test_all_are_asked_for_or_none(as_user: Client, mona: User, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TEAM_JOBS", 3)
    answer = as_user(mona).post(f"{API}/runs/{run.pk}/artifacts/all/")
    assert (answer.status_code, answer.json()["limit"]) == (409, 3)
    assert not Artifact.objects.exists()


MISSED = {
    "max_box_px": 9.0,
    "max_score": 0.1,
    "unmatched_detections": 0,
    "metric": "AP",
    "metric_loss": 0.03,
    "limit_box_px": 640.0,
    "limit_score": 1.0,
    "limit_metric_loss": 0.02,
    "client_loss": None,
    "limit_client_loss": None,
    "images": 40,
    "images_available": 40,
    "split": "val",
    "verification": "run_here",
    "runtime": "onnxruntime",
    "passed": False,
    "released": False,
    "misses_metric_alone": True,
}


def test_a_manager_releases_what_lost_too_much_ap_and_trying_again_takes_that_back(
    as_user: Client, mona: User, run: Run
) -> None:
    lossy = Artifact.objects.create(run=run, target="onnx", quantization="int8", status="failed", parity=MISSED)
    release = f"{API}/artifacts/{lossy.pk}/release/"

    first, again = (as_user(mona).post(release) for _ in range(2))

    assert (first.status_code, first.json()["status"], first.json()["released"]) == (200, "queued", True)
    assert again.status_code == 409
    Artifact.objects.filter(pk=lossy.pk).update(status="failed")
    assert publish(as_user(mona), run, target="onnx", quantization="int8").json()["released"] is False


@pytest.mark.parametrize(
    ("status", "parity"),
    [
        ("failed", MISSED | {"misses_metric_alone": False}),
        ("failed", None),
        ("canceled", MISSED),
        ("succeeded", MISSED),
    ],
)
def test_nothing_else_can_be_released(
    as_user: Client, mona: User, run: Run, status: str, parity: dict[str, Any] | None
) -> None:
    artifact = Artifact.objects.create(run=run, target="onnx", status=status, parity=parity)

    assert as_user(mona).post(f"{API}/artifacts/{artifact.pk}/release/").status_code == 409
    artifact.refresh_from_db()
    assert (artifact.status, artifact.released) == (status, False)


def test_the_worst_pictures_of_one_that_failed_are_those_still_there(as_user: Client, mona: User, run: Run) -> None:
    Image.objects.create(project=run.project, sha256="a" * 64, name="den.jpg", width=9, height=9, size=1)
    found = [{"label": "apple", "score": 0.9, "box": [0.1, 0.2, 0.5, 0.6]}]
    pictures = [{"image": letter * 64, "checkpoint": found, "artifact": []} for letter in "ba"]
    worst = {"where": "OpenCV", "pictures": pictures}
    failed = Artifact.objects.create(run=run, target="onnx", status="failed", parity=MISSED | {"worst": worst})
    made = Artifact.objects.create(run=run, target="tflite", status="succeeded", parity=MISSED)

    told, nothing = (as_user(mona).get(f"{API}/artifacts/{one.pk}/worst/").json() for one in (failed, made))

    assert told["where"] == "OpenCV"
    assert [(one["image"]["name"], one["checkpoint"], one["artifact"]) for one in told["pictures"]] == [
        ("den.jpg", found, [])
    ]
    assert nothing == {"where": None, "pictures": []}
    assert "worst" not in as_user(mona).get(f"{API}/artifacts/{failed.pk}/").json()["parity"]


@pytest.mark.parametrize("status", ["queued", "running", "succeeded"])
def test_one_that_is_there_or_on_its_way_is_left_alone(as_user: Client, mona: User, run: Run, status: str) -> None:
    Artifact.objects.create(run=run, target="onnx", status=status)
    answer = publish(as_user(mona), run, target="onnx")
    assert (answer.status_code, answer.json()["status"]) == (200, status)


def test_a_run_that_has_not_succeeded_can_not_be_published(as_user: Client, mona: User, make_run: MakeRun) -> None:
    live = make_run(status="running")
    every = as_user(mona).post(f"{API}/runs/{live.pk}/artifacts/all/")
    for answer in (publish(as_user(mona), live, target="onnx"), every):
        assert (answer.status_code, "running" in answer.json()["detail"]) == (409, True)


@pytest.mark.parametrize(
    ("body", "field"), [({"target": "abacus"}, "target"), ({"target": "onnx", "quantization": "int3"}, "quantization")]
)
def test_what_can_not_be_made_names_its_field(
    as_user: Client, mona: User, run: Run, body: dict[str, str], field: str
) -> None:
    answer = publish(as_user(mona), run, **body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)


def test_a_finished_artifact_downloads_as_a_file(as_user: Client, vera: User, run: Run) -> None:
    artifact = made(run, b"zip bytes", target="tflite", quantization="fp16", status="succeeded")
    answer = as_user(vera).get(f"{API}/artifacts/{artifact.pk}/download/")
    assert b"".join(answer) == b"zip bytes"
    assert answer["Content-Disposition"] == 'attachment; filename="raccoons-run1-tflite-fp16.zip"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/zip"


def test_a_token_is_never_sent_to_the_bucket(as_user: Client, vera: User, run: Run, settings: Settings) -> None:
    """A browser is; the token gets the bytes, or a link where it asks for one."""
    with moto() as url:
        make_bucket(url, "key", "secret", "plates")
        settings.STORAGES = {**settings.STORAGES, "objects": storage_settings(url, "key", "secret", "plates")}
        artifact = made(run, b"zip bytes", target="onnx", status="succeeded")
        address = f"{API}/artifacts/{artifact.pk}/download/"
        _, key = new_token(vera)
        script, browser = APIClient(), APIClient()
        script.credentials(HTTP_AUTHORIZATION=f"Token {key}")
        browser.force_login(vera)
        assert b"".join(script.get(address)) == b"zip bytes"
        assert script.get(f"{address}?link=1").json()["url"].startswith(f"{url}/plates/{artifact.key}?")
        assert browser.get(address)["Location"].startswith(f"{url}/plates/{artifact.key}?")


def test_one_whose_file_is_gone_or_damaged_names_it(as_user: Client, vera: User, run: Run) -> None:
    artifact = made(run, b"zip bytes", target="onnx", status="succeeded")
    store().put(artifact.key, b"zip bytez")
    for title in ("Object damaged", "Object missing"):
        answer = as_user(vera).get(f"{API}/artifacts/{artifact.pk}/download/")
        assert (answer.status_code, answer.json()["title"], answer.json()["key"]) == (500, title, artifact.key)
        store().delete(artifact.key)


@pytest.mark.parametrize("status", ["queued", "running", "failed", "canceled"])
def test_nothing_else_can_be_downloaded(as_user: Client, vera: User, run: Run, status: str) -> None:
    """A failed artifact's file may lie there from an earlier try: it must not be given out."""
    artifact = made(run, b"stale", target="onnx", status=status)
    assert as_user(vera).get(f"{API}/artifacts/{artifact.pk}/download/").status_code == 409


def test_targets_are_listed(as_user: Client, vera: User) -> None:
    targets = {row["name"]: row for row in as_user(vera).get(f"{API}/targets/").json()}
    assert {"onnx", "tflite", "tfjs"} <= set(targets)
    assert "fp16" in targets["tflite"]["quantizations"]


def test_targets_of_a_model_are_those_that_it_can_go_to(
    as_user: Client, vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MODELS, "mobilenet_v2", replace(MODELS["mobilenet_v2"], not_to=(("tflite", "fp16"),)))
    told = as_user(vera).get(f"{API}/targets/", {"model": "mobilenet_v2"}).json()
    targets = {row["name"]: row["quantizations"] for row in told}
    assert targets["tflite"] == ["none", "int8"]
    assert "onnx-nms" not in targets
    unknown = as_user(vera).get(f"{API}/targets/", {"model": "abacus"})
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (400, "model")


def test_a_page_reads_single_files_of_a_web_model(as_user: Client, bob: User, run: Run) -> None:
    content = zipped({"model.json": b"{}", "detector.js": b"export {};", "group1-shard1of1.bin": b"\0\1"})
    names = [{"name": name, "size": 1} for name in ("model.json", "detector.js", "group1-shard1of1.bin")]
    web = made(run, content, target="tfjs", status="succeeded", files=names)
    client, files = as_user(bob), f"{API}/artifacts/{web.pk}/files/"
    for name, kind, expected in (
        ("model.json", "application/json", b"{}"),
        ("detector.js", "text/javascript", b"export {};"),
        ("group1-shard1of1.bin", "application/octet-stream", b"\0\1"),
    ):
        answer = client.get(files + name)
        assert (answer.status_code, answer["Content-Type"], answer.content) == (200, kind, expected)
        assert client.get(files + name, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert AuditEntry.objects.filter(action="downloaded").count() == 1
    for name in ("other.js", "../model.json", "MODEL.json"):
        assert client.get(files + name).status_code == 404
    Artifact.objects.update(status="failed")
    assert client.get(f"{files}model.json").status_code == 409


def test_files_of_other_targets_come_as_a_whole(as_user: Client, bob: User, run: Run) -> None:
    content = zipped({"model.onnx": b"onnx"})
    artifact = made(run, content, target="onnx", status="succeeded", files=[{"name": "model.onnx", "size": 4}])
    assert as_user(bob).get(f"{API}/artifacts/{artifact.pk}/files/model.onnx").status_code == 404
