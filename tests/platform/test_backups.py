"""`manage.py backup` while people work, `manage.py restore` into an empty place: two installations, real processes."""

import hashlib
import io
import json
import os
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from boxwright.backups.archive import Reader, Writer
from tests.e2e.api import Api, Json, box
from tests.services.commands import done, refused
from tests.services.installation import draw, labelled_project
from tests.services.processes import PATIENCE
from tests.services.server import Server, installed, started

IMAGES = 6
PAGE = 200
"""As many pictures as one page of the list holds."""


def daily_on_postgresql(test: Callable[..., None]) -> Callable[..., None]:
    """What says nothing of the database: on SQLite in `make test-full`."""
    return test if os.environ.get("BOXWRIGHT_DATABASE_URL") else pytest.mark.full(test)


@dataclass
class Source:
    server: Server
    api: Api
    project: Json
    images: list[Json]
    folder: Path


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    """A team at work: a project with pictures of one box each, and a snapshot that "runs"."""
    folder = tmp_path_factory.mktemp("source")
    with (
        installed(folder / "var") as environment,
        started(folder / "var", environment) as server,
        Api.first_visit(server.url, server.setup_code) as api,
    ):
        project = labelled_project(api, folder / "pictures", images=IMAGES)
        api.post(f"projects/{project['id']}/snapshots/")
        claim = "from annotations.models import Snapshot; assert Snapshot.claim(1)"
        done(environment, "shell", "-v", "0", "-c", claim)
        images = api.get(f"projects/{project['id']}/images/")["results"]
        yield Source(server, api, project, images, folder)


@pytest.fixture(scope="module")
def file(source: Source) -> Path:
    """A backup of a quiet moment."""
    path = source.folder / "quiet.tar"
    done(source.server.environment, "backup", path)
    return path


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Another installation, migrated, without people."""
    with installed(tmp_path / "var") as environment:
        yield environment


def objects_in(environment: dict[str, str]) -> list[Path]:
    return [path for path in (Path(environment["BOXWRIGHT_VAR"]) / "objects").rglob("*") if path.is_file()]


@contextmanager
def working(source: Source) -> Iterator[dict[int, int]]:
    """Two people save a box on one picture after another, a third uploads; the revisions they were told of."""
    stop, told = threading.Event(), {image["id"]: 1 for image in source.images}
    label = source.project["labels"][0]["id"]

    def save(images: list[Json]) -> None:
        while not stop.is_set():
            for image in images:
                body: Json = {"base_revision": told[image["id"]], "upsert": [box(label, 5, 5)], "delete": []}
                told[image["id"]] = source.api.patch(f"images/{image['id']}/annotations/", **body)["revision"]

    def upload() -> None:
        for number in range(PAGE - IMAGES):
            if stop.is_set():
                return
            files = [("files", (f"new-{number}.jpg", draw(1000 + number)[0]))]
            source.api.http.post(f"projects/{source.project['id']}/images/", files=files).raise_for_status()

    works: list[Callable[[], None]] = [lambda: save(source.images[::2]), lambda: save(source.images[1::2]), upload]
    failures: list[BaseException] = []
    people = [threading.Thread(target=_noting(failures, work)) for work in works]
    for person in people:
        person.start()
    try:
        yield told
    finally:
        stop.set()
        for person in people:
            person.join()
    assert failures == []


def _noting(failures: list[BaseException], work: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        try:
            work()
        except BaseException as failure:  # noqa: BLE001 (told by the test)
            failures.append(failure)

    return run


def test_a_backup_of_a_running_server_is_one_moment_of_it(
    source: Source, empty: dict[str, str], tmp_path: Path
) -> None:
    with working(source) as told:
        before = dict(told)
        said = done(source.server.environment, "backup", tmp_path / "backup.tar")
        after = dict(told)
    assert said.startswith(f"{tmp_path / 'backup.tar'}: ")
    assert "Restored " in done(empty, "restore", tmp_path / "backup.tar")
    with started(tmp_path / "var", empty) as server, Api(server.url) as api:
        project = api.get(f"projects/{source.project['id']}/")
        images = api.get(f"projects/{source.project['id']}/images/", limit=PAGE)["results"]
        revisions = {image["id"]: check_image(api, image) for image in images}
        counts = project["counts"]
        assert (counts["images"], counts["annotations"]) == (len(images), sum(revisions.values()))
    for image in source.images:
        assert before[image["id"]] <= revisions[image["id"]] <= after[image["id"]] + 1


def check_image(api: Api, image: Json) -> int:
    """Its bytes are those of its name in the store; it has one box a revision, as each save made one."""
    content = api.http.get(f"images/{image['id']}/file/", follow_redirects=True).raise_for_status().content
    assert hashlib.sha256(content).hexdigest() == image["sha256"]
    saved = api.get(f"images/{image['id']}/annotations/")
    assert len(saved["annotations"]) == saved["revision"] == image["revision"]
    revision: int = saved["revision"]
    return revision


@daily_on_postgresql
def test_what_ran_is_queued_and_no_door_is_open(source: Source, file: Path, empty: dict[str, str]) -> None:
    done(empty, "restore", file)
    look = "from annotations.models import Snapshot; s = Snapshot.objects.get(); print(s.status, s.lease, s.attempt)"
    assert done(empty, "shell", "-v", "0", "-c", look) == "queued None 1"
    with started(Path(empty["BOXWRIGHT_VAR"]), empty) as server:
        key = source.api.http.headers["Authorization"]
        assert (
            httpx.get(f"{server.url}/api/v1/me/", headers={"Authorization": key}, timeout=PATIENCE).status_code == 401
        )
        with Api(server.url) as api:
            again = api.project("Another", "detection", ["square"])
            assert again["id"] > source.project["id"]


@daily_on_postgresql
def test_the_file_is_for_nobody_else_and_replaces_nothing(source: Source, file: Path) -> None:
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes()
    assert refused(source.server.environment, "backup", file).endswith("is there already.")
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.glob("*.part")] == []


@daily_on_postgresql
def test_a_place_where_people_are_is_refused(source: Source, file: Path) -> None:
    there = objects_in(source.server.environment)
    line = refused(source.server.environment, "restore", file)
    assert line == (
        "CommandError: Nothing was restored: "
        "There are people in this database already: a backup is restored into an empty place."
    )
    assert objects_in(source.server.environment) == there


def rewritten(file: Path, path: Path, **changes: Any) -> Path:
    """The same backup with another word about the whole, hashes and all."""
    reader = Reader(file)
    with path.open("wb") as out:
        writer = Writer(out)
        for name, content in reader:
            writer.add(name, io.BytesIO(content.read()))
        writer.close({name: value for name, value in (reader.about | changes).items() if name != "format"})
    return path


def cut_off(file: Path, path: Path) -> Path:
    path.write_bytes(file.read_bytes()[:-200_000])
    return path


def of_another_count(file: Path, path: Path) -> Path:
    """Its hashes hold; only once its rows are counted does anybody see it."""
    with tarfile.open(file) as tar:
        manifest = tar.extractfile("manifest.jsonl")
        assert manifest is not None
        rows = json.loads(manifest.readline())["rows"]
    return rewritten(file, path, rows=rows | {"teams_team": rows["teams_team"] + 1})


def of_a_newer_version(file: Path, path: Path) -> Path:
    return rewritten(file, path, migrations=[["teams", "0999_future"]])


def of_another_database(file: Path, path: Path) -> Path:
    return rewritten(file, path, vendor="oracle")


SPOILT: dict[str, Callable[[Path, Path], Path]] = {
    "is not a whole backup": cut_off,
    "the database in it is damaged": of_another_count,
}
STRANGE: dict[str, Callable[[Path, Path], Path]] = {
    "a newer Boxwright: this one does not know teams.0999_future": of_a_newer_version,
    "The backup is of oracle": of_another_database,
}


@daily_on_postgresql
@pytest.mark.parametrize(
    "ways", [pytest.param(SPOILT, id="spoilt"), pytest.param(STRANGE, id="strange", marks=pytest.mark.full)]
)
def test_what_can_not_be_restored_leaves_nothing_behind(
    ways: dict[str, Callable[[Path, Path], Path]], file: Path, empty: dict[str, str], tmp_path: Path
) -> None:
    """The place is as empty as it was: the whole backup is taken there at last."""
    for reason, spoil in ways.items():
        line = refused(empty, "restore", spoil(file, tmp_path / "spoilt.tar"))
        assert line.startswith("CommandError: Nothing was restored: ")
        assert reason in line
        assert objects_in(empty) == []
    assert "Restored" in done(empty, "restore", file)
