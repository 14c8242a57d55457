"""Server-sent events from a real web process."""

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from boxwright.events import RESUMED, guard
from tests.platform.test_door import join
from tests.services.processes import PATIENCE
from tests.services.server import Server, server


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(Path(tmp_path_factory.mktemp("web"))) as running:
        yield running


@pytest.fixture(scope="module")
def token(web: Server) -> str:
    return web.set_up()


@pytest.fixture
def project(web: Server, token: str) -> int:
    with web.client(token) as client:
        made = client.post("projects/", json={"team": "plates", "name": "Cars", "task": "detection"})
        return int(made.raise_for_status().json()["id"])


class Stream:
    """One open stream, read by a thread into a queue of (id, kind, data)."""

    def __init__(
        self,
        web: Server,
        token: str,
        project: int,
        browser: httpx.Client | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.client = web.client(token)
        if browser is not None:
            self.client.cookies = browser.cookies
        self.frames: queue.Queue[dict[str, str]] = queue.Queue()
        self.context = self.client.stream("GET", f"projects/{project}/events/", headers=headers)
        self.answer = self.context.__enter__()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self) -> None:
        frame: dict[str, str] = {}
        try:
            for line in self.answer.iter_lines():
                name, _, value = line.partition(": ")
                if line:
                    frame[name] = value
                else:
                    self.frames.put(frame)
                    frame = {}
        except (httpx.StreamError, httpx.TransportError):
            pass
        self.frames.put({"ended": ""})

    def next(self, kind: str) -> dict[str, Any]:
        while True:
            frame = self.frames.get(timeout=PATIENCE)
            if frame.get("event") == kind:
                return {"id": int(frame["id"]), **json.loads(frame["data"])}

    def opened(self) -> int:
        return int(self.until_open()[-1]["id"])

    def until_open(self) -> list[dict[str, str]]:
        """What it begins with."""
        frames = [self.frames.get(timeout=PATIENCE)]
        while "retry" not in frames[-1]:
            frames.append(self.frames.get(timeout=PATIENCE))
        return frames

    def end(self) -> list[str]:
        """Waits until the server has ended it. The kinds that it told until then."""
        kinds: list[str] = []
        while "ended" not in (frame := self.frames.get(timeout=PATIENCE)):
            kinds += filter(None, [frame.get("event")])
        return kinds

    def close(self) -> None:
        self.context.__exit__(None, None, None)
        self.client.close()


def publish(web: Server, project: int, *numbers: int, elsewhere: int = 0) -> None:
    """From another process, as a worker does; `elsewhere` goes to another project first."""
    code = (
        "import django; django.setup()\nfrom boxwright.events import publish\n"
        f"publish({project + 1000}, 'image', {{'n': {elsewhere}}})\n"
        f"for n in {list(numbers)}: publish({project}, 'image', {{'n': n}})"
    )
    subprocess.run([sys.executable, "-c", code], env=web.environment, check=True)


def test_what_another_process_publishes_arrives_everywhere_in_order(web: Server, token: str, project: int) -> None:
    streams = [Stream(web, token, project) for _ in range(5)]
    try:
        assert streams[0].answer.headers["Content-Type"].startswith("text/event-stream")
        for stream in streams:
            stream.opened()
        publish(web, project, 1, 2, 3)
        assert [[stream.next("image")["n"] for _ in range(3)] for stream in streams] == [[1, 2, 3]] * 5
    finally:
        for stream in streams:
            stream.close()


def test_a_client_resumes_where_it_was(web: Server, token: str, project: int) -> None:
    first = Stream(web, token, project)
    first.opened()
    publish(web, project, 1)
    seen = first.next("image")["id"]
    first.close()
    publish(web, project, 2, 3)
    again = Stream(web, token, project, headers={"Last-Event-ID": str(seen)})
    try:
        assert [again.next("image")["n"] for _ in range(2)] == [2, 3]
    finally:
        again.close()


def test_a_page_that_follows_from_its_answer_misses_nothing(web: Server, token: str, project: int) -> None:
    with web.client(token) as client:
        read = client.get("projects/", params={"slug": "cars"}).json()["results"][0]
        assert client.get(f"projects/{read['id']}/").json()["last_event_id"] == read["last_event_id"]
    publish(web, read["id"], 1, 2)
    stream = Stream(web, token, read["id"], headers={"Last-Event-ID": str(read["last_event_id"])})
    try:
        assert [frame.get("event", "") for frame in stream.until_open()] == ["image", "image", ""]
    finally:
        stream.close()


@pytest.mark.parametrize("seen", [None, 0, 10**9], ids=["nothing", "too long ago", "of another database"])
def test_who_may_have_missed_something_is_told(web: Server, token: str, project: int, seen: int | None) -> None:
    publish(web, project, *range(RESUMED + 1))
    stream = Stream(web, token, project, headers=None if seen is None else {"Last-Event-ID": str(seen)})
    try:
        assert [frame.get("event", "") for frame in stream.until_open()] == ["gap", ""]
    finally:
        stream.close()


def test_a_stream_carries_its_own_project_only(web: Server, token: str, project: int) -> None:
    stream = Stream(web, token, project)
    stream.opened()
    publish(web, project, 8, elsewhere=7)
    try:
        assert stream.next("image")["n"] == 8
    finally:
        stream.close()


PASSWORD = "correct horse battery"


class Bob:
    """A member with a session and a token, from whom something is taken."""

    def __init__(self, web: Server, owner: str, name: str) -> None:
        self.web, self.owner, self.name = web, owner, name
        self.token = join(web, owner, name, "manager")
        self.browser = web.client()
        self.browser.get("auth/session/")
        self.post("auth/login/", {"email": f"{name}@example.org", "password": PASSWORD})

    def post(self, path: str, body: dict[str, str]) -> None:
        csrf = {"X-CSRFToken": self.browser.cookies["csrftoken"]}
        self.browser.post(path, json=body, headers=csrf).raise_for_status()

    def membership(self) -> str:
        with self.web.client(self.owner) as client:
            rows = client.get("teams/plates/members/").json()["results"]
        return f"teams/plates/members/{next(row['id'] for row in rows if row['user']['name'] == self.name)}/"

    def log_out(self) -> None:
        self.post("auth/logout/", {})

    def change_password(self) -> None:
        self.post("auth/password/", {"current": PASSWORD, "new": "another correct horse"})

    def delete_token(self) -> None:
        with self.web.client(self.token) as script:
            script.post("auth/logout/").raise_for_status()

    def be_demoted(self) -> None:
        with self.web.client(self.owner) as client:
            client.patch(self.membership(), json={"role": "viewer"}).raise_for_status()

    def be_removed(self) -> None:
        with self.web.client(self.owner) as client:
            client.delete(self.membership()).raise_for_status()


@pytest.mark.parametrize(
    ("deed", "ends", "goes_on"),
    [
        (Bob.log_out, ["browser"], ["script"]),
        (Bob.delete_token, ["script"], ["browser"]),
        (Bob.change_password, ["browser", "script"], []),
        (Bob.be_demoted, ["browser", "script"], []),
        (Bob.be_removed, ["browser", "script"], []),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_a_stream_ends_with_what_let_it_in(
    web: Server, token: str, project: int, deed: Callable[[Bob], None], ends: list[str], goes_on: list[str]
) -> None:
    bob = Bob(web, token, deed.__name__)
    streams = {"script": Stream(web, bob.token, project), "browser": Stream(web, "", project, bob.browser)}
    for stream in streams.values():
        stream.opened()
    deed(bob)
    for name in ends:
        assert streams[name].end() == ["gap"]
    publish(web, project, 1)
    for name in goes_on:
        assert streams[name].next("image")["n"] == 1
    for stream in streams.values():
        stream.close()
    bob.browser.close()


def test_two_looks_of_the_guard_take_less_than_five_seconds() -> None:
    assert 2 * guard.SECONDS < 5


def test_no_stream_for_strangers(web: Server, token: str, project: int) -> None:
    with web.client() as anonymous:
        refused = anonymous.get(f"projects/{project}/events/")
        assert refused.status_code == 401
        assert refused.headers["Content-Type"] == "application/problem+json"
    with web.client(token) as client:
        assert client.get("projects/999999/events/").status_code == 404


def test_the_web_process_ends_although_streams_are_open(web: Server, token: str, project: int, tmp_path: Path) -> None:
    with server(tmp_path / "other") as other:
        mine = other.set_up()
        with other.client(mine) as client:
            made = client.post("projects/", json={"team": "plates", "name": "Cars", "task": "detection"}).json()
        stream = Stream(other, mine, made["id"])
        stream.opened()
        other.process.terminate()
        assert other.process.wait(PATIENCE) is not None
        stream.close()
