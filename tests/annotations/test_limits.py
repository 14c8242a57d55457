"""One over each limit of what is sent: a picture, an archive, the files of a request."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from annotations.models import Image
from boxwright import limits
from boxwright.projects.models import Project
from boxwright.teams.models import User
from tests.annotations.archives import voc, zipped
from tests.annotations.images import picture, stored_keys, upload

AsUser = Callable[[User], APIClient]


@pytest.mark.parametrize(
    ("name", "allowed", "reason"), [("IMAGE_BYTES", len(picture()), "MB"), ("IMAGE_PIXELS", 64 * 48, "megapixels")]
)
def test_a_picture_that_is_too_large_is_refused_by_name(
    name: str, allowed: int, reason: str, project: Project, bob: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, name, allowed - 1)
    rejected = upload(as_user(bob), project, a__jpg=picture())["rejected"]
    assert [row["name"] for row in rejected] == ["a.jpg"]
    assert reason in rejected[0]["reason"]
    assert (Image.objects.count(), stored_keys()) == (0, [])
    monkeypatch.setattr(limits, name, allowed)
    assert len(upload(as_user(bob), project, a__jpg=picture())["created"]) == 1


def test_an_archive_that_is_too_large_is_refused(
    project: Project, bob: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = zipped({"a.xml": voc("a.jpg")})
    monkeypatch.setattr(limits, "ARCHIVE_BYTES", len(data) - 1)
    archive = SimpleUploadedFile("a.zip", data)
    answer = as_user(bob).post(f"/api/v1/projects/{project.pk}/imports/", {"archive": archive}, format="multipart")
    assert answer.status_code == 413
    assert stored_keys() == []


def test_a_request_with_too_many_files_is_refused(project: Project, bob: User, as_user: AsUser) -> None:
    path = f"/api/v1/projects/{project.pk}/images/"
    for count, status in ((limits.FILES_A_REQUEST, 200), (limits.FILES_A_REQUEST + 1, 413)):
        files = [SimpleUploadedFile(f"{number}.jpg", b"x") for number in range(count)]
        assert as_user(bob).post(path, {"files": files}, format="multipart").status_code == status
