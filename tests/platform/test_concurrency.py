"""Eight people write at once: nobody waits in vain, nothing is lost."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.annotations.images import scene
from tests.services.server import Server, server

PEOPLE, EACH = 8, 12
MODEL_PICTURES = 3
"""That a person may send in a minute, here."""


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    limits = {"INGESTS_A_MINUTE": MODEL_PICTURES}
    with server(Path(tmp_path_factory.mktemp("web")), limits) as running:
        yield running


@pytest.fixture(scope="module")
def token(web: Server) -> str:
    return web.set_up()


def test_eight_writers_lose_nothing(web: Server, token: str) -> None:
    with web.client(token) as client:
        made = client.post("projects/", json={"team": "plates", "name": "Cars", "task": "detection"}).json()

    def write(person: int) -> list[int]:
        with web.client(token) as client:
            return [
                client.post(f"projects/{made['id']}/labels/", json={"name": f"label {person} {number}"}).status_code
                for number in range(EACH)
            ]

    with ThreadPoolExecutor(PEOPLE) as people:
        statuses = [status for statuses in people.map(write, range(PEOPLE)) for status in statuses]
    assert statuses == [201] * (PEOPLE * EACH)
    with web.client(token) as client:
        labels = client.get(f"projects/{made['id']}/labels/", params={"limit": 200}).json()["results"]
    assert len(labels) == PEOPLE * EACH
    assert sorted(label["position"] for label in labels) == list(range(PEOPLE * EACH))
    assert "locked" not in web.log.read_text()


def test_the_web_process_stays_small(web: Server) -> None:
    """Resident memory with its first requests behind it, in MB."""
    status = Path(f"/proc/{web.process.pid}/status")
    if not status.exists():
        pytest.skip("no /proc here: resident memory can't be read")
    resident = int(status.read_text().split("VmRSS:")[1].split()[0]) / 1024
    assert resident < 200


def test_one_name_is_taken_once(web: Server, token: str) -> None:
    with web.client(token) as client:
        made = client.post("projects/", json={"team": "plates", "name": "Same", "task": "detection"}).json()

    def write(_person: int) -> int:
        with web.client(token) as client:
            return client.post(f"projects/{made['id']}/labels/", json={"name": "same"}).status_code

    with ThreadPoolExecutor(PEOPLE) as people:
        statuses = sorted(people.map(write, range(PEOPLE)))
    assert statuses.count(201) == 1
    assert set(statuses) <= {201, 400, 409}


def test_pictures_that_arrive_together_are_counted_one_by_one(web: Server, token: str) -> None:
    with web.client(token) as client:
        made = client.post("projects/", json={"team": "plates", "name": "Film", "task": "detection"}).json()

    def send(person: int) -> int:
        fields = {"sha256": "a" * 64, "boxes": "[]"}
        with web.client(token) as client:
            files = {"file": ("frame.jpg", scene(person))}
            return client.post(f"projects/{made['id']}/ingest/", data=fields, files=files).status_code

    with ThreadPoolExecutor(PEOPLE) as people:
        statuses = sorted(people.map(send, range(PEOPLE)))
    assert statuses == [201] * MODEL_PICTURES + [429] * (PEOPLE - MODEL_PICTURES)
