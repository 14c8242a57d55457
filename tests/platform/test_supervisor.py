"""`manage.py up`: one command starts everything, and nothing of it stays behind."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.services.installation import ROOT, Installation, brings_its_own, wait_gone
from tests.services.processes import wait_until

pytestmark = brings_its_own


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path / "var")
    made.folder.mkdir()
    yield made
    if made.process is not None and not made.process_left():
        made.stop(signal.SIGKILL)


def up(**environment: str) -> "subprocess.CompletedProcess[str]":
    """A start that is expected to be refused."""
    command = [sys.executable, "manage.py", "up"]
    given = {**os.environ, **environment}
    return subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, timeout=60, check=False)


def only_line(refused: "subprocess.CompletedProcess[str]") -> str:
    assert refused.returncode != 0
    lines = (refused.stdout + refused.stderr).strip().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def test_a_first_start_says_one_line_and_ctrl_c_stops_all(here: Installation) -> None:
    here.migrates = True
    here.start()
    wait_until(lambda: len(here.children()) >= 6, "web, two workers and their watchers")
    children = here.children()
    assert here.stop(signal.SIGINT) == 0
    wait_gone(children)
    [link, farewell] = here.log().splitlines()
    assert re.fullmatch(rf"Boxwright is at {here.url}/setup#[a-z2-7]{{24}}", link)
    assert farewell == "Stopped."


def test_what_people_made_is_for_nobody_else_on_the_machine(here: Installation) -> None:
    """A `var/` of an earlier version was readable by all."""
    here.migrates = True
    here.folder.chmod(0o755)
    here.start()
    assert here.folder.stat().st_mode & 0o777 == 0o700
    made = [path for path in here.folder.rglob("*") if path.name != "up.log"]
    assert {"boxwright.sqlite3", "secret-key", "messages"} <= {path.name for path in made}
    assert [path for path in made if path.stat().st_mode & 0o077] == []


def test_who_opens_the_port_to_a_network_is_told_what_that_means(here: Installation) -> None:
    here.environment["BOXWRIGHT_BIND"] = "0.0.0.0"
    here.start()
    warning, _url = here.log().splitlines()
    assert (
        warning
        == "Boxwright listens on 0.0.0.0 without TLS: whoever is on that network can read passwords and pictures."
    )


def test_no_child_outlives_a_killed_supervisor_and_the_next_start_works(here: Installation) -> None:
    here.start()
    children = here.children()
    assert children
    here.stop(signal.SIGKILL)
    wait_gone(children)
    here.start()
    assert here.stop(signal.SIGTERM) == 0


def test_a_crashed_child_is_started_again_and_the_port_stays_ours(here: Installation) -> None:
    here.start()
    web = next(c for c in psutil.Process(here.pid).children() if "boxwright.serve" in c.cmdline())
    web.kill()
    wait_until(lambda: "web left unexpectedly" in here.log(), "the supervisor's notice")
    with socket.create_connection(("127.0.0.1", here.port), timeout=60) as waiting:
        waiting.sendall(b"GET /api/v1/auth/session/ HTTP/1.0\r\nHost: localhost\r\n\r\n")
        assert waiting.recv(12) == b"HTTP/1.1 200"


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        line = only_line(up(BOXWRIGHT_VAR=str(tmp_path), BOXWRIGHT_PORT=port))
    assert port in line
    assert "Address already in use" in line


def test_a_second_start_on_the_same_folder_is_one_clear_line(here: Installation) -> None:
    here.start()
    line = only_line(up(BOXWRIGHT_VAR=str(here.folder), BOXWRIGHT_PORT="1"))
    assert f"already runs on {here.folder} (process {here.pid})" in line


@pytest.mark.parametrize("kind", ["read-only", "no folder"])
def test_a_folder_that_can_not_be_written_is_one_clear_line(tmp_path: Path, kind: str) -> None:
    """Root may write anywhere but in /proc."""
    (tmp_path / "file").touch()
    folder = "/proc/boxwright" if kind == "read-only" else str(tmp_path / "file" / "var")
    line = only_line(up(BOXWRIGHT_VAR=folder))
    assert folder in line
    assert "BOXWRIGHT_VAR" in line


def test_a_setting_that_can_not_be_read_is_one_clear_line(tmp_path: Path) -> None:
    line = only_line(up(BOXWRIGHT_VAR=str(tmp_path), BOXWRIGHT_PORT="eighty"))
    assert line == "BOXWRIGHT_PORT='eighty': expected a whole number of at least 1"


def test_too_old_a_python_is_one_clear_line() -> None:
    """The check must come before any import that an old Python does not understand."""
    program = "import sys; sys.version_info = (3, 9, 2); sys.argv = ['manage.py', 'up']; import manage; manage.main()"
    refused = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert only_line(refused) == "Boxwright needs Python 3.11 or newer; this is 3.9."
