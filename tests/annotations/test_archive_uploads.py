"""Archives sent in parts (tus 1.0.0): each part is safe or was never there; only their sender goes on with them."""

import base64
import hashlib
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from annotations.housekeeping import CHORES
from annotations.imports import uploads
from annotations.models import ArchiveUpload, Image, Import, UploadPart
from boxwright import limits
from boxwright.errors import Conflict
from boxwright.jobs import Status
from boxwright.projects.models import Project
from boxwright.storage.verify import verify
from boxwright.teams.members import remove_member
from boxwright.teams.models import Membership, Team, User
from tests.annotations.archives import Commits, tarred, voc, zipped
from tests.annotations.images import kept_keys, picture, stored_keys

AsUser = Callable[[User], APIClient]
TUS = {"Tus-Resumable": "1.0.0"}
ARCHIVE = zipped({f"{n}.jpg": picture(n) for n in range(3)} | {f"{n}.xml": voc(f"{n}.jpg") for n in range(3)})


class Tus:
    """A client that says exactly what a test wants."""

    def __init__(self, client: APIClient, project: Project) -> None:
        self.client, self.folder = client, f"/api/v1/projects/{project.pk}/imports/"

    def create(self, length: int | str = len(ARCHIVE), **headers: str) -> Any:
        said = {**TUS, "Upload-Length": str(length), **_dashed(headers)}
        return self.client.post(f"{self.folder}uploads/", headers=said)

    def begun(self, length: int = len(ARCHIVE)) -> str:
        answer = self.create(length, Upload_Metadata=f"filename {base64.b64encode(b'set.zip').decode()}")
        assert answer.status_code == 201, answer.content
        place: str = answer["Location"]
        return place

    def patch(self, place: str, offset: int | str, data: bytes, **headers: str) -> Any:
        said = {**TUS, "Upload-Offset": str(offset), **_dashed(headers)}
        kind = "application/offset+octet-stream"
        return self.client.generic("PATCH", place, data, content_type=kind, headers=said)  # type: ignore[arg-type]

    def sent(self, data: bytes = ARCHIVE, size: int = 500) -> str:
        """Everything, in parts of `size` bytes; where it lies."""
        place = self.begun(len(data))
        for start in range(0, len(data), size):
            assert self.patch(place, start, data[start : start + size]).status_code == 204
        return place

    def offset(self, place: str) -> int:
        answer = self.client.head(place, headers=TUS)
        assert answer.status_code == 200
        return int(answer["Upload-Offset"])

    def start(self, place: str, **fields: Any) -> Any:
        return self.client.post(self.folder, {"upload": _id(place), **fields}, format="json")


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _id(place: str) -> int:
    return int(place.rstrip("/").rpartition("/")[2])


@pytest.fixture
def tus(project: Project, bob: User, as_user: AsUser) -> Tus:
    return Tus(as_user(bob), project)


@pytest.mark.parametrize("data", [ARCHIVE, tarred({"a.jpg": picture(1)}, "w:gz")], ids=["zip", "tar.gz"])
def test_archive_in_parts_is_imported_as_if_it_had_come_whole(
    tus: Tus, data: bytes, django_capture_on_commit_callbacks: Commits
) -> None:
    place = tus.sent(data)
    with django_capture_on_commit_callbacks(execute=True):
        answer = tus.start(place, format="voc")
    assert answer.status_code == 201
    job = Import.objects.get()
    assert (job.status, job.archive_name, job.error, job.format) == ("succeeded", "set.zip", "", "voc")
    assert Image.objects.count() == job.counts["images_created"] > 0
    assert list(verify(fast=False)) == []
    uploads.delete_ended_uploads()
    assert not UploadPart.objects.exists()
    assert not [key for key in kept_keys() if "/uploads/" in key]


def test_answers_are_those_of_the_protocol(tus: Tus) -> None:
    made = tus.create(20)
    place = made["Location"]
    assert (made["Tus-Resumable"], made["Upload-Offset"], made.json()["length"]) == ("1.0.0", "0", 20)
    assert made["Upload-Expires"].endswith("GMT")
    patched = tus.patch(place, 0, b"0123456789")
    assert (patched.status_code, patched["Upload-Offset"], patched.content) == (204, "10", b"")
    head = tus.client.head(place, headers=TUS)
    assert (head["Upload-Offset"], head["Upload-Length"], head["Cache-Control"]) == ("10", "20", "no-store")
    offers = tus.client.options(place)
    assert (offers.status_code, offers["Tus-Version"]) == (204, "1.0.0")
    assert {"creation", "termination", "expiration", "checksum"} == set(offers["Tus-Extension"].split(","))
    assert tus.client.delete(place, headers=TUS).status_code == 204
    assert tus.client.head(place, headers=TUS).status_code == 404


CREATION = {
    "no length": ({"Upload_Length": ""}, 400),
    "a length of 10^18": ({"Upload_Length": str(10**18)}, 413),
    "a length of 10^40": ({"Upload_Length": str(10**40)}, 400),
    "a negative length": ({"Upload_Length": "-5"}, 400),
    "a length in Arabic digits": ({"Upload_Length": "٥".encode().decode("latin-1")}, 400),
    "nothing to send": ({"Upload_Length": "0"}, 400),
    "another version": ({"Tus_Resumable": "0.2.2"}, 412),
    "no version": ({"Tus_Resumable": ""}, 412),
    "metadata of 1 MB": ({"Upload_Metadata": "filename " + "A" * 2**20}, 400),
    "metadata that is no base64": ({"Upload_Metadata": "filename ***"}, 400),
    "a name that is no text": ({"Upload_Metadata": "filename /w=="}, 400),
}


@pytest.mark.parametrize(("headers", "status"), CREATION.values(), ids=CREATION)
def test_upload_that_can_not_be_begun_leaves_no_row(tus: Tus, headers: dict[str, str], status: int) -> None:
    answer = tus.create(10, **headers)
    assert answer.status_code == status, answer.content
    assert answer["Tus-Resumable"] == "1.0.0"
    assert not ArchiveUpload.objects.exists()


PARTS = {
    "behind the next byte": (11, b"x", {}, 409),
    "before the next byte": (0, b"x", {}, 409),
    "an offset of 10^18": (10**18, b"x", {}, 409),
    "a negative offset": (-1, b"x", {}, 400),
    "no offset": ("", b"x", {}, 400),
    "nothing": (10, b"", {}, 400),
    "more than is left": (10, b"x" * 11, {}, 400),
    "another version": (10, b"x", {"Tus_Resumable": "0.2.2"}, 412),
    "a wrong checksum": (10, b"x", {"Upload_Checksum": "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0="}, 460),
    "an unknown checksum": (10, b"x", {"Upload_Checksum": "md4 abc"}, 400),
}


@pytest.mark.parametrize(("offset", "data", "headers", "status"), PARTS.values(), ids=PARTS)
def test_part_that_does_not_fit_changes_nothing(
    tus: Tus, offset: int, data: bytes, headers: dict[str, str], status: int
) -> None:
    place = tus.begun(20)
    tus.patch(place, 0, b"0123456789")
    assert tus.patch(place, offset, data, **headers).status_code == status
    assert tus.offset(place) == 10
    assert UploadPart.objects.count() == 1


def test_part_of_another_kind_is_refused(tus: Tus) -> None:
    place = tus.begun(20)
    said = {**TUS, "Upload-Offset": "0"}
    assert tus.client.generic("PATCH", place, "x", content_type="text/plain", headers=said).status_code == 415
    assert tus.offset(place) == 0


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_part_with_its_checksum_is_taken(tus: Tus, algorithm: str) -> None:
    place = tus.begun(20)
    value = base64.b64encode(hashlib.new(algorithm, b"0123456789").digest()).decode()
    assert tus.patch(place, 0, b"0123456789", Upload_Checksum=f"{algorithm} {value}").status_code == 204
    assert tus.offset(place) == 10


def test_nothing_is_added_to_what_is_complete(tus: Tus) -> None:
    place = tus.sent()
    assert tus.patch(place, len(ARCHIVE), b"x").status_code == 400
    assert tus.patch(place, 0, b"x").status_code == 409


def test_of_two_who_send_the_same_part_one_wins(tus: Tus) -> None:
    """The other one comes between our look at the row and our change of it."""
    place = tus.begun(20)
    upload = ArchiveUpload.objects.get()
    late = ArchiveUpload.objects.get()
    uploads.add_part(upload, 0, b"first")
    with pytest.raises(Conflict):
        uploads.add_part(late, 0, b"other")
    assert tus.offset(place) == 5
    assert [part.size for part in UploadPart.objects.all()] == [5]
    assert len([key for key in kept_keys() if "/uploads/" in key]) == 1


def test_part_of_an_upload_that_was_deleted_meanwhile_is_lost(tus: Tus) -> None:
    place = tus.begun(20)
    late = ArchiveUpload.objects.get()
    assert tus.client.delete(place, headers=TUS).status_code == 204
    with pytest.raises(Conflict):
        uploads.add_part(late, 0, b"part")
    assert kept_keys() == []


# who may -------------------------------------------------------------------------------------------------------------


def test_another_person_does_not_find_it(
    tus: Tus, project: Project, mona: User, alice: User, charlie: User, as_user: AsUser
) -> None:
    place = tus.sent()
    for person in (mona, alice, charlie):
        other = Tus(as_user(person), project)
        assert other.client.head(place, headers=TUS).status_code == 404
        assert other.patch(place, 0, b"x").status_code == 404
        assert other.client.delete(place, headers=TUS).status_code == 404
        assert other.start(place).status_code == 404
    assert tus.offset(place) == len(ARCHIVE)


def test_leaving_the_team_ends_it(tus: Tus, team: Team, bob: User, alice: User) -> None:
    tus.sent()
    remove_member(team, Membership.objects.get(team=team, user=bob).pk, by=alice)
    assert not ArchiveUpload.objects.exists()
    assert kept_keys() == []


# limits --------------------------------------------------------------------------------------------------------------


def test_part_one_byte_too_large_is_refused(tus: Tus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UPLOAD_PART_BYTES", 10)
    place = tus.begun(20)
    assert tus.patch(place, 0, b"x" * 11).status_code == 413
    assert tus.patch(place, 0, b"x" * 10).status_code == 204


def test_one_part_too_many_is_refused(tus: Tus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UPLOAD_PARTS", 2)
    place = tus.begun(20)
    assert [tus.patch(place, n, b"x").status_code for n in range(3)] == [204, 204, 413]


def test_archive_one_byte_too_large_is_not_begun(tus: Tus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ARCHIVE_BYTES", 20)
    assert [tus.create(length).status_code for length in (20, 21)] == [201, 413]


def test_person_sends_so_many_archives_at_once(tus: Tus) -> None:
    statuses = [tus.create(20).status_code for _ in range(1000 // 50)]
    assert statuses == [201] * limits.UPLOADS_A_PERSON + [429] * (20 - limits.UPLOADS_A_PERSON)


def test_upload_without_a_part_for_so_long_is_gone(tus: Tus) -> None:
    place = tus.sent()
    at = timezone.now()
    expires = ArchiveUpload.objects.get().expires_at
    assert timedelta(hours=limits.UPLOAD_HOURS - 1) < expires - at <= timedelta(hours=limits.UPLOAD_HOURS, minutes=1)
    ArchiveUpload.objects.update(expires_at=at - timedelta(seconds=1))
    assert tus.client.head(place, headers=TUS).status_code == 404
    assert tus.start(place).status_code == 404
    assert kept_keys() != []
    for chore in CHORES:
        chore()
    assert not ArchiveUpload.objects.exists()
    assert kept_keys() == []


def test_disk_without_room_is_said_before_anything_is_sent(tus: Tus, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the uploads that were begun will still bring counts too."""
    tus.create(10**6)
    free = 10**6 + 10**6 + limits.SPARE_DISK
    monkeypatch.setattr("boxwright.storage.folder.FolderStore.free", lambda _store: free)
    assert [tus.create(length).status_code for length in (10**6 + 1, 10**6)] == [507, 201]


def test_team_without_room_is_told_before_anything_is_sent(tus: Tus, monkeypatch: pytest.MonkeyPatch) -> None:
    Project.objects.update(byte_count=2**20)
    monkeypatch.setattr(limits, "TEAM_BYTES", 2**20)
    answer = tus.create(20)
    assert (answer.status_code, answer.json()["quota"]) == (409, "bytes")


# what becomes of it --------------------------------------------------------------------------------------------------


def test_import_of_what_has_not_arrived_is_refused(tus: Tus) -> None:
    place = tus.begun()
    answer = tus.start(place)
    assert (answer.status_code, answer.json()["offset"]) == (409, 0)


def test_import_asked_for_twice_is_one(tus: Tus) -> None:
    """The answer to the first request was lost on the line."""
    place = tus.sent()
    assert tus.start(place).json()["id"] == tus.start(place).json()["id"]
    assert Import.objects.count() == 1


def test_what_is_no_archive_is_not_imported(tus: Tus) -> None:
    answer = tus.start(tus.sent(b"no archive" * 200))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "archive")
    assert not Import.objects.exists()


def test_zip_behind_a_program_is_known_across_parts(tus: Tus) -> None:
    assert tus.start(tus.sent(b"#!/bin/sh\n" + ARCHIVE, 333)).status_code == 201


def test_upload_stays_while_its_import_is_queued(tus: Tus) -> None:
    place = tus.sent()
    tus.start(place)
    assert tus.client.delete(place, headers=TUS).status_code == 409
    uploads.delete_ended_uploads()
    assert UploadPart.objects.exists()
    kept = kept_keys()
    assert len(kept) == UploadPart.objects.count()
    Import.objects.update(status=Status.CANCELED)
    uploads.delete_ended_uploads()
    assert (ArchiveUpload.objects.count(), Import.objects.get().upload) == (0, None)
    assert kept_keys() == []


def test_parts_read_as_one_file(tus: Tus) -> None:
    from annotations.imports.upload_file import opened

    tus.sent(size=97)
    with opened(ArchiveUpload.objects.get()) as file, zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        file.seek(0)
        assert file.read() == ARCHIVE
    assert len(stored_keys()) == UploadPart.objects.count()
