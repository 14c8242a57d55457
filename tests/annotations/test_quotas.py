"""Quotas of a team: told before they bite, one over is refused by name and amount, and nothing half-done stays."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from rest_framework.test import APIClient

from annotations.models import Image, Import
from boxwright import limits
from boxwright.jobs import Status
from boxwright.projects.models import Project
from boxwright.projects.quotas import usage_of
from boxwright.teams.models import Team, User
from tests.annotations.archives import Commits, import_zip, voc, zipped
from tests.annotations.images import kept_keys, picture, upload
from tests.conftest import make_project
from training.models import Artifact, Run

AsUser = Callable[[User], APIClient]


def used(client: APIClient, team: Team) -> dict[str, Any]:
    body: dict[str, Any] = client.get(f"/api/v1/teams/{team.slug}/usage/").json()
    return body


def try_upload(client: APIClient, project: Project, *files: bytes) -> Any:
    sent = [SimpleUploadedFile(f"{n}.jpg", data) for n, data in enumerate(files)]
    return client.post(f"/api/v1/projects/{project.pk}/images/", {"files": sent}, format="multipart")


def test_usage_follows_what_comes_and_goes(
    team: Team, project: Project, mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    client, other = as_user(mona), Project.objects.create(team=team, slug="o", name="O", task="detection")
    upload(client, other, a__jpg=picture(1))
    first = upload(client, project, a__jpg=picture(1), b__jpg=picture(2))["created"][0]["id"]
    import_zip(
        client, project, zipped({"c.jpg": picture(3), "c.xml": voc("c.jpg")}), django_capture_on_commit_callbacks
    )
    client.delete(f"/api/v1/images/{first}/")
    assert used(client, team)["images"]["used"] == 4, "what lies in the Trash counts"
    client.post(f"/api/v1/projects/{project.pk}/trash/delete/", {"all": True}, format="json")
    sizes = [len(picture(1)), len(picture(2)), len(picture(3))]
    assert used(client, team) == {
        "images": {"used": 3, "limit": None},
        "bytes": {"used": sum(sizes), "limit": None},
        "jobs": {"used": 0, "limit": 100},
    }
    Project.objects.filter(pk=other.pk).update(deleted_at=project.created_at)
    assert used(client, team)["images"]["used"] == 2


def test_one_image_over_is_refused_with_all_that_came_with_it(
    team: Team, project: Project, bob: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TEAM_IMAGES", 3)
    client = as_user(bob)
    assert try_upload(client, project, picture(1), picture(2)).status_code == 200
    before = kept_keys()
    refused = try_upload(client, project, picture(3), picture(4))
    body = refused.json()
    assert (refused.status_code, body["title"], body["quota"]) == (409, "Over quota", "images")
    assert (body["limit"], body["used"], body["over"]) == (3, 2, 1)
    assert "1 too many" in body["detail"]
    assert (Image.objects.count(), kept_keys()) == (2, before)
    assert try_upload(client, project, picture(3), picture(1)).status_code == 200, "what is there takes no room"
    assert used(client, team)["images"] == {"used": 3, "limit": 3}


def test_one_byte_over_is_refused(
    project: Project, bob: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TEAM_BYTES", len(picture(1)) - 1)
    refused = try_upload(as_user(bob), project, picture(1))
    assert (refused.status_code, refused.json()["quota"], refused.json()["over"]) == (409, "bytes", 1)
    monkeypatch.setattr(limits, "TEAM_BYTES", len(picture(1)))
    assert try_upload(as_user(bob), project, picture(1)).status_code == 200


def test_quota_is_the_teams_not_the_projects(
    team: Team, project: Project, bob: User, charlie: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TEAM_IMAGES", 1)
    second = Project.objects.create(team=team, slug="second", name="Second", task="detection")
    theirs = Project.objects.create(team=Team.objects.get(slug="strangers"), slug="t", name="T", task="detection")
    assert try_upload(as_user(bob), project, picture(1)).status_code == 200
    assert try_upload(as_user(bob), second, picture(2)).status_code == 409
    assert try_upload(as_user(charlie), theirs, picture(2)).status_code == 200


def test_import_over_the_quota_brings_nothing_and_says_so(
    project: Project,
    bob: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "TEAM_IMAGES", 5)
    files: dict[str, bytes] = {}
    for n in range(8):
        files |= {f"{n}.jpg": picture(n), f"{n}.xml": voc(f"{n}.jpg", ("cat", 1, 1, 9, 9))}
    done = import_zip(as_user(bob), project, zipped(files), django_capture_on_commit_callbacks)
    assert (done["status"], done["error"]["code"], done["counts"]["images_created"]) == ("failed", "over_quota", 0)
    assert "may hold 5 images; this would be 3 too many" in done["findings"][0]["reason"]
    project.refresh_from_db()
    assert (Image.objects.count(), project.labelled_count, project.annotation_count) == (0, 0, 0)
    assert not [key for key in kept_keys() if key.endswith(".zip")]


def test_import_into_a_full_team_is_refused_at_once(
    project: Project, bob: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(as_user(bob), project, a__jpg=picture(1))
    monkeypatch.setattr(limits, "TEAM_IMAGES", 1)
    sent = {"archive": SimpleUploadedFile("set.zip", zipped({"a.jpg": picture(2)}))}
    refused = as_user(bob).post(f"/api/v1/projects/{project.pk}/imports/", sent, format="multipart")
    assert (refused.status_code, Import.objects.count()) == (409, 0)


def test_one_job_over_is_refused_whatever_its_kind(
    team: Team, project: Project, mona: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_user(mona)
    upload(client, project, a__jpg=picture(1))
    made = client.post(f"/api/v1/projects/{project.pk}/snapshots/").json()
    row = {"project": project, "snapshot_id": made["id"], "model": "ssdlite320_mobilenet_v3_large"}
    run = Run.objects.create(number=1, status=Status.SUCCEEDED, **row)
    canceled = Run.objects.create(number=2, status=Status.CANCELED, **row)
    monkeypatch.setattr(limits, "TEAM_JOBS", 1)  # the snapshot waits
    archive = SimpleUploadedFile("set.zip", zipped({"a.jpg": picture(2)}))
    asked: list[tuple[str, Any, str]] = [
        (f"projects/{project.pk}/imports/", {"archive": archive}, "multipart"),
        (f"projects/{project.pk}/snapshots/", {}, "json"),
        (f"runs/{run.pk}/artifacts/", {"target": "onnx"}, "json"),
        (f"runs/{canceled.pk}/resume/", {}, "json"),
        ("projects/sample/", {"team": team.slug}, "json"),
    ]
    for path, body, kind in asked:
        refused = client.post(f"/api/v1/{path}", body, format=kind)
        assert (refused.status_code, refused.json().get("quota")) == (409, "jobs"), path
    assert (Import.objects.count(), Artifact.objects.count(), Project.objects.count()) == (0, 0, 1)
    assert Run.objects.get(pk=canceled.pk).status == Status.CANCELED
    assert used(client, team)["jobs"] == {"used": 1, "limit": 1}


def test_usage_costs_the_same_however_much_there_is(
    team: Team, project: Project, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        usage_of(team.pk)


def test_two_at_once_do_not_both_take_the_last_place(
    real_database: None, team: Team, alice: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_project(team, alice)
    monkeypatch.setattr(limits, "TEAM_IMAGES", 1)
    together, answers = threading.Barrier(4), []

    def send(seed: int) -> None:
        client = as_user(alice)
        together.wait(30)
        answers.append(try_upload(client, project, picture(seed)).status_code)
        connection.close()

    threads = [threading.Thread(target=send, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 409, 409, 409]
    assert Image.objects.count() == 1
