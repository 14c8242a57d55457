"""Uploading images: what is taken, what is refused and why, and that nothing refused is stored."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from PIL import Image as Pillow
from pytest_django import Settings
from rest_framework.test import APIClient

from annotations.models import Annotation, Image
from boxwright.projects.models import Project
from boxwright.storage import store
from boxwright.storage.collector import collect
from boxwright.teams.models import User
from tests.annotations.images import body_of, box, picture, save, stored_keys, upload

AsUser = Callable[[User], APIClient]


def test_uploaded_pictures_become_unlabelled_images(project: Project, bob: User, as_user: AsUser) -> None:
    answer = upload(as_user(bob), project, a__jpg=picture(1), b__png=picture(2, kind="PNG"), c__webp=picture(3))
    assert [image["name"] for image in answer["created"]] == ["a.jpg", "b.png", "c.webp"]
    first = answer["created"][0]
    assert (first["width"], first["height"], first["queue"], first["revision"]) == (64, 48, "unlabelled", 0)
    assert first["size"] == len(picture(1))
    counts = as_user(bob).get(f"/api/v1/projects/{project.pk}/").json()["counts"]
    assert (counts["images"], counts["unlabelled"]) == (3, 3)


def test_original_bytes_are_kept(image: Image, bob: User, as_user: AsUser) -> None:
    answer = as_user(bob).get(f"/api/v1/images/{image.pk}/file/")
    assert body_of(answer) == picture()
    assert answer["Content-Type"] == "image/jpeg"
    assert "immutable" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_browser_that_has_the_bytes_gets_none(image: Image, bob: User, as_user: AsUser) -> None:
    client = as_user(bob)
    for part in ("file/", "preview/", "thumbnail/", "thumbnail/?height=112"):
        path = f"/api/v1/images/{image.pk}/{part}"
        first = client.get(path)
        body_of(first)
        again = client.get(path, headers={"If-None-Match": first["ETag"]})
        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


def test_there_are_no_thumbnails_of_any_height(image: Image, bob: User, as_user: AsUser) -> None:
    for height in ("113", "1e9", "-112"):
        assert as_user(bob).get(f"/api/v1/images/{image.pk}/thumbnail/?height={height}").status_code == 400


def test_copies_are_small_jpegs_that_stand_upright(project: Project, bob: User, as_user: AsUser) -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6
    big = picture(size=(4000, 2000), exif=exif.tobytes())
    made = upload(as_user(bob), project, big__jpg=big)["created"][0]
    assert (made["width"], made["height"]) == (2000, 4000)
    for part, size in (("preview/", (800, 1600)), ("thumbnail/", (160, 320)), ("thumbnail/?height=112", (56, 112))):
        answer = as_user(bob).get(f"/api/v1/images/{made['id']}/{part}")
        copy = Pillow.open(io.BytesIO(body_of(answer)))
        assert (copy.format, copy.size) == ("JPEG", size)


def test_same_bytes_again_are_a_duplicate(project: Project, image: Image, bob: User, as_user: AsUser) -> None:
    answer = upload(as_user(bob), project, other__jpg=picture(), new__jpg=picture(5), twin__jpg=picture(5))
    assert [made["name"] for made in answer["created"]] == ["new.jpg"]
    twin = {"name": "twin.jpg", "id": answer["created"][0]["id"]}
    assert answer["duplicates"] == [{"name": "other.jpg", "id": image.pk}, twin]
    assert Image.objects.count() == 2


def test_team_stores_the_same_bytes_once(project: Project, image: Image, bob: User, as_user: AsUser) -> None:
    before = stored_keys()
    other = Project.objects.create(team=project.team, slug="other", name="Other", task="detection", seed=1)
    assert upload(as_user(bob), other, one__jpg=picture())["created"]
    assert stored_keys() == before


def test_viewer_may_not_upload(project: Project, vera: User, charlie: User, as_user: AsUser) -> None:
    for user, status in ((vera, 403), (charlie, 404)):
        answer = as_user(user).post(f"/api/v1/projects/{project.pk}/images/", {}, format="multipart")
        assert answer.status_code == status


def test_nothing_sent_is_said(project: Project, bob: User, as_user: AsUser) -> None:
    answer = as_user(bob).post(f"/api/v1/projects/{project.pk}/images/", {}, format="multipart")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "files"


def test_store_that_fails_leaves_no_row_and_no_object(
    project: Project, bob: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from boxwright.storage.errors import StoreAway

    objects, put = type(store()), type(store()).put

    def full(self: object, key: str, *rest: object) -> None:
        if "/images/" in key and stored_keys():
            raise StoreAway("disk full")
        put(self, key, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(objects, "put", full)
    client = as_user(bob)
    from django.core.files.uploadedfile import SimpleUploadedFile

    files = [SimpleUploadedFile(f"{n}.jpg", picture(n)) for n in range(3)]
    answer = client.post(f"/api/v1/projects/{project.pk}/images/", {"files": files}, format="multipart")
    assert answer.status_code == 503
    assert Image.objects.count() == 0
    collect(timedelta(0))
    assert stored_keys() == []


def test_manager_deletes_an_image_and_the_collector_its_bytes(
    project: Project, image: Image, bob: User, mona: User, as_user: AsUser
) -> None:
    save(as_user(bob), image.pk, upsert=[box(project), box(project)])
    assert as_user(bob).delete(f"/api/v1/images/{image.pk}/").status_code == 403
    assert as_user(mona).delete(f"/api/v1/images/{image.pk}/").status_code == 204
    collect(timedelta(0))
    assert (Image.objects.count(), Annotation.objects.count(), len(stored_keys())) == (0, 0, 3)
    as_user(mona).post(f"/api/v1/projects/{project.pk}/trash/delete/", {"all": True}, format="json")
    collect(timedelta(0))
    assert stored_keys() == []
    project.refresh_from_db()
    assert set(project.counts.values()) == {0}
    assert project.labels.get(name="raccoon").annotation_count == 0


def test_images_are_listed_in_pages(project: Project, bob: User, as_user: AsUser, settings: Settings) -> None:
    client = as_user(bob)
    names = [f"{n}.jpg" for n in range(5)]
    upload(client, project, **{name.replace(".", "__"): picture(n) for n, name in enumerate(names)})
    seen, url = [], f"/api/v1/projects/{project.pk}/images/?limit=2&order=-created"
    while url:
        page = client.get(url).json()
        seen += [image["name"] for image in page["results"]]
        url = page["next"]
    assert seen == names[::-1]


def test_list_is_filtered_by_queue_label_and_name(project: Project, bob: User, as_user: AsUser) -> None:
    client = as_user(bob)
    made = upload(client, project, cat__jpg=picture(1), dog__jpg=picture(2), bird__jpg=picture(3))["created"]
    save(client, made[0]["id"], upsert=[box(project)])
    raccoon = project.labels.get(name="raccoon").pk
    for query, names in (
        ("queue=labelled", ["cat.jpg"]),
        ("queue=unlabelled", ["dog.jpg", "bird.jpg"]),
        (f"label={raccoon}", ["cat.jpg"]),
        ("search=IR", ["bird.jpg"]),
        ("order=name", ["bird.jpg", "cat.jpg", "dog.jpg"]),
    ):
        page = client.get(f"/api/v1/projects/{project.pk}/images/?{query}").json()
        assert [image["name"] for image in page["results"]] == names
    for wrong in ("queue=open", "label=x", "order=size", "limit=0", "cursor=!"):
        assert client.get(f"/api/v1/projects/{project.pk}/images/?{wrong}").status_code == 400
