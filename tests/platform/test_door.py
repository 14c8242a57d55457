"""What is refused before it is read, and that nothing of it stays."""

import io
import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from boxwright import limits
from boxwright.serve import PIPELINED
from tests.services.lines import Line, chunk
from tests.services.processes import wait_until
from tests.services.server import Server, server

MB = 2**20


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    small = {
        "BODY_IDLE_SECONDS": 2,
        "BODY_GRACE_SECONDS": 3,
        "BODY_RATE": 4096,
        "UPLOAD_BYTES": 4 * MB,
        "SPOOL_BYTES": 8 * MB,
    }
    with server(Path(tmp_path_factory.mktemp("web")), small) as running:
        yield running


@pytest.fixture(scope="module")
def token(web: Server) -> str:
    return web.set_up()


@pytest.fixture(scope="module")
def project(web: Server, token: str) -> int:
    with web.client(token) as client:
        made = client.post("projects/", json={"team": "plates", "name": "Cars", "task": "detection"})
        return int(made.raise_for_status().json()["id"])


def join(web: Server, owner: str, name: str, role: str = "") -> str:
    """The token of a new member with that role; without one, of a stranger to the team."""
    with web.client(owner) as client, web.client() as guest:
        team = "plates" if role else client.post("teams/", json={"name": name}).raise_for_status().json()["slug"]
        asked = client.post(f"teams/{team}/invitations/", json={"role": role or "annotator"}).raise_for_status().json()
        secret = asked["link"].rstrip("/").replace("#", "/").rpartition("/")[2]
        who = {"email": f"{name}@example.org", "password": "correct horse battery"}
        guest.get("auth/session/")
        csrf = {"X-CSRFToken": guest.cookies["csrftoken"]}
        guest.post("invitations/accept/", json={"token": secret, "name": name, **who}, headers=csrf).raise_for_status()
        return str(guest.post("auth/token/", json=who).raise_for_status().json()["token"])


def spooled(web: Server) -> int:
    """Bytes of bodies that the web process holds: named files of its spool, and those that it has unlinked."""
    spool = Path(web.environment["BOXWRIGHT_VAR"]) / "spool"
    named = sum(file.stat().st_size for file in spool.glob("*/*") if file.is_file())
    held = 0
    for link in Path(f"/proc/{web.process.pid}/fd").glob("*"):
        try:
            if str(link.readlink()).startswith(str(spool)):
                held += link.stat().st_size
        except FileNotFoundError:
            continue
    return named + held


def form(*files: tuple[str, bytes]) -> tuple[bytes, str]:
    sent = httpx.Request("POST", "http://x", files=[("files", file) for file in files])
    return sent.read(), sent.headers["Content-Type"]


def test_nobody_announces_50_gb_to_nowhere(web: Server) -> None:
    with Line(web.url) as line:
        line.ask("POST", "nowhere/", Content_Length=50 * 10**9)
        refused = line.answer()
        assert (refused.status, refused.headers["content-type"]) == (413, "application/problem+json")
        assert refused.json["title"] == "Too large"
        assert line.ended()
    assert spooled(web) == 0


def test_nobody_sends_more_than_64_kb_in_pieces(web: Server) -> None:
    with Line(web.url) as line:
        line.ask("POST", "auth/login/", Transfer_Encoding="chunked", Content_Type="application/json")
        line.send(chunk(b" " * limits.ANONYMOUS_BYTES))
        line.send(chunk(b" "))
        assert line.answer().status == 413
        assert line.ended()


def test_the_last_byte_allowed_is_taken(web: Server) -> None:
    body = b'{"email": "a@example.org", "password": "x"}'.ljust(limits.ANONYMOUS_BYTES)
    with web.client() as client:
        sent = client.post("auth/token/", content=body, headers={"Content-Type": "application/json"})
        assert sent.status_code == 400
        assert "Email or password" in sent.json()["detail"]
        assert client.post("auth/token/", content=body + b" ").status_code == 413


def test_a_large_body_needs_a_login_before_it_is_read(web: Server, project: int) -> None:
    for secret in ("", "wrong"):
        with Line(web.url, secret) as line:
            line.ask("POST", f"projects/{project}/images/", Content_Length=2 * MB)
            refused = line.answer()
            assert (refused.status, refused.headers["www-authenticate"]) == (401, "Token")


def test_a_session_is_a_login_and_needs_its_csrf_token(web: Server, token: str, project: int) -> None:
    with web.client() as client:
        client.get("auth/session/")
        csrf = {"X-CSRFToken": client.cookies["csrftoken"]}
        who = {"email": "alice@example.org", "password": "correct horse battery"}
        client.post("auth/login/", json=who, headers=csrf).raise_for_status()
        content = b" " * (limits.ANONYMOUS_BYTES + 1)
        kind = {"Content-Type": "application/json"}
        assert client.post("projects/", content=content, headers=kind).status_code == 403
        csrf = {"X-CSRFToken": client.cookies["csrftoken"]}
        assert client.post("projects/", content=content, headers=kind | csrf).status_code == 400


@pytest.mark.parametrize(("role", "status"), [("", 404), ("viewer", 403)])
def test_who_may_not_upload_is_told_before_sending(
    web: Server, token: str, project: int, role: str, status: int
) -> None:
    other = join(web, token, f"one-{status}", role)
    for path in ("images", "imports"):
        with Line(web.url, other) as line:
            line.ask("POST", f"projects/{project}/{path}/", Content_Length=2 * MB)
            assert line.answer().status == status


ROUTES = {
    "projects/": limits.REQUEST_BYTES,
    "images/1/annotations/": limits.JSON_BYTES,
    "projects/1/images/": 4 * MB,
    "projects/1/imports/": limits.ARCHIVE_BYTES,
    "teams/plates/base-files/": limits.BASE_FILE_BYTES,
    "projects/1/ingest/": limits.INGEST_BYTES,
}


@pytest.mark.parametrize("path", ROUTES)
def test_each_route_has_its_limit(web: Server, token: str, path: str) -> None:
    with Line(web.url, token) as line:
        line.ask("PATCH" if "annotations" in path else "POST", path, Content_Length=ROUTES[path] + 1)
        assert line.answer().status == 413


def test_bodies_in_pieces_arrive_whole(web: Server, token: str) -> None:
    body = json.dumps({"team": "plates", "name": "Pieces", "task": "detection"}).ljust(200_000).encode()
    pieces = (body[at : at + 10_000] for at in range(0, len(body), 10_000))
    with web.client(token) as client:
        made = client.post("projects/", content=pieces, headers={"Content-Type": "application/json"})
        assert made.status_code == 201


def test_a_body_that_nobody_reads_is_not_kept(web: Server, token: str) -> None:
    with Line(web.url, token) as line:
        line.ask("GET", "me/", Content_Length=50 * 10**9)
        line.send(b"x" * MB)
        answered = line.answer()
        assert (answered.status, answered.headers["connection"]) == (200, "close")
        assert line.ended()
    assert spooled(web) == 0


def test_a_body_that_stops_ends(web: Server, token: str, project: int) -> None:
    with Line(web.url, token) as line:
        line.ask("POST", f"projects/{project}/images/", Content_Length=2 * MB)
        line.send(b"x" * MB)
        assert line.answer().status == 408
        assert line.ended()
    wait_until(lambda: spooled(web) == 0, "an empty spool")


def test_a_body_that_drips_ends(web: Server) -> None:
    with Line(web.url) as line:
        line.ask("POST", "auth/login/", Content_Length=60_000, Content_Type="application/json")
        line.socket.settimeout(0.1)
        first = b""
        while not first and line.send(b" "):
            try:
                first = line.socket.recv(4096)
            except TimeoutError:
                continue
        assert b" 408 " in first.splitlines()[0]


def test_one_person_does_not_fill_the_spool(web: Server, token: str, project: int) -> None:
    """A form lies there twice while its files are copied out of it: 2 MB are half of the 8 MB."""
    content, kind = form(("a.bin", b"x" * (2 * MB + 1)))
    with web.client(token) as client:
        refused = client.post(f"projects/{project}/images/", content=content, headers={"Content-Type": kind})
        assert refused.status_code == 429
        assert refused.headers["Retry-After"]
        assert "too much at once" in refused.json()["detail"]
    wait_until(lambda: spooled(web) == 0, "an empty spool")


def test_nothing_stays_of_what_was_taken(web: Server, token: str, project: int) -> None:
    picture = io.BytesIO()
    Image.effect_noise((1000, 700), 60).save(picture, "PNG")
    with web.client(token) as client:
        sent = client.post(f"projects/{project}/images/", files=[("files", ("a.png", picture.getvalue()))])
        assert len(sent.json()["created"]) == 1
    wait_until(lambda: spooled(web) == 0, "an empty spool")


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    with server(tmp_path / "web", {"SPOOL_FREE_BYTES": 2**60}) as full, full.client() as client:
        refused = client.post("auth/token/", json={"email": "a@example.org", "password": "x"})
        assert (refused.status_code, refused.json()["title"]) == (507, "No room")


def test_what_a_killed_process_left_is_cleared_away(tmp_path: Path) -> None:
    left = tmp_path / "var" / "spool" / "old"
    left.mkdir(parents=True)
    (left / "body").write_bytes(b"x")
    with server(tmp_path / "var"):
        assert not left.exists()


def test_what_is_refused_at_the_door_tells_nothing_to_caches(web: Server) -> None:
    with Line(web.url) as line:
        line.ask("POST", "nowhere/", Content_Length=10**9)
        headers: dict[str, Any] = line.answer().headers
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")


@pytest.mark.parametrize(
    "said", [b"", b"GET / HTT", b"GET /api/v1/auth/session/ HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTT"]
)
def test_a_head_that_does_not_come_is_not_waited_for(impatient: Server, said: bytes) -> None:
    with Line(impatient.url) as line:
        line.send(said)
        assert line.ended()


@pytest.mark.parametrize(
    ("begin", "more"),
    [
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nCookie: ", b"x"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"X: y\r\n"),
        (b"GET /", b"x"),
        (b"", b"\r\n"),
        (b"POST /api/v1/auth/login/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"x"),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n", b"X: y\r\n"),
    ],
    ids=["a header", "headers", "an address", "nothing", "a piece's head", "headers at the end"],
)
def test_what_is_no_body_does_not_go_on_for_ever(web: Server, begin: bytes, more: bytes) -> None:
    sent, piece = 0, more * (limits.HEAD_BYTES // len(more))
    with Line(web.url) as line:
        line.send(begin)
        while sent < 64 * MB and line.send(piece):
            sent += len(piece)
    assert sent < 16 * MB, "as much as lies between two sockets"


def test_who_asks_before_the_answer_is_answered_in_turn_or_not_at_all(web: Server) -> None:
    asked = f"GET /api/v1/auth/session/ HTTP/1.1\r\nHost: {web.url.partition('//')[2]}\r\n\r\n".encode()
    with Line(web.url) as line:
        line.send(asked * (PIPELINED + 1))
        assert line.successes(PIPELINED + 1) == PIPELINED + 1
    with Line(web.url) as line:
        line.send(asked * 1000)
        assert line.successes(1000) <= PIPELINED + 1


def test_a_long_head_is_read(web: Server) -> None:
    with Line(web.url) as line:
        line.ask("GET", "auth/session/", Cookie="x" * (limits.HEAD_BYTES - 1000))
        assert line.answer().status == 200


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(Path(tmp_path_factory.mktemp("web")), {"HEADER_SECONDS": 1}) as running:
        yield running


def test_an_address_has_so_many_connections(tmp_path: Path) -> None:
    with server(tmp_path, {"CONNECTIONS_AN_ADDRESS": 5}) as web, ExitStack() as stack:
        lines = [stack.enter_context(Line(web.url)) for _ in range(5)]
        with Line(web.url) as more:
            assert more.ended(), "before a word was said"
        for line in lines[:2]:
            line.ask("GET", "auth/session/")
            assert line.answer().status == 200
        lines[4].socket.close()
        wait_until(lambda: is_let_in(web), "a place for another")


def is_let_in(web: Server) -> bool:
    try:
        with Line(web.url) as line:
            line.ask("GET", "auth/session/")
            return line.head().startswith(b"HTTP/1.1 200")
    except ConnectionError:
        return False


def test_more_files_than_allowed_are_refused(web: Server, token: str, project: int) -> None:
    files = [("files", (f"{number}.txt", b"x")) for number in range(limits.FILES_A_REQUEST + 1)]
    with web.client(token) as client:
        assert client.post(f"projects/{project}/images/", files=files).status_code == 413
        assert client.post(f"projects/{project}/images/", files=files[1:]).status_code == 200
