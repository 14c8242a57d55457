"""Links to try a model without an account: they open one artifact's files, end, are revoked, and say nothing else."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.core import signing
from django.utils import timezone
from rest_framework.test import APIClient

from boxwright import limits
from boxwright.backups.restoring import _close_doors
from boxwright.projects.models import Project
from boxwright.storage import store
from boxwright.teams.models import AuditEntry, Membership, Role, User
from tests.annotations.archives import zipped
from tests.training.conftest import MakeRun
from training import try_links
from training.models import Artifact, TryLink

Client = Callable[[User], APIClient]
FILES = ("model.json", "lineage.json", "sample.png", "expected.json", "tfjs/tf.js")


@pytest.fixture
def artifact(make_run: MakeRun) -> Artifact:
    lineage = b'{"project": "raccoons"}'
    network = b'{"format":"graph-model","userDefinedMetadata":{"lineage":"raccoons"}}'
    packed = zipped(
        {"model.json": network, "lineage.json": lineage, "sample.png": b"2", "expected.json": b"3", "tfjs/tf.js": b"1"}
    )
    store().put("zip", packed)
    made = {"key": "zip", "sha256": sha256(packed).hexdigest(), "files": [{"name": name} for name in FILES]}
    return Artifact.objects.create(run=make_run(status="succeeded"), target="tfjs", status="succeeded", **made)


@pytest.fixture
def link(as_user: Client, mona: User, artifact: Artifact) -> dict[str, Any]:
    answer = as_user(mona).post(f"/api/v1/artifacts/{artifact.pk}/try-links/", {"expires_in_days": 2})
    assert answer.status_code == 201
    made: dict[str, Any] = answer.json()
    return made


def secret_of(link: dict[str, Any]) -> str:
    return str(link["link"].partition("#")[2])


def opened(secret: str) -> Any:
    return APIClient().post("/api/v1/try/", {"token": secret})


def statuses(link: dict[str, Any], folder: str) -> set[tuple[int, str]]:
    answers = [opened(secret_of(link)), APIClient().get(f"{folder}model.json")]
    return {(answer.status_code, answer.json()["detail"]) for answer in answers}


def test_a_link_opens_the_files_of_one_artifact_and_nothing_else(link: dict[str, Any], project: Project) -> None:
    assert "/try#" in link["link"]
    told = opened(secret_of(link))
    assert told.json().keys() == {"folder", "sha256", "expires_at"}
    assert project.name not in told.content.decode()
    folder = told.json()["folder"]
    file = APIClient().get(f"{folder}model.json")
    assert (file.status_code, file.content) == (200, b'{"format":"graph-model"}')
    assert file["Content-Type"] == "application/json"
    assert APIClient().get(f"{folder}tfjs/tf.js").content == b"1"
    assert APIClient().get(f"{folder}sample.png").content == b"2"
    assert file["Content-Security-Policy"] == "default-src 'none'; sandbox"
    for name in ("lineage.json", "expected.json", "contract.json", "other.js"):
        assert APIClient().get(f"{folder}{name}").status_code == 404
    assert APIClient().get(f"{folder}../../../projects/").status_code in {401, 404}
    assert secret_of(link) not in folder
    row = TryLink.objects.get()
    assert secret_of(link) not in str(vars(row))
    assert row.expires_at - timezone.now() < timedelta(days=2)
    assert list(AuditEntry.objects.values_list("action", flat=True).order_by("id")) == ["shared", "downloaded"]


def expire(link: TryLink) -> None:
    TryLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def revoke(link: TryLink) -> None:
    try_links.revoke(link)


def restore_a_backup(link: TryLink) -> None:
    _close_doors()


def demote_its_author(link: TryLink) -> None:
    Membership.objects.filter(user=link.created_by).update(role=Role.ANNOTATOR)


def remove_its_author(link: TryLink) -> None:
    Membership.objects.filter(user=link.created_by).delete()


def bar_its_author(link: TryLink) -> None:
    User.objects.filter(pk=link.created_by_id).update(is_active=False)


def delete_the_project(link: TryLink) -> None:
    Project.objects.update(deleted_at=timezone.now())


def make_the_artifact_anew(link: TryLink) -> None:
    Artifact.objects.update(status="queued")


ENDS = [
    expire,
    revoke,
    restore_a_backup,
    demote_its_author,
    remove_its_author,
    bar_its_author,
    delete_the_project,
    make_the_artifact_anew,
]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_a_link_that_ended_ends_its_files_too_and_says_no_more_than_one_that_never_was(
    link: dict[str, Any], end: Callable[[TryLink], None]
) -> None:
    folder = opened(secret_of(link)).json()["folder"]
    end(TryLink.objects.select_related("created_by", "artifact__run__project__team").get())
    assert statuses(link, folder) == {(404, try_links.ENDED)}
    assert statuses({"link": "#made-up"}, "/api/v1/try/made-up/files/") == {(404, try_links.ENDED)}


def test_a_ticket_is_signed_and_ends_within_the_hour(link: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    folder = opened(secret_of(link)).json()["folder"]
    ticket = folder.split("/")[-3]
    others = [ticket[:-1] + ("A" if ticket[-1] != "A" else "B"), signing.dumps(link["id"], salt="boxwright.other")]
    for other in others:
        assert APIClient().get(folder.replace(ticket, other) + "model.json").status_code == 404
    monkeypatch.setattr(limits, "LINK_MINUTES", -1)
    assert APIClient().get(f"{folder}model.json").status_code == 404


def test_managers_list_and_revoke(as_user: Client, mona: User, link: dict[str, Any], artifact: Artifact) -> None:
    client = as_user(mona)
    url = f"/api/v1/artifacts/{artifact.pk}/try-links/"
    (listed,) = client.get(url).json()["results"]
    assert "link" not in listed
    for _ in range(2):
        status = client.delete(f"/api/v1/try-links/{link['id']}/").status_code
    assert (status, client.get(url).json()["results"]) == (404, [])
    assert opened(secret_of(link)).status_code == 404


def test_links_are_few_short_and_of_what_a_browser_runs(
    as_user: Client, mona: User, link: dict[str, Any], artifact: Artifact, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, url = as_user(mona), f"/api/v1/artifacts/{artifact.pk}/try-links/"
    assert client.post(url, {"expires_in_days": limits.TRY_LINK_DAYS + 1}).status_code == 400
    monkeypatch.setattr(limits, "TRY_LINKS", 1)
    assert client.post(url, {}).status_code == 409
    TryLink.objects.update(expires_at=timezone.now())
    assert client.post(url, {}).status_code == 201, "those that ended are not counted"
    Artifact.objects.update(status="failed")
    assert client.post(url, {}).status_code == 409
    Artifact.objects.update(status="succeeded", target="onnx")
    assert client.post(url, {}).status_code == 400


def test_a_link_is_opened_so_often_an_hour(link: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TRY_OPENINGS", 1)
    assert opened(secret_of(link)).status_code == 200
    assert opened(secret_of(link)).status_code == 429


def test_secrets_are_guessed_slowly(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ADDRESS_TRIES", 2)
    assert [opened(f"guess-{at}").status_code for at in range(3)] == [404, 404, 429]
