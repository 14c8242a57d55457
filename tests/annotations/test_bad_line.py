"""A large archive over a line that breaks and a server that is killed: it arrives whole, sent by a real tus client."""

import hashlib
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from tests.services.bad_line import BadLine, bad_line
from tests.services.commands import done
from tests.services.lines import Line
from tests.services.processes import free_port, wait_until
from tests.services.server import Server, installed, server, started

PART = 2**20
FAULTS = (TusCommunicationError, requests.RequestException, OSError)
TUS = {"Tus-Resumable": "1.0.0"}
READ = """
import hashlib
from annotations.imports.upload_file import opened
from annotations.models import ArchiveUpload
print(hashlib.file_digest(opened(ArchiveUpload.objects.get()), "sha256").hexdigest())
"""


def project_of(running: Server, token: str) -> int:
    with running.client(token) as client:
        asked = {"team": "plates", "name": "P", "task": "detection"}
        made: int = client.post("projects/", json=asked).raise_for_status().json()["id"]
    return made


def place_of(running: Server, token: str, length: int) -> str:
    """The path of an upload that was begun on a good line."""
    with running.client(token) as client:
        project = project_of(running, token)
        said = {**TUS, "Upload-Length": str(length)}
        answer = client.post(f"projects/{project}/imports/uploads/", headers=said).raise_for_status()
    return str(answer.headers["Location"])


def send(file: Path, line: BadLine, place: str, token: str) -> None:
    """All of it; after each cut the offset is asked for again, as people's clients do."""
    url = f"http://127.0.0.1:{line.port}"
    offset, until = 0, file.stat().st_size
    client = TusClient(url, headers={"Authorization": f"Token {token}"})
    with file.open("rb") as stream:
        while offset < until:
            try:
                tus: Any = client.uploader(file_stream=stream, url=url + place, chunk_size=PART, upload_checksum=True)
                while (offset := tus.offset) < until:
                    tus.upload_chunk()
            except FAULTS:
                continue


def archive(file: Path, size: int) -> str:
    """Random bytes; their sha256."""
    digest = hashlib.sha256()
    with file.open("wb") as out:
        for _ in range(size // PART):
            piece = os.urandom(PART)
            digest.update(piece)
            out.write(piece)
    return digest.hexdigest()


def read_back(environment: dict[str, str]) -> str:
    """The sha256 of what an import reads.

    Not of all in the store: there a kill leaves parts that no row names, until the collector comes.
    """
    return done(environment, "shell", "-v", "0", "-c", READ)


def parts(environment: dict[str, str]) -> list[Path]:
    return list((Path(environment["BOXWRIGHT_VAR"]) / "objects").glob("projects/*/uploads/*/*"))


def peak_mb(running: Server) -> int:
    lines = Path(f"/proc/{running.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024


def port_of(running: Server) -> int:
    return int(running.url.rpartition(":")[2])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the peak from /proc")
@pytest.mark.parametrize("size", [24 * PART, pytest.param(200 * PART, marks=pytest.mark.full)])
def test_archive_arrives_whole_over_a_line_that_breaks_while_the_server_is_killed(tmp_path: Path, size: int) -> None:
    file = tmp_path / "set.zip"
    sha256 = archive(file, size)
    with (
        installed(tmp_path / "var") as environment,
        bad_line(free_port(), (10**5, 6 * PART)) as line,
        ThreadPoolExecutor(1) as sender,
    ):
        with started(tmp_path, environment) as first:
            line.target = port_of(first)
            token = first.set_up()
            place = place_of(first, token, size)
            sending = sender.submit(send, file, line, place, token)
            wait_until(lambda: len(parts(environment)) > 3, "the first parts")
            before = peak_mb(first)
            wait_until(lambda: len(parts(environment)) > size // PART // 2, "half of the parts")
            grown = peak_mb(first) - before
            first.process.kill()
            first.process.wait()
        with started(tmp_path, environment) as second:
            line.target = port_of(second)
            sending.result()
            with second.client(token) as client:
                answer = client.get(f"{second.url}{place}", headers=TUS).json()
        assert answer["offset"] == size
        assert line.cuts > 2
        assert grown < 40
        assert read_back(environment) == sha256


def test_part_that_stalls_is_ended_and_leaves_nothing(tmp_path: Path) -> None:
    with server(tmp_path, limits={"BODY_IDLE_SECONDS": 1}) as running:
        token = running.set_up()
        place = place_of(running, token, 10 * PART).removeprefix("/api/v1/")
        head: dict[str, Any] = {"Tus_Resumable": "1.0.0", "Upload_Offset": 0, "Content_Length": PART}
        with Line(running.url, token) as line:
            line.ask("PATCH", place, b"x" * 70_000, Content_Type="application/offset+octet-stream", **head)
            assert line.answer().status == 408
        with running.client(token) as client:
            assert client.head(place, headers=TUS).headers["Upload-Offset"] == "0"


def test_part_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    with server(tmp_path) as running:
        token = running.set_up()
        place = place_of(running, token, 10 * PART).removeprefix("/api/v1/")
        head: dict[str, Any] = {"Tus_Resumable": "1.0.0", "Upload_Offset": 0, "Content_Length": 9 * PART}
        with Line(running.url, token) as line:
            line.ask("PATCH", place, Content_Type="application/offset+octet-stream", **head)
            assert line.answer().status == 413


def test_part_of_another_persons_upload_is_refused_unread(tmp_path: Path) -> None:
    from tests.platform.test_door import join

    with server(tmp_path) as running:
        token = running.set_up()
        place = place_of(running, token, 10 * PART).removeprefix("/api/v1/")
        head: dict[str, Any] = {"Tus_Resumable": "1.0.0", "Upload_Offset": 0, "Content_Length": PART}
        with Line(running.url, join(running, token, "mona", "manager")) as line:
            line.ask("PATCH", place, Content_Type="application/offset+octet-stream", **head)
            assert line.answer().status == 404
