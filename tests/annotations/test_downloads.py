"""A snapshot in a format: the same bytes each time, whole or in parts, with its images or without."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from annotations import snapshots
from annotations.models import DownloadFacts, Image, SentFile, Snapshot
from annotations.object_keys import image_key
from annotations.originals import open_without_location
from annotations.snapshots import downloads
from boxwright.jobs.attempt import attempt
from boxwright.projects.models import Label, Project
from boxwright.storage import ObjectMissing, store
from boxwright.storage.named import Named
from boxwright.teams.models import User
from tests.annotations.images import body_of, box, picture, save, upload
from tests.annotations.test_originals import placed, share

AsUser = Callable[[User], APIClient]
MIDDLE = "bytes=700-1499"


@pytest.fixture
def client(mona: User, as_user: AsUser) -> APIClient:
    return as_user(mona)


@pytest.fixture
def snapshot(project: Project, client: APIClient, mona: User) -> Snapshot:
    """Two labelled images of which one tells its place, and one that nobody looked at."""
    made = upload(client, project, a__jpg=placed(), b__jpg=picture(1), c__jpg=picture(2))["created"]
    save(client, made[0]["id"], upsert=[box(project), box(project, 9, "cat")])
    save(client, made[1]["id"], queue="labelled")
    return frozen(project, mona)


def frozen(project: Project, author: User) -> Snapshot:
    made = snapshots.create_snapshot(project=project, author=author)
    attempt(Snapshot, made.pk)
    return Snapshot.objects.get(pk=made.pk)


def ask(client: APIClient, snapshot: Snapshot, query: str = "", **headers: Any) -> Any:
    return client.get(f"/api/v1/snapshots/{snapshot.pk}/download/voc/{query}", **headers)


def head(client: APIClient, snapshot: Snapshot, **headers: Any) -> Any:
    return client.head(f"/api/v1/snapshots/{snapshot.pk}/download/voc/", **headers)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pictures that are read, by hash."""
    asked: list[str] = []
    whole, cleaned = Named.pieces, open_without_location

    def pieces(named: Named, size: int) -> Any:
        asked.append(named.sha256)
        return whole(named, size)

    def opened(original: Named) -> Any:
        asked.append(original.sha256)
        with monkeypatch.context() as patch:
            patch.setattr(Named, "pieces", whole)
            return cleaned(original)

    monkeypatch.setattr(Named, "pieces", pieces)
    monkeypatch.setattr(downloads, "open_without_location", opened)
    return asked


@pytest.mark.parametrize("shared", [False, True])
def test_parts_are_the_very_bytes_of_the_whole(
    project: Project, snapshot: Snapshot, client: APIClient, shared: bool
) -> None:
    share(client, project, shared)
    whole = body_of(ask(client, snapshot))
    size = len(whole)
    assert zipfile.ZipFile(io.BytesIO(whole)).testzip() is None
    for start in (0, 1, 30, 700, size // 2, size - 30, size - 1):
        part = ask(client, snapshot, HTTP_RANGE=f"bytes={start}-")
        assert (part.status_code, part["Content-Range"]) == (206, f"bytes {start}-{size - 1}/{size}")
        assert body_of(part) == whole[start:]
    middle = ask(client, snapshot, HTTP_RANGE=MIDDLE)
    assert (body_of(middle), middle["Content-Length"]) == (whole[700:1500], "800")
    assert body_of(ask(client, snapshot, HTTP_RANGE="bytes=-5")) == whole[-5:]


def test_a_part_is_right_before_any_whole_was_sent(project: Project, snapshot: Snapshot, client: APIClient) -> None:
    part = body_of(ask(client, snapshot, HTTP_RANGE="bytes=1000-"))
    assert body_of(ask(client, snapshot))[1000:] == part


def test_pictures_before_the_part_are_not_read_once_they_were_sent(
    project: Project, snapshot: Snapshot, client: APIClient, reads: list[str]
) -> None:
    whole = body_of(ask(client, snapshot))
    assert (len(reads), SentFile.objects.count()) == (3, 3)
    reads.clear()
    end = whole.index(b"PK\x01\x02")
    assert body_of(ask(client, snapshot, HTTP_RANGE=f"bytes={end}-")) == whole[end:]
    assert reads == []
    third = sorted(Image.objects.values_list("sha256", flat=True))[2]
    place = whole.rindex(b"PK\x03\x04", 0, whole.rindex(b"\xff\xd8\xff"))
    assert body_of(ask(client, snapshot, HTTP_RANGE=f"bytes={place}-")) == whole[place:]
    assert reads == [third]


def test_the_length_is_told_where_it_is_cheap_and_remembered(
    project: Project, snapshot: Snapshot, client: APIClient, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ask(client, snapshot)
    assert not first.has_header("Content-Length"), "one of the pictures has to be cleaned before its size is known"
    assert DownloadFacts.objects.count() == 0
    size = len(body_of(first))
    reads.clear()
    monkeypatch.setattr(downloads, "QUICK", 2)
    assert not ask(client, snapshot).has_header("Content-Length"), "too many images"
    monkeypatch.setattr(downloads, "QUICK", 3)
    assert ask(client, snapshot)["Content-Length"] == str(size)
    monkeypatch.setattr(downloads, "QUICK", 0)
    assert ask(client, snapshot)["Content-Length"] == str(size)
    assert (reads, DownloadFacts.objects.get().length) == ([], size)


def test_head_says_what_get_says_and_makes_nothing(
    project: Project, snapshot: Snapshot, client: APIClient, reads: list[str]
) -> None:
    share(client, project, True)
    got, told = ask(client, snapshot), head(client, snapshot)
    assert (told.headers, body_of(told)) == (got.headers, b"")
    assert (told["Accept-Ranges"], told["Content-Length"]) == ("bytes", str(len(body_of(got))))
    reads.clear()
    part = head(client, snapshot, HTTP_RANGE=MIDDLE)
    assert (part.status_code, part["Content-Length"], reads) == (206, "800", [])


def test_who_has_it_gets_nothing(snapshot: Snapshot, client: APIClient) -> None:
    tag = ask(client, snapshot)["ETag"]
    assert not tag.startswith("W/")
    assert ask(client, snapshot, HTTP_IF_NONE_MATCH=tag).status_code == 304


@pytest.mark.parametrize(
    "absurd",
    ["bytes=99999999-", "bytes=999999999999999999-", "bytes=-0", "bytes=900000000000000000-999999999999999999"],
)
def test_what_is_not_in_it_is_refused_with_its_length(snapshot: Snapshot, client: APIClient, absurd: str) -> None:
    size = len(body_of(ask(client, snapshot)))
    refused = ask(client, snapshot, HTTP_RANGE=absurd)
    assert (refused.status_code, refused["Content-Range"]) == (416, f"bytes */{size}")


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-9", "bytes=a-b", "lines=1-2", "bytes=-", f"bytes={'9' * 40}-", "bytes=--1"]
)
def test_what_is_no_single_range_is_the_whole(snapshot: Snapshot, client: APIClient, asked: str) -> None:
    answer = ask(client, snapshot, HTTP_RANGE=asked)
    assert (answer.status_code, answer.has_header("Content-Range")) == (200, False)
    assert zipfile.ZipFile(io.BytesIO(body_of(answer))).testzip() is None


def test_a_part_of_other_bytes_is_the_whole(project: Project, snapshot: Snapshot, client: APIClient) -> None:
    """The project began to share places between two parts, or was renamed (the name is in the files)."""
    tags = {ask(client, snapshot)["ETag"], ask(client, snapshot, "?images=false")["ETag"]}
    assert ask(client, snapshot, HTTP_RANGE=MIDDLE, HTTP_IF_RANGE=ask(client, snapshot)["ETag"]).status_code == 206
    share(client, project, True)
    for tag in tags:
        assert ask(client, snapshot, HTTP_RANGE=MIDDLE, HTTP_IF_RANGE=tag).status_code == 200
    tags.add(ask(client, snapshot)["ETag"])
    Project.objects.update(name="Otherwise")
    tags.add(ask(client, snapshot)["ETag"])
    assert len(tags) == 4


def test_a_label_that_no_image_carries_makes_another_file(
    project: Project, snapshot: Snapshot, client: APIClient, mona: User
) -> None:
    Label.objects.create(project=project, name="empty", color="#000000", position=9)
    later = frozen(project, mona)
    assert later.sha256 == snapshot.sha256
    assert ask(client, later)["ETag"] != ask(client, snapshot)["ETag"]


def test_annotations_come_without_images(snapshot: Snapshot, client: APIClient, reads: list[str]) -> None:
    answer = ask(client, snapshot, "?images=false")
    names = zipfile.ZipFile(io.BytesIO(body_of(answer))).namelist()
    assert "raccoons-v1-voc-annotations.zip" in answer["Content-Disposition"]
    assert sorted(name.split("/")[0] for name in names) == ["Annotations"] * 2 + ["ImageSets"] * 3 + ["labelmap.txt"]
    assert reads == []
    refused = ask(client, snapshot, "?images=perhaps")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "images")


def test_a_picture_that_is_lost_is_named_before_the_first_byte(
    project: Project, snapshot: Snapshot, client: APIClient
) -> None:
    whole = body_of(ask(client, snapshot))
    store().delete(image_key(project.team_id, Image.objects.get(name="b.jpg").sha256))
    lost = ask(client, snapshot, HTTP_RANGE="bytes=9-")
    assert lost.status_code == ask(client, snapshot).status_code >= 400
    assert body_of(ask(client, snapshot, "?images=false")) != whole


def test_a_picture_that_goes_meanwhile_breaks_the_answer_off(
    project: Project, snapshot: Snapshot, client: APIClient
) -> None:
    """Its length was told, its bytes are gone: never a whole answer with other bytes."""
    share(client, project, True)
    answer = ask(client, snapshot, HTTP_RANGE="bytes=1-")
    for sha256 in Image.objects.values_list("sha256", flat=True):
        store().delete(image_key(project.team_id, sha256))
    with pytest.raises(ObjectMissing):
        body_of(answer)


def test_other_code_writes_other_files(snapshot: Snapshot, client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    before = ask(client, snapshot)["ETag"]
    monkeypatch.setattr(downloads, "writer", lambda: "another")
    assert ask(client, snapshot)["ETag"] != before


def test_what_a_format_can_not_hold_is_said_by_count_and_remembered(
    project: Project, snapshot: Snapshot, client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"/api/v1/snapshots/{snapshot.pk}/download/voc/losses/"
    assert client.get(url).json() == {"losses": []}
    Image.objects.filter(name="c.jpg").update(queue="skipped")
    Image.objects.filter(name="b.jpg").update(queue="done")
    Label.objects.create(project=project, name="empty", color="#000000", position=9)
    later = frozen(project, User.objects.get(email="mona@example.org"))
    url = f"/api/v1/snapshots/{later.pk}/download/voc/losses/"
    told = client.get(url).json()
    assert told["losses"] == [
        {"count": 1, "text": "images in review or done: they come back as labelled"},
        {"count": 1, "text": "skipped images: they come back as unlabelled"},
    ]
    monkeypatch.setattr(downloads, "records_of", None)
    assert client.get(url).json() == told
