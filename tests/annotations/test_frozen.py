"""A snapshot outlives everything: over HTTP, against a real server, a real worker and the collector at its sharpest."""

import hashlib
import io
import sqlite3
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from tests.annotations.images import picture
from tests.services.processes import wait_until
from tests.services.server import Server, server
from tests.services.worker import is_removed, manage, worker

Json = dict[str, Any]


@dataclass
class World:
    """alice at the API of a server of her own."""

    server: Server
    client: httpx.Client

    @property
    def objects(self) -> Path:
        return Path(self.server.environment["BOXWRIGHT_VAR"]) / "objects"

    def original(self, seed: int) -> Path:
        return self.objects / self.key(seed)

    def key(self, seed: int) -> str:
        return f"teams/1/images/{sha(seed)[:2]}/{sha(seed)}"

    def stored(self) -> set[str]:
        return {path.name for path in self.objects.rglob("*") if path.is_file()}

    def project(self, name: str) -> int:
        body = {"team": "plates", "name": name, "task": "detection", "labels": [{"name": "raccoon"}]}
        return int(self.client.post("projects/", json=body).raise_for_status().json()["id"])

    def upload(self, project: int, *seeds: int) -> httpx.Response:
        files = [("files", (f"{seed}.jpg", picture(seed))) for seed in seeds]
        return self.client.post(f"projects/{project}/images/", files=files)

    def image(self, project: int, seed: int) -> int:
        return int(self.upload(project, seed).raise_for_status().json()["created"][0]["id"])

    def delete(self, path: str) -> None:
        self.client.delete(path).raise_for_status()

    def freeze(self, project: int) -> int:
        made = self.client.post(f"projects/{project}/snapshots/").raise_for_status().json()["id"]
        wait_until(lambda: self.snapshot(made)["status"] not in ("queued", "running"), "the snapshot")
        assert self.snapshot(made)["status"] == "succeeded", self.snapshot(made)
        return int(made)

    def snapshot(self, pk: int) -> Json:
        answer: Json = self.client.get(f"snapshots/{pk}/").raise_for_status().json()
        return answer

    def pictures(self, snapshot: int) -> list[bytes]:
        """The pictures of the snapshot as its download gives them."""
        answer = self.client.get(f"snapshots/{snapshot}/download/voc/").raise_for_status()
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert archive.testzip() is None
            names = sorted(name for name in archive.namelist() if name.startswith("JPEGImages/"))
            return [archive.read(name) for name in names]

    def collect(self) -> None:
        """Everything that nobody needs goes now, without the day's grace."""
        done = manage(self.server, "collect", "--grace", "0")
        assert done.returncode == 0, done.stderr

    def remove_project(self, project: int) -> None:
        self.delete(f"projects/{project}/")
        assert is_removed(self.server, project)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with (
        server(tmp_path_factory.mktemp("frozen")) as running,
        worker(running),
        running.client(running.set_up()) as client,
    ):
        yield World(running, client)


def sha(seed: int) -> str:
    return hashlib.sha256(picture(seed)).hexdigest()


def test_a_snapshot_outlives_a_picture_that_came_and_went_twice(world: World) -> None:
    project = world.project("Twice")
    image = world.image(project, 1)
    frozen = world.freeze(project)
    world.delete(f"images/{image}/")
    world.delete(f"images/{world.image(project, 1)}/")
    world.collect()
    assert world.pictures(frozen) == [picture(1)]


def test_a_snapshot_outlives_another_project_with_the_same_picture(world: World) -> None:
    mine, other = world.project("Mine"), world.project("Other")
    image = world.image(mine, 2)
    world.image(other, 2)
    frozen = world.freeze(mine)
    world.delete(f"images/{image}/")
    world.remove_project(other)
    world.collect()
    assert world.pictures(frozen) == [picture(2)]


def test_a_snapshot_outlives_an_upload_that_fails(world: World) -> None:
    project = world.project("Locked")
    image = world.image(project, 3)
    frozen = world.freeze(project)
    world.delete(f"images/{image}/")
    with rows_refused(world.server):
        assert world.upload(project, 3).status_code >= 500
    world.collect()
    assert world.pictures(frozen) == [picture(3)]


def test_uploads_that_race_deletes_leave_no_row_without_bytes(world: World) -> None:
    one, two = world.project("One"), world.project("Two")
    ended = threading.Event()

    def come_and_go(project: int) -> None:
        for _ in range(12):
            answer = world.upload(project, 4)
            assert answer.status_code in (200, 503), answer.text
            for made in answer.json().get("created", []):
                world.delete(f"images/{made['id']}/")
        while (answer := world.upload(project, 4)).status_code == 503:
            assert "again" in answer.json()["detail"]
        answer.raise_for_status()

    def collect() -> None:
        while not ended.is_set():
            world.collect()

    threads = [threading.Thread(target=come_and_go, args=(project,)) for project in (one, two)]
    collecting = threading.Thread(target=collect)
    for thread in (*threads, collecting):
        thread.start()
    for thread in threads:
        thread.join()
    ended.set()
    collecting.join()
    for project in (one, two):
        (image,) = world.client.get(f"projects/{project}/images/").json()["results"]
        assert world.client.get(f"images/{image['id']}/file/").content == picture(4)


def test_bytes_go_with_the_last_project_that_needs_them(world: World) -> None:
    project = world.project("Last")
    image = world.image(project, 5)
    world.freeze(project)
    world.delete(f"images/{image}/")
    world.collect()
    assert sha(5) in world.stored()
    world.remove_project(project)
    world.collect()
    assert not {name for name in world.stored() if sha(5) in name}


def test_a_download_looks_before_its_first_byte(world: World) -> None:
    project = world.project("Missing")
    world.upload(project, 6, 7).raise_for_status()
    frozen = world.freeze(project)
    with harmed(world.original(6), None):
        answer = world.client.get(f"snapshots/{frozen}/download/voc/")
        assert (answer.status_code, sha(6) in answer.json()["detail"]) == (500, True)
        told = manage(world.server, "verify", "--fast")
        assert (told.returncode, f"missing  {world.key(6)}" in told.stdout) == (1, True), told.stdout + told.stderr
    assert manage(world.server, "verify").returncode == 0


def test_a_download_that_meets_damage_breaks_off(world: World) -> None:
    """The answer has begun: what comes is no whole answer, and nobody can take it for one."""
    project = world.project("Damaged")
    world.upload(project, 8).raise_for_status()
    frozen = world.freeze(project)
    with harmed(world.original(8), picture(9)):
        with pytest.raises(httpx.RemoteProtocolError):
            world.client.get(f"snapshots/{frozen}/download/voc/")
        told = manage(world.server, "verify")
        assert (told.returncode, f"damaged  {world.key(8)}" in told.stdout) == (1, True)


@pytest.mark.parametrize("part", ["file", "preview", "thumbnail"])
def test_a_picture_that_is_missing_is_named(world: World, part: str) -> None:
    project = world.project(f"Named {part}")
    image = world.image(project, 10)
    folder = {"file": "images", "preview": "previews", "thumbnail": "thumbnails"}[part]
    (path,) = (world.objects / "teams").glob(f"*/{folder}/**/{sha(10)}*")
    with harmed(path, None):
        answer = world.client.get(f"images/{image}/{part}/")
        assert (answer.status_code, sha(10) in answer.json()["key"]) == (500, True)


def test_a_manifest_that_is_damaged_is_named(world: World) -> None:
    project = world.project("Manifest")
    world.image(project, 11)
    frozen = world.freeze(project)
    (path,) = (world.objects / "projects" / str(project)).rglob("manifest.jsonl")
    with harmed(path, path.read_bytes().replace(b"unlabelled", b"labelled")):
        for part in ("manifest", "download/voc", f"diff/{frozen}"):
            answer = world.client.get(f"snapshots/{frozen}/{part}/")
            assert (answer.status_code, answer.json()["title"]) == (500, "Object damaged"), part


@contextmanager
def harmed(path: Path, content: bytes | None) -> Iterator[None]:
    """The object lost (None), or with other bytes."""
    before = path.read_bytes()
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    try:
        yield
    finally:
        path.write_bytes(before)


@contextmanager
def rows_refused(running: Server) -> Iterator[None]:
    """The database takes no row of an image: the upload has stored its bytes when it fails."""
    lock: Callable[[Server], Any] = _sqlite_refuses if not running.environment["BOXWRIGHT_DATABASE_URL"] else _postgres
    undo = lock(running)
    try:
        yield
    finally:
        undo()


def _sqlite_refuses(running: Server) -> Callable[[], None]:
    database = Path(running.environment["BOXWRIGHT_VAR"]) / "boxwright.sqlite3"

    def say(statement: str) -> None:
        with sqlite3.connect(database, timeout=30) as connection:
            connection.execute(statement)

    say("CREATE TRIGGER refuse BEFORE INSERT ON annotations_image BEGIN SELECT RAISE(ABORT, 'locked'); END")
    return lambda: say("DROP TRIGGER refuse")


def _postgres(running: Server) -> Callable[[], None]:
    def say(statement: str) -> None:
        with psycopg.connect(running.environment["BOXWRIGHT_DATABASE_URL"], autocommit=True) as connection:
            connection.execute(statement)

    refusal = "BEGIN RAISE EXCEPTION 'locked' USING ERRCODE = 'lock_not_available'; END"
    say(f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ {refusal} $$")
    say("CREATE TRIGGER refuse BEFORE INSERT ON annotations_image EXECUTE FUNCTION refuse()")
    return lambda: say("DROP FUNCTION refuse() CASCADE")
