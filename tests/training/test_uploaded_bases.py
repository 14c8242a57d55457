"""Files of weights that a team uploads: kept by their content, offered to its runs, never loaded in the web process."""

import json
import pickle
import struct
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from annotations.models import Snapshot
from boxwright import limits
from boxwright.errors import Invalid
from boxwright.jobs import Beat, Status, UserFault
from boxwright.projects.models import Project
from boxwright.storage import needs, store
from boxwright.storage.collector import collect
from boxwright.storage.errors import StoreAway
from boxwright.storage.named import sha256_of
from boxwright.teams.models import AuditEntry, Membership, Team, User
from boxwright.teams.teams import delete_team
from tests.training.conftest import MODEL, MakeRun
from training import runs
from training.base_files import delete_base_file
from training.models import BaseFile, Run
from training.work import inputs

Client = Callable[[User], APIClient]
API = "/api/v1"
URL = f"{API}/teams/plates/base-files/"
ZIP = b"PK\x03\x04 as torch saves it"


def safetensors(length: int | None = None) -> bytes:
    """A header of one tensor, which says that it has `length` bytes."""
    header = json.dumps({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    return struct.pack("<Q", len(header) if length is None else length) + header + b"\0" * 4


def send(client: APIClient, name: str = "mine.pth", content: bytes = ZIP) -> Any:
    return client.post(URL, {"file": SimpleUploadedFile(name, content)}, format="multipart")


def reason(answer: Any) -> str:
    assert answer.status_code == 400, answer.json()
    (row,) = answer.json()["errors"]
    return f"{answer.json()['detail']} {row['field']}: {row['detail']}"


@pytest.fixture
def file(as_user: Client, mona: User) -> BaseFile:
    return BaseFile.objects.get(pk=send(as_user(mona)).json()["id"])


def start(client: APIClient, project: Project, snapshot: Snapshot, file: BaseFile, **asked: Any) -> Any:
    body = {"snapshot": snapshot.pk, "model": MODEL, "base": f"file:{file.pk}", **asked}
    return client.post(f"{API}/projects/{project.pk}/runs/", body, format="json")


def test_a_file_is_kept_for_the_team(as_user: Client, mona: User, vera: User) -> None:
    answer = send(as_user(mona))
    assert answer.status_code == 201
    (seen,) = as_user(vera).get(URL).json()["results"]
    assert seen == answer.json()
    assert (seen["name"], seen["size"], seen["created_by"]["name"]) == ("mine.pth", len(ZIP), "Mona")
    row = BaseFile.objects.get()
    with row.content.open() as kept:
        assert sha256_of(kept) == seen["sha256"]
    assert any(row.content in owner.named() for owner in needs.owners)
    assert AuditEntry.objects.filter(action="uploaded weights", target="mine.pth").count() == 1


def test_the_same_bytes_are_one_file_of_each_team(as_user: Client, mona: User, charlie: User) -> None:
    first, again = send(as_user(mona)), send(as_user(mona), "other.pt")
    assert (again.status_code, again.json()) == (200, first.json())
    theirs = as_user(charlie).post(
        f"{API}/teams/strangers/base-files/", {"file": SimpleUploadedFile("x.pth", ZIP)}, format="multipart"
    )
    assert theirs.status_code == 201
    assert BaseFile.objects.values("key").distinct().count() == 2


@pytest.mark.parametrize(
    ("sent", "kept", "content"),
    [
        ("a.SafeTensors", "a.safetensors", safetensors()),
        ("model.bin", "model.bin.safetensors", safetensors()),
        ("pytorch_model.bin", "pytorch_model.bin.pth", ZIP),
        ("best.pt", "best.pt", ZIP),
        ("old.pth", "old.pth", b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.rest"),
        ("DETECT.TFLITE", "DETECT.tflite", b"\x1c\0\0\0TFL3rest"),
        ("yolov3-tiny.weights", "yolov3-tiny.weights", struct.pack("<3iq", 0, 2, 0, 32_013_312) + b"\0" * 8),
        ("yolov3-tiny.conv.15", "yolov3-tiny.conv.15.weights", struct.pack("<4i", 0, 1, 0, 32_013_312)),
        ("../../etc/passwd", "passwd.pth", ZIP),
        ("ü" * 90 + ".pth", "ü" * 56 + ".pth", ZIP),
        ("a" * 90 + ".safetensors", "a" * 48 + ".safetensors", safetensors()),
        ("a" * 90, "a" * 48 + ".safetensors", safetensors()),
        (".pth", ".pth.pth", ZIP),
    ],
)
def test_a_file_is_known_by_its_first_bytes(as_user: Client, mona: User, sent: str, kept: str, content: bytes) -> None:
    """Its ending is then one by which the engine's readers know it, too."""
    answer = send(as_user(mona), sent, content)
    assert (answer.status_code, answer.json()["name"]) == (201, kept)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "mine.pth is empty"),
        (b"hello, this is no file of weights", "mine.pth is no file of weights that is understood here"),
        (pickle.dumps({"a": 1}, protocol=2), "is understood here"),
        (safetensors(10 * 2**30), "is understood here"),
        (b"\0" * 8 + b"{", "expected safetensors"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "file: expected safetensors, a checkpoint or state dict as torch saves it"),
    ],
)
def test_what_is_no_file_of_weights_is_told_so(as_user: Client, mona: User, content: bytes, says: str) -> None:
    assert says in reason(send(as_user(mona), content=content))
    assert not BaseFile.objects.exists()
    assert list(store().list("teams/")) == []


def test_nothing_sent_is_said(as_user: Client, mona: User) -> None:
    assert "file:" in reason(as_user(mona).post(URL, {}, format="multipart"))


def test_a_file_over_the_limit_is_refused(as_user: Client, mona: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BASE_FILE_BYTES", len(ZIP) - 1)
    assert send(as_user(mona)).status_code == 413
    assert not BaseFile.objects.exists()


def test_a_team_has_so_many(as_user: Client, mona: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BASE_FILES_A_TEAM", 1)
    assert send(as_user(mona)).status_code == 201
    refused = send(as_user(mona), "more.pth", ZIP + b"!")
    assert (refused.status_code, "1 files of weights already" in refused.json()["detail"]) == (409, True)
    assert send(as_user(mona)).status_code == 200
    assert len(list(store().list("teams/"))) == 1


def test_a_bucket_that_is_away_leaves_no_row(as_user: Client, mona: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise StoreAway("no route to host")

    with monkeypatch.context() as patch:
        patch.setattr(type(store()), "put", away)
        assert send(as_user(mona)).status_code == 503
    assert not BaseFile.objects.exists()
    assert send(as_user(mona)).status_code == 201


def test_who_was_removed_while_it_was_sent_keeps_nothing(as_user: Client, mona: User) -> None:
    client = as_user(mona)
    Membership.objects.filter(user=mona).delete()
    assert send(client).status_code == 404
    assert not BaseFile.objects.exists()


def test_a_run_begins_with_it(
    as_user: Client, mona: User, project: Project, snapshot: Snapshot, file: BaseFile
) -> None:
    run = start(as_user(mona), project, snapshot, file).json()
    told = {"id": file.pk, "name": "mine.pth", "size": len(ZIP), "sha256": file.sha256}
    assert (run["base"], run["base_run"], run["base_file"]) == (f"file:{file.pk}", None, told)
    assert run["config"]["base"] == "checkpoint"
    estimate = {"model": MODEL, "base": f"file:{file.pk}"}
    assert as_user(mona).post(f"{API}/projects/{project.pk}/runs/estimate/", estimate).status_code == 200


def test_one_of_another_team_is_no_base(
    as_user: Client, mona: User, charlie: User, project: Project, snapshot: Snapshot
) -> None:
    strangers = Team.objects.get(slug="strangers")
    theirs = BaseFile.objects.create(team=strangers, name="a.pth", size=8, sha256="0" * 64, key="theirs")
    assert "file:<id>" in reason(start(as_user(mona), project, snapshot, theirs))
    for odd in ("file:", "file:x", "file:-1", f"file:{'9' * 30}"):
        assert "file:<id>" in reason(start(as_user(mona), project, snapshot, theirs, base=odd))


def test_a_sweep_compares_it_with_others(
    as_user: Client, mona: User, project: Project, snapshot: Snapshot, file: BaseFile
) -> None:
    body = {"snapshot": snapshot.pk, "model": MODEL, "axes": {"base": [f"file:{file.pk}", "none"]}}
    assert as_user(mona).post(f"{API}/projects/{project.pk}/sweeps/", body).status_code == 201
    assert set(Run.objects.values_list("base", "base_file")) == {("checkpoint", file.pk), ("none", None)}


@pytest.mark.parametrize("status", [Status.QUEUED, Status.RUNNING])
def test_one_that_a_run_needs_is_not_deleted(
    as_user: Client, mona: User, file: BaseFile, make_run: MakeRun, status: Status
) -> None:
    make_run(base="checkpoint", base_file=file, status=status)
    answer = as_user(mona).delete(f"{URL}{file.pk}/")
    says = "Run 1 of Raccoons begins with mine.pth; cancel it, or let it end."
    assert (answer.status_code, answer.json()["detail"]) == (409, says)
    assert BaseFile.objects.exists()


def test_deleting_one_leaves_the_runs_that_it_began(
    as_user: Client, mona: User, file: BaseFile, make_run: MakeRun
) -> None:
    run = make_run(base="checkpoint", base_file=file, status="succeeded")
    assert as_user(mona).delete(f"{URL}{file.pk}/").status_code == 204
    assert as_user(mona).delete(f"{URL}{file.pk}/").status_code == 404
    delete_base_file(file)  # whoever deletes it at the same time
    seen = as_user(mona).get(f"{API}/runs/{run.pk}/").json()
    assert (seen["base"], seen["base_file"]) == ("checkpoint", None)
    collect(timedelta(0))
    assert list(store().list("teams/")) == []
    assert AuditEntry.objects.filter(action="deleted weights", target="mine.pth").count() == 1


def test_the_collector_leaves_what_a_team_keeps_until_it_is_deleted(file: BaseFile, team: Team) -> None:
    collect(timedelta(0))
    assert store().exists(file.key)
    delete_team(team)
    collect(timedelta(0))
    assert not store().exists(file.key)


def test_one_that_is_deleted_while_a_run_is_planned_is_told(
    mona: User, project: Project, snapshot: Snapshot, file: BaseFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    expect = runs.expect_labelled

    def deleted_meanwhile(asked: Snapshot) -> None:
        delete_base_file(file)
        expect(asked)

    monkeypatch.setattr(runs, "expect_labelled", deleted_meanwhile)
    with pytest.raises(Invalid) as refused:
        runs.start_run(project=project, author=mona, snapshot=snapshot, model=MODEL, base=f"file:{file.pk}")
    assert refused.value.extra["errors"] == [{"field": "base", "detail": "mine.pth was deleted"}]


def test_a_run_whose_base_is_gone_says_so(make_run: MakeRun, tmp_path: Any) -> None:
    site = inputs.Site(Beat(make_run(status="running"), tmp_path), store())
    with pytest.raises(UserFault, match="was deleted"):
        inputs._lay_base(make_run(base="checkpoint"), site)
