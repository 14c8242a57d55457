"""A folder of a bucket that the operator allows comes in, by API and command; nobody reads any other."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core.management import CommandError
from django.test import Client
from pytest_django import Settings

from annotations.imports import import_of_bucket
from annotations.models import Image, Import
from boxwright import limits
from boxwright.errors import Invalid
from boxwright.jobs.attempt import attempt
from boxwright.projects.models import Project
from boxwright.storage.buckets import folder_of, readable
from boxwright.teams.models import User
from tests.annotations.buckets import SET, put, run
from tests.annotations.images import picture
from tests.services.processes import free_port


@pytest.mark.usefixtures("bucket", "alice", "project")
def test_folder_of_a_bucket_comes_in_and_again_changes_nothing() -> None:
    for address in (SET, SET.rstrip("/")):
        status, said = run(address)
        assert (status, Image.objects.count()) == (0, 2), said
    assert set(Image.objects.values_list("name", "queue")) == {("a.jpg", "labelled")}
    assert set(Import.objects.values_list("source", "path", "archive_name")) == {("bucket", SET, "raccoons")}


@pytest.mark.usefixtures("client_of")
@pytest.mark.parametrize(
    "address",
    [
        "s3://scans/",
        "s3://scans/setsbeside/",
        "s3://other/sets/",
        "s3://scans/sets/../secret/",
        "s3://scans/sets//x",
        "s3://127.0.0.1:9000/sets/",
        "http://scans/sets/",
        "s3://",
        "",
    ],
)
def test_what_is_not_allowed_is_not_read(
    as_user: Callable[[User], Client], alice: User, project: Project, address: str
) -> None:
    path = f"/api/v1/projects/{project.pk}/imports/"
    answer = as_user(alice).post(path, {"bucket": address}, content_type="application/json")
    assert (answer.status_code, Import.objects.count()) == (400, 0)
    assert [error["field"] for error in answer.json()["errors"]] == ["bucket"]


@pytest.mark.parametrize("body", ["5", "null", "[]", '"bucket"', '{"bucket": null}', '{"bucket": ["s3://scans/"]}'])
def test_a_body_that_names_nothing_is_refused(
    as_user: Callable[[User], Client], alice: User, project: Project, body: str
) -> None:
    path = f"/api/v1/projects/{project.pk}/imports/"
    assert as_user(alice).generic("POST", path, body, content_type="application/json").status_code == 400


@pytest.mark.usefixtures("bucket")
def test_only_managers_read_buckets(as_user: Callable[[User], Client], mona: User, bob: User, project: Project) -> None:
    """Bob annotates, Mona manages."""
    path, asked = f"/api/v1/projects/{project.pk}/imports/", {"bucket": SET, "review": True}
    assert as_user(bob).post(path, asked, content_type="application/json").status_code == 403
    assert not Import.objects.exists()
    answer = as_user(mona).post(path, asked, content_type="application/json")
    assert (answer.status_code, answer.json()["source"]) == (201, "bucket")


@pytest.mark.usefixtures("bucket", "alice", "project")
def test_nothing_is_read_where_no_bucket_is_allowed(settings: Settings) -> None:
    settings.IMPORT_BUCKETS = []
    with pytest.raises(CommandError, match="may not read"):
        run(SET)


def test_the_stores_own_bucket_is_never_read(settings: Settings) -> None:
    settings.IMPORT_BUCKETS, settings.S3_BUCKET = ["s3://scans"], "scans"
    with pytest.raises(Invalid, match="may not read"):
        readable("s3://scans/teams/1/")


@pytest.mark.usefixtures("bucket", "alice", "project")
def test_bucket_that_is_no_longer_allowed_is_not_read(settings: Settings, project: Project, alice: User) -> None:
    job = import_of_bucket(project=project, author=alice, address=SET)
    settings.IMPORT_BUCKETS = ["s3://scans/others"]
    attempt(Import, job.pk)
    job.refresh_from_db()
    assert (job.status, job.error) == ("failed", "Imports may not read this bucket.")


@pytest.mark.usefixtures("bucket", "alice", "project")
@pytest.mark.parametrize(
    ("address", "reason"),
    [("s3://gone/", "There is no bucket gone."), ("s3://scans/sets/none/", "Nothing lies in s3://scans/sets/none/.")],
)
def test_a_missing_bucket_and_an_empty_folder_are_told(address: str, reason: str) -> None:
    status, said = run(address)
    assert status == 1
    assert reason in said


@pytest.mark.usefixtures("alice", "project")
@pytest.mark.parametrize(
    ("limit", "value", "reason"),
    [("ARCHIVE_FILES", 3, "has 4 files; at most 3"), ("ARCHIVE_BYTES", 500, "MB; at most")],
)
def test_a_bucket_is_held_against_an_archives_limits(
    bucket: Any, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, reason: str
) -> None:
    assert bucket
    monkeypatch.setattr(limits, limit, value)
    status, said = run(SET)
    assert (status, Image.objects.count()) == (1, 0)
    assert reason in said


@pytest.mark.usefixtures("alice", "project")
def test_names_that_leave_the_folder_refuse_it(bucket: Any) -> None:
    put(bucket, "sets/raccoons/..\\..\\evil.jpg", picture(3))
    status, said = run(SET)
    assert (status, Image.objects.count()) == (1, 0)
    assert "a path that leaves" in said


@pytest.mark.usefixtures("alice", "project")
def test_file_and_folder_of_one_name_is_a_finding(bucket: Any) -> None:
    put(bucket, "sets/raccoons/train", b"a file")
    status, said = run(SET)
    assert "can't be unpacked" in said
    assert (status, Image.objects.count()) == (0, 1)


@pytest.mark.usefixtures("bucket", "alice", "project")
def test_import_waits_for_a_bucket_that_is_away(settings: Settings) -> None:
    settings.IMPORT_S3 = {**settings.IMPORT_S3, "endpoint_url": f"http://127.0.0.1:{free_port()}"}
    status, said = run(SET)
    assert (status, Import.objects.get().status) == (1, "queued")
    assert "It waits, and a worker will go on" in said


class Refusing(BaseHTTPRequestHandler):
    """A bucket that says no, or sends its readers elsewhere."""

    status: int
    location: str
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        body = b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>" if self.status == 403 else b""
        self.send_response(self.status)
        if self.location:
            self.send_header("Location", self.location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def refusing(status: int, location: str = "") -> type[Refusing]:
    class Made(Refusing):
        asked: list[str] = []

    Made.status, Made.location = status, location
    return Made


@contextmanager
def served(handler: type[Refusing]) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as made:
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{made.server_port}"
        made.shutdown()
        thread.join()


@pytest.mark.usefixtures("client_of", "alice", "project")
def test_a_bucket_that_denies_is_told(settings: Settings) -> None:
    with served(refusing(403)) as url:
        settings.IMPORT_S3 = {**settings.IMPORT_S3, "endpoint_url": url}
        status, said = run(SET)
    assert status == 1
    assert f"This server has no right to read {SET}." in said


@pytest.mark.usefixtures("client_of", "alice", "project")
@pytest.mark.parametrize("status", [301, 302, 307])
def test_only_the_configured_endpoint_is_asked(settings: Settings, status: int) -> None:
    inside = refusing(403)
    with served(inside) as secret:
        leading = refusing(status, f"{secret}/secret")
        with served(leading) as url:
            settings.IMPORT_S3 = {**settings.IMPORT_S3, "endpoint_url": url}
            assert run(SET)[0] == 1
    assert leading.asked
    assert inside.asked == []


def test_what_changed_meanwhile_is_not_mixed(bucket: Any, project: Project, alice: User) -> None:
    job = import_of_bucket(project=project, author=alice, address=SET)
    Import.objects.filter(pk=job.pk).update(archive_sha256="of another list")
    attempt(Import, job.pk)
    job.refresh_from_db()
    assert (job.status, "has changed since" in job.error) == ("failed", True)
    assert bucket


def test_an_address_is_a_folder() -> None:
    assert str(folder_of("s3://scans/a/b")) == str(folder_of("s3://scans/a/b/")) == "s3://scans/a/b/"
    assert str(folder_of("s3://scans")) == "s3://scans/"
