"""What others download does not tell where a picture was taken, unless the project allows it."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image as Picture
from rest_framework.test import APIClient

from annotations import snapshots
from annotations.location import tells_location
from annotations.models import Image, Snapshot
from annotations.object_keys import image_key
from boxwright.jobs.attempt import attempt
from boxwright.projects.models import Project
from boxwright.storage import store
from boxwright.teams.models import User
from tests.annotations.archives import Commits, import_zip, voc, zipped
from tests.annotations.images import body_of, picture, upload
from tests.annotations.test_location import drawn, exif, pixels

AsUser = Callable[[User], APIClient]


def placed(orientation: int = 6, size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    out = io.BytesIO()
    drawn(size).save(out, "JPEG", exif=exif(orientation), **options)
    return out.getvalue()


def file_of(client: APIClient, image: int) -> bytes:
    answer = client.get(f"/api/v1/images/{image}/file/")
    assert answer.status_code == 200
    sent = body_of(answer)
    assert int(answer["Content-Length"]) == len(sent)
    return sent


def share(client: APIClient, project: Project, wanted: bool) -> int:
    changed = client.patch(f"/api/v1/projects/{project.pk}/", {"share_location": wanted}, format="json")
    return changed.status_code


def test_file_comes_without_its_place_and_the_original_stays(
    project: Project, bob: User, vera: User, as_user: AsUser
) -> None:
    data = placed()
    created = upload(as_user(bob), project, a__jpg=data)["created"][0]
    sent = file_of(as_user(vera), created["id"])
    assert not tells_location(sent)
    assert pixels(sent) == pixels(data)
    with Picture.open(io.BytesIO(sent)) as shown:
        assert shown.getexif()[0x0112] == 6
    assert created["sha256"] == hashlib.sha256(data).hexdigest()
    with store().open(image_key(project.team_id, created["sha256"])) as original:
        assert original.read() == data


def test_file_without_a_place_comes_as_it_is(project: Project, bob: User, as_user: AsUser) -> None:
    created = upload(as_user(bob), project, a__jpg=picture())["created"][0]
    assert file_of(as_user(bob), created["id"]) == picture()
    assert Image.objects.get().has_location is False


def test_large_file_comes_without_its_place(project: Project, bob: User, as_user: AsUser) -> None:
    """Larger than what is looked at in memory."""
    noise = Picture.effect_noise((2600, 2000), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG", exif=exif(), quality=97)
    assert len(out.getvalue()) > 5 * 2**20
    created = upload(as_user(bob), project, a__jpg=out.getvalue())["created"][0]
    sent = file_of(as_user(bob), created["id"])
    assert not tells_location(sent)
    assert pixels(sent) == pixels(out.getvalue())


def test_managers_may_share_places_and_take_that_back(project: Project, mona: User, bob: User, as_user: AsUser) -> None:
    created = upload(as_user(bob), project, a__jpg=placed())["created"][0]
    assert share(as_user(bob), project, True) == 403
    assert share(as_user(mona), project, True) == 200
    assert file_of(as_user(bob), created["id"]) == placed()
    assert share(as_user(mona), project, False) == 200
    assert not tells_location(file_of(as_user(bob), created["id"]))
    assert as_user(bob).get(f"/api/v1/projects/{project.pk}/").json()["share_location"] is False


def test_tags_tell_the_two_files_apart(project: Project, mona: User, as_user: AsUser) -> None:
    created = upload(as_user(mona), project, a__jpg=placed())["created"][0]
    url = f"/api/v1/images/{created['id']}/file/"
    without = as_user(mona).get(url)
    body_of(without)
    tag = without["ETag"]
    assert as_user(mona).get(url, HTTP_IF_NONE_MATCH=tag).status_code == 304
    share(as_user(mona), project, True)
    whole = as_user(mona).get(url, HTTP_IF_NONE_MATCH=tag)
    assert (whole.status_code, whole["ETag"] == tag, body_of(whole)) == (200, False, placed())


def test_images_of_older_installations_are_looked_at_before_they_go_out(
    project: Project, bob: User, as_user: AsUser
) -> None:
    created = upload(as_user(bob), project, a__jpg=placed(), b__jpg=picture())["created"]
    Image.objects.update(has_location=None)
    assert not tells_location(file_of(as_user(bob), created[0]["id"]))
    assert file_of(as_user(bob), created[1]["id"]) == picture()
    assert [image.has_location for image in Image.objects.order_by("id")] == [True, False]


def test_imported_pictures_lose_their_place_too(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    archive = zipped({"a.jpg": placed(1), "a.xml": voc("a.jpg")})
    import_zip(as_user(bob), project, archive, django_capture_on_commit_callbacks)
    assert not tells_location(file_of(as_user(bob), Image.objects.get().pk))


@pytest.mark.parametrize("shared", [False, True])
def test_snapshot_goes_out_as_the_project_says(project: Project, mona: User, as_user: AsUser, shared: bool) -> None:
    files = {"a__jpg": placed(), "b__jpg": picture()}
    upload(as_user(mona), project, **files)
    made = snapshots.create_snapshot(project=project, author=mona)
    attempt(Snapshot, made.pk)
    share(as_user(mona), project, shared)
    answer = as_user(mona).get(f"/api/v1/snapshots/{made.pk}/download/voc/")
    with zipfile.ZipFile(io.BytesIO(body_of(answer))) as archive:
        a, b = archive.read("JPEGImages/a.jpg"), archive.read("JPEGImages/b.jpg")
    assert tells_location(a) is shared
    assert pixels(a) == pixels(placed())
    assert b == picture()


def test_previews_never_tell_a_place(project: Project, bob: User, as_user: AsUser) -> None:
    data = placed(comment=b"Latitude 48.8")
    created = upload(as_user(bob), project, a__jpg=data)["created"][0]
    for name in ("preview", "thumbnail"):
        assert not tells_location(body_of(as_user(bob).get(f"/api/v1/images/{created['id']}/{name}/")))
