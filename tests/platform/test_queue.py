"""Work goes from the web process to a worker, whichever broker is between them."""

import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.services.processes import ServiceMissing, stop
from tests.services.rabbitmq import rabbitmq
from tests.services.server import Server, server
from tests.services.worker import is_removed


@pytest.fixture(scope="module")
def rabbitmq_url() -> Iterator[str]:
    try:
        with rabbitmq() as url:
            yield url
    except ServiceMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(params=["folder", pytest.param("rabbitmq", marks=pytest.mark.full)])
def web(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    url = "" if request.param == "folder" else request.getfixturevalue("rabbitmq_url")
    monkeypatch.setenv("BOXWRIGHT_BROKER_URL", url)
    with server(tmp_path / "var") as running:
        yield running


@contextmanager
def worker(web: Server, tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    options = ["--pool=threads", "--concurrency=2", "--loglevel=info", "--queues=default"]
    name = f"--hostname=test-{uuid.uuid4().hex[:8]}@%h"
    command = [sys.executable, "-m", "celery", "-A", "boxwright.celery", "worker", *options, name]
    with (tmp_path / "worker.log").open("ab") as log:
        process = subprocess.Popen(command, env=web.environment, stdout=log, stderr=log, cwd=tmp_path)
    try:
        yield process
    finally:
        stop(process)


def delete_a_project(web: Server, token: str) -> int:
    with web.client(token) as client:
        made = client.post("projects/", json={"team": "plates", "name": "Cars", "task": "detection"}).json()
        client.delete(f"projects/{made['id']}/").raise_for_status()
        return int(made["id"])


def test_a_worker_does_what_the_web_process_asked_for(web: Server, tmp_path: Path) -> None:
    token = web.set_up()
    before = delete_a_project(web, token)
    assert not is_removed(web, before, 0)
    with worker(web, tmp_path):
        assert is_removed(web, before), "what was asked for before the worker came"
        after = delete_a_project(web, token)
        assert is_removed(web, after), "what was asked for while it runs"


def test_a_broker_that_is_away_refuses_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The web process answers; a worker that starts later takes up what was not sent."""
    monkeypatch.setenv("BOXWRIGHT_BROKER_URL", "amqp://guest:guest@127.0.0.1:9//")
    with server(tmp_path / "var") as web:
        project = delete_a_project(web, web.set_up())
        web.environment["BOXWRIGHT_BROKER_URL"] = ""
        with worker(web, tmp_path):
            assert is_removed(web, project), "what no broker took"
