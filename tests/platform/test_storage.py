"""The object store's contract, held by a folder, by moto and (`make test-full`) by a real Ceph gateway."""

import os
import threading
import urllib.request
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pytest
from pytest_django import Settings

from boxwright.storage import ObjectMissing, ObjectStore, StoreAway, store
from tests.services.bucket import make_bucket, storage_settings
from tests.services.ceph import ACCESS_KEY, SECRET_KEY, ceph
from tests.services.moto import moto
from tests.services.processes import PATIENCE, ServiceMissing, free_port

BIG = 20 * 2**20


@pytest.fixture(scope="module")
def moto_url() -> Iterator[str]:
    with moto() as url:
        yield url


@pytest.fixture(scope="module")
def ceph_url() -> Iterator[str]:
    try:
        with ceph() as url:
            yield url
    except ServiceMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(params=["folder", "moto", pytest.param("ceph", marks=pytest.mark.full)])
def objects(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> ObjectStore:
    if request.param != "folder":
        endpoint = request.getfixturevalue(f"{request.param}_url")
        bucket = f"b{abs(hash(request.node.nodeid)):x}"
        make_bucket(endpoint, ACCESS_KEY, SECRET_KEY, bucket)
        chosen = storage_settings(endpoint, ACCESS_KEY, SECRET_KEY, bucket)
        settings.STORAGES = {**settings.STORAGES, "objects": chosen}
    return store()


def read(objects: ObjectStore, key: str) -> bytes:
    with objects.open(key) as file:
        return file.read()


def test_bytes_come_back(objects: ObjectStore) -> None:
    objects.put("teams/1/images/ab/abc", b"pixels", "image/jpeg")
    assert read(objects, "teams/1/images/ab/abc") == b"pixels"
    assert objects.exists("teams/1/images/ab/abc")
    assert objects.size("teams/1/images/ab/abc") == 6


def test_a_stream_goes_in_and_stays_open(objects: ObjectStore) -> None:
    stream = BytesIO(b"x" * BIG)
    objects.put("projects/1/imports/1.zip", stream, "application/zip")
    assert not stream.closed
    assert objects.size("projects/1/imports/1.zip") == BIG


def test_an_open_object_can_be_sought(objects: ObjectStore) -> None:
    objects.put("a/b", b"0123456789")
    with objects.open("a/b") as file:
        file.seek(-3, 2)
        assert file.read() == b"789"
        file.seek(2)
        assert file.read(2) == b"23"


def test_putting_again_replaces(objects: ObjectStore) -> None:
    objects.put("a/b", b"longer than what follows")
    objects.put("a/b", b"new")
    assert read(objects, "a/b") == b"new"


def test_an_empty_object_is_an_object(objects: ObjectStore) -> None:
    objects.put("a/empty", b"")
    assert objects.exists("a/empty")
    assert read(objects, "a/empty") == b""


def test_what_is_missing_says_so(objects: ObjectStore, tmp_path: Path) -> None:
    assert not objects.exists("no/such")
    for look in (objects.open, objects.size, lambda key: objects.fetch(key, tmp_path / "x")):
        with pytest.raises(ObjectMissing, match="no/such"):
            look("no/such")
    assert list(tmp_path.glob("x*")) == []


def test_deleting_twice_is_no_error(objects: ObjectStore) -> None:
    objects.put("a/b", b"x")
    objects.delete("a/b")
    objects.delete("a/b")
    assert not objects.exists("a/b")


def test_a_list_takes_any_prefix_and_is_sorted(objects: ObjectStore) -> None:
    for key in ("p/10/b", "p/1/c", "p/1/a/x", "p/1/a/y", "q/1"):
        objects.put(key, b"x")
    assert list(objects.list("p/1/")) == ["p/1/a/x", "p/1/a/y", "p/1/c"]
    assert list(objects.list("p/1")) == ["p/1/a/x", "p/1/a/y", "p/1/c", "p/10/b"]
    assert list(objects.list("nothing/")) == []


def test_of_many_keys_those_that_are_missing(objects: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boxwright.storage.s3.LOOK_AT", 7)
    keys = [f"t/{n:03}" for n in range(60)]
    gone = {"t/000", "t/006", "t/007", "t/030", "t/031", "t/059"}
    for key in {*keys, "a", "s", "t/0300", "z"} - gone:
        objects.put(key, b"x")
    assert list(objects.missing(keys)) == sorted(gone)
    assert list(objects.missing([])) == []
    assert list(objects.missing(["zz"])) == ["zz"]


def test_names_from_anywhere_are_kept(objects: ObjectStore) -> None:
    key = "projects/1/Übung mit Leerzeichen & (Klammern)+%20.zip"
    objects.put(key, b"x")
    assert list(objects.list("projects/")) == [key]
    assert read(objects, key) == b"x"


def test_fetch_makes_a_whole_file(objects: ObjectStore, tmp_path: Path) -> None:
    objects.put("a/b", b"x" * BIG)
    objects.fetch("a/b", tmp_path / "deep" / "file")
    assert (tmp_path / "deep" / "file").stat().st_size == BIG
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["file"]


def test_many_write_the_same_key_and_one_wins_whole(objects: ObjectStore) -> None:
    bodies = [bytes([65 + n]) * 200_000 for n in range(8)]
    writers = [threading.Thread(target=objects.put, args=("same/key", body)) for body in bodies]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert read(objects, "same/key") in bodies


def test_a_signed_link_downloads_under_a_name(objects: ObjectStore) -> None:
    objects.put("a/artifact.zip", b"zip", "application/zip")
    link = objects.presign("a/artifact.zip", "Modell für Übung.zip")
    if link is None:
        return
    with urllib.request.urlopen(link, timeout=PATIENCE) as answer:
        assert answer.read() == b"zip"
        assert answer.headers["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize("server", ["moto", pytest.param("ceph", marks=pytest.mark.full)])
def test_a_link_is_signed_for_the_address_that_browsers_use(
    server: str, request: pytest.FixtureRequest, settings: Settings
) -> None:
    """Ceph counts the host among what is signed: a link made for our address and sent to theirs would be refused."""
    ours = request.getfixturevalue(f"{server}_url")
    theirs = ours.replace("127.0.0.1", "localhost")
    make_bucket(ours, ACCESS_KEY, SECRET_KEY, "public")
    places = {"objects": ours, "links": theirs}
    chosen = {name: storage_settings(url, ACCESS_KEY, SECRET_KEY, "public") for name, url in places.items()}
    settings.STORAGES = {**settings.STORAGES, **chosen}
    store().put("a/artifact.zip", b"zip")
    link = store().presign("a/artifact.zip", "artifact.zip")
    assert link is not None
    assert link.startswith(f"{theirs}/public/a/artifact.zip?")
    with urllib.request.urlopen(link, timeout=PATIENCE) as answer:
        assert answer.read() == b"zip"


@pytest.mark.full
def test_a_link_that_was_tampered_with_is_refused(ceph_url: str, settings: Settings) -> None:
    make_bucket(ceph_url, ACCESS_KEY, SECRET_KEY, "signed")
    chosen = storage_settings(ceph_url, ACCESS_KEY, SECRET_KEY, "signed")
    settings.STORAGES = {**settings.STORAGES, "objects": chosen}
    store().put("a", b"mine")
    store().put("b", b"not yours")
    link = store().presign("a", "a")
    assert link is not None
    parts = urlsplit(link)
    forged = urlunsplit(parts._replace(path=parts.path[:-1] + "b"))
    longer = urlunsplit(parts._replace(query=urlencode({**dict(parse_qsl(parts.query)), "X-Amz-Expires": "604800"})))
    for url in (forged, longer):
        with pytest.raises(HTTPError, match="403"):
            urllib.request.urlopen(url, timeout=PATIENCE)


def test_a_store_that_is_away_says_so(settings: Settings) -> None:
    nowhere = storage_settings(f"http://127.0.0.1:{free_port()}", ACCESS_KEY, SECRET_KEY, "x")
    settings.STORAGES = {**settings.STORAGES, "objects": nowhere}
    with pytest.raises(StoreAway):
        store().put("a", b"x")
    with pytest.raises(StoreAway):
        store().exists("a")


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../outside", "a/../../b", ".parts/x", "a\\b"])
def test_a_folder_takes_no_key_that_leads_out(settings: Settings, key: str) -> None:
    with pytest.raises(ValueError, match="not an object key"):
        store().put(key, b"x")


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """What is asked of the disk, in turn: files and folders that are synced, renamed, removed."""
    asked: list[str] = []
    fsync, replace, unlink = os.fsync, Path.replace, Path.unlink

    def synced(number: int) -> None:
        path = Path(f"/proc/self/fd/{number}").readlink()
        asked.append("sync " + ("a file" if path.is_file() else path.relative_to(tmp_path).as_posix()))
        fsync(number)

    def replaced(part: Path, target: Path) -> Path:
        renamed = replace(part, target)
        asked.append(f"rename to {target.name}")
        return renamed

    def unlinked(path: Path, missing_ok: bool = False) -> None:
        if path.exists():
            asked.append(f"remove {path.name}")
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    monkeypatch.setattr(Path, "unlink", unlinked)
    return asked


def test_a_put_is_on_the_disk_with_each_folder_that_leads_to_it(disk: list[str]) -> None:
    """A synced file whose folder is not synced may be gone after a power cut."""
    store().put("teams/1/abc", b"pixels")
    before, after = disk[:2], disk[2:]
    assert before == ["sync a file", "rename to abc"]
    assert after == ["sync objects/teams/1", "sync objects/teams", "sync objects", "sync ."]
    disk.clear()
    store().put("teams/1/def", b"pixels")
    assert disk == ["sync a file", "rename to def", "sync objects/teams/1"]


def test_a_removal_is_on_the_disk(disk: list[str]) -> None:
    store().put("teams/1/abc", b"pixels")
    disk.clear()
    store().delete("teams/1/abc")
    store().delete("teams/1/abc")
    store().delete("no/such/folder")
    assert disk == ["remove abc", "sync objects/teams/1"]
