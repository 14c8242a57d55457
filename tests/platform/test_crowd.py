"""Readers that take nothing and streams that stay open hold nothing that another person needs."""

import contextlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import httpx
import psutil
import pytest
from PIL import Image

from boxwright import limits
from tests.platform.test_door import join
from tests.services.lines import Line
from tests.services.processes import wait_until
from tests.services.server import Server, server
from tests.services.worker import worker

STALLED = 25
FEW = {"BOXWRIGHT_DATABASE_CONNECTIONS": "5"}


@dataclass
class World:
    web: Server
    token: str
    project: int
    image: int


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A server that waits for its readers longer than any test of this module takes."""
    with made_world(Path(tmp_path_factory.mktemp("web")), {"SEND_SECONDS": 600}) as made:
        yield made


@contextlib.contextmanager
def made_world(folder: Path, limits: dict[str, int]) -> Iterator[World]:
    """Five connections to the database, and a picture of 8 MB: Linux keeps up to 4 MB on the way."""
    with server(folder, limits, **FEW) as web:
        token = web.set_up()
        with web.client(token) as client:
            made = {"team": "plates", "name": "Cars", "task": "detection", "labels": [{"name": "car"}]}
            project = client.post("projects/", json=made).json()["id"]
            image = upload(client, project)
        yield World(web, token, project, image)


def upload(client: httpx.Client, project: int) -> int:
    picture = io.BytesIO()
    Image.effect_noise((3600, 2400), 90).save(picture, "PNG")
    sent = client.post(f"projects/{project}/images/", files=[("files", ("a.png", picture.getvalue()))])
    return int(sent.raise_for_status().json()["created"][0]["id"])


def statuses(line: Line) -> int:
    return int(line.head().split(b" ")[1])


@contextlib.contextmanager
def opened(world: World, path: str, tokens: list[str], each: int) -> Iterator[list[Line]]:
    """That many requests of each person, of which nobody reads more than the head."""
    with contextlib.ExitStack() as stack:
        lines = [stack.enter_context(Line(world.web.url, token)) for token in tokens for _ in range(each)]
        for line in lines:
            line.ask("GET", path)
        assert [statuses(line) for line in lines] == [200] * len(lines)
        yield lines


def test_stalled_downloads_and_streams_keep_nobody_waiting(world: World) -> None:
    readers = [join(world.web, world.token, f"reader-{number}", "viewer") for number in range(5)]
    file, events = f"images/{world.image}/file/", f"projects/{world.project}/events/"
    each = STALLED // len(readers)
    with opened(world, file, readers, each), opened(world, events, readers, each), world.web.client(world.token) as me:
        for _ in range(20):
            assert me.get(f"projects/{world.project}/").status_code == 200
        assert me.patch(f"projects/{world.project}/", json={"name": "Cars again"}).status_code == 200
    assert "Error" not in world.web.log.read_text()


def test_zips_that_nobody_takes_keep_nobody_waiting(world: World) -> None:
    readers = [join(world.web, world.token, f"keeper-{number}", "viewer") for number in range(2 * limits.ZIPS_AT_ONCE)]
    with world.web.client(world.token) as me:
        with worker(world.web):
            made = me.post(f"projects/{world.project}/snapshots/").raise_for_status().json()["id"]
            wait_until(lambda: me.get(f"snapshots/{made}/").json()["status"] == "succeeded", "a snapshot")
        path = f"snapshots/{made}/download/voc/"
        with opened(world, path, readers, 1):
            whole = me.get(path).raise_for_status().content
    assert ZipFile(io.BytesIO(whole)).testzip() is None


def test_a_reader_that_takes_nothing_is_hung_up_on(tmp_path: Path) -> None:
    with (
        made_world(tmp_path, {"SEND_SECONDS": 3}) as world,
        opened(world, f"images/{world.image}/file/", [world.token], 1) as (line,),
    ):
        wait_until(lambda: connections(world.web) == 0, "a closed connection")
        assert line.ended()


def connections(web: Server) -> int:
    """Established ones to the server, as its process has them open."""
    port = int(web.url.rpartition(":")[2])
    lines = psutil.Process(web.process.pid).net_connections("tcp")
    return sum(line.status == psutil.CONN_ESTABLISHED and line.laddr[1] == port for line in lines)


def test_a_person_has_so_many_streams(world: World) -> None:
    mine = join(world.web, world.token, "curious", "viewer")
    path = f"projects/{world.project}/events/"
    with opened(world, path, [mine], limits.STREAMS_A_PERSON), Line(world.web.url, mine) as more:
        more.ask("GET", path)
        refused = more.answer()
        assert (refused.status, refused.headers["cache-control"]) == (429, "no-store")
        assert "event streams open already" in refused.json["detail"]
        with opened(world, path, [world.token], 1):
            """Another person is not in her way."""
    with world.web.client(mine) as client:
        wait_until(lambda: first_status(client, path) == 200, "a stream for who closed the others")


def first_status(client: httpx.Client, path: str) -> int:
    with client.stream("GET", path) as answer:
        return answer.status_code


def test_a_person_has_so_many_downloads(world: World) -> None:
    mine = join(world.web, world.token, "hungry", "viewer")
    path = f"images/{world.image}/file/"
    with opened(world, path, [mine], limits.DOWNLOADS_A_PERSON), Line(world.web.url, mine) as more:
        more.ask("GET", path)
        assert more.answer().status == 429
        with world.web.client(mine) as client:
            assert client.get(f"images/{world.image}/thumbnail/").status_code == 200
