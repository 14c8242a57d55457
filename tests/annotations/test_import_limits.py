"""Each limit of an import: at it the archive is taken, one over it is refused or left out, by a reason that says so."""

import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from annotations.models import Image, Import
from boxwright import limits
from boxwright.projects.models import Project
from boxwright.teams.models import User
from tests.annotations.archives import Commits, import_zip, voc, zipped
from tests.annotations.images import picture

AsUser = Callable[[User], APIClient]

PAGE = voc("a.jpg", ("cat", 1, 1, 9, 9), ("cat", 2, 2, 9, 9))
FILES = {"a.jpg": picture(1), "a.xml": PAGE}
UNPACKED = sum(len(data) for data in FILES.values())
DIRECTORY = sum(46 + len(name) for name in FILES)
"""Bytes of the table of contents: a head and the name of each entry."""

ARCHIVE = {
    "ARCHIVE_FILES": (2, "the archive has 2 files"),
    "ARCHIVE_BYTES": (UNPACKED, "unpacked it has"),
    "ARCHIVE_DIRECTORY": (DIRECTORY, "table of contents"),
}
FILE = {
    "ANNOTATION_FILE_BYTES": (len(PAGE), "the file has"),
    "BOXES_AN_IMAGE": (2, "2 annotations; an image may carry 1"),
}


@pytest.mark.parametrize("name", ARCHIVE)
def test_archive_one_over_is_refused(
    project: Project,
    bob: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    size, reason = ARCHIVE[name]
    monkeypatch.setattr(limits, name, size)
    taken = import_zip(as_user(bob), project, zipped(FILES), django_capture_on_commit_callbacks)
    assert (taken["status"], taken["error"]) == ("succeeded", None)
    monkeypatch.setattr(limits, name, size - 1)
    refused = import_zip(as_user(bob), project, zipped(FILES), django_capture_on_commit_callbacks)
    assert (refused["status"], refused["error"]["code"]) == ("failed", "archive_refused")
    assert reason.lower() in refused["error"]["detail"].lower()


def test_archive_that_grows_too_much_is_refused(
    project: Project,
    bob: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """10 MB are free; behind them the archive's own size counts, so many times."""
    archive = zipped({"a.xml": PAGE, "zeros.bin": bytes(10 * 2**20)})
    over = 10 * 2**20 + len(PAGE) - 10 * 2**20
    monkeypatch.setattr(limits, "ARCHIVE_RATIO", -(-over // len(archive)))
    taken = import_zip(as_user(bob), project, archive, django_capture_on_commit_callbacks)
    assert taken["error"] is None
    monkeypatch.setattr(limits, "ARCHIVE_RATIO", -(-over // len(archive)) - 1)
    refused = import_zip(as_user(bob), project, archive, django_capture_on_commit_callbacks)
    assert "grows more than" in refused["error"]["detail"]


def test_unpacking_leaves_room_on_the_disk(
    project: Project,
    bob: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "SPARE_DISK", 2**60)
    waiting = import_zip(as_user(bob), project, zipped(FILES), django_capture_on_commit_callbacks)
    assert (waiting["status"], waiting["waiting_for"]) == ("queued", "The server's disk is full.")


@pytest.mark.parametrize("name", FILE)
def test_annotation_file_one_over_is_left_out_with_its_image(
    project: Project,
    bob: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    size, reason = FILE[name]
    monkeypatch.setattr(limits, name, size - 1)
    left_out = import_zip(as_user(bob), project, zipped(FILES), django_capture_on_commit_callbacks)
    assert (left_out["status"], left_out["counts"]["images_created"]) == ("succeeded", 0)
    assert (left_out["findings"][0]["file"], left_out["findings"][0]["severity"]) == ("a.xml", "error")
    assert reason in left_out["findings"][0]["reason"]
    monkeypatch.setattr(limits, name, size)
    taken = import_zip(as_user(bob), project, zipped(FILES), django_capture_on_commit_callbacks)
    assert (taken["counts"]["annotations_created"], taken["finding_count"]) == (2, 0)


def test_archive_with_one_byte_too_many_is_refused_as_it_comes(
    project: Project, bob: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = zipped(FILES)
    url = f"/api/v1/projects/{project.pk}/imports/"
    for most, status in ((len(data) - 1, 413), (len(data), 201)):
        monkeypatch.setattr(limits, "ARCHIVE_BYTES", most)
        sent = {"archive": SimpleUploadedFile("set.zip", data)}
        assert as_user(bob).post(url, sent, format="multipart").status_code == status
    assert Import.objects.count() == 1


def test_names_of_strangers_stand_on_one_line(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a\x1b[31m\u202egpj\n.jpg", picture(1))
        archive.writestr("b.xml", voc("b.jpg"))
    done = import_zip(as_user(bob), project, out.getvalue(), django_capture_on_commit_callbacks)
    assert done["counts"]["images_created"] == 1
    assert Image.objects.get(project=project).name == "a [31m gpj .jpg"
