"""A really running Boxwright for the benchmarks: `manage.py up` in a folder of its own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil

from tests.services.processes import wait_until

ROOT = Path(__file__).resolve().parents[1]


@contextlib.contextmanager
def running_server(folder: Path | None = None) -> Iterator[str]:
    """Yields its link once the first page answers, as `make run` shows it: with the setup code on the first start.

    Fails on any "database is locked" in its log.
    """
    with contextlib.ExitStack() as stack:
        folder = folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = free_port()
        settings = {"BOXWRIGHT_VAR": str(folder), "BOXWRIGHT_PORT": str(port)}
        log = folder / "up.log"
        with log.open("wb") as output:
            server = subprocess.Popen(
                [sys.executable, "manage.py", "up"], cwd=ROOT, env=os.environ | settings, stdout=output, stderr=output
            )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for_page(url, server)
            wait_until(lambda: " is at " in log.read_text(), "the link")
            wait_until(lambda: _computes_little(server.pid), "its worker's start")
            yield log.read_text().partition(" is at ")[2].split()[0]
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)
        locked = log.read_text(errors="replace").count("database is locked")
        if locked:
            raise SystemExit(f'"database is locked" {locked} times in the log')


def _computes_little(pid: int) -> bool:
    """For a moment all its processes compute nearly nothing: a worker still starts when the first page answers."""
    before = _computed(pid)
    time.sleep(0.5)
    return _computed(pid) - before < 0.05


def _computed(pid: int) -> float:
    """Seconds, of the process and all that it started."""
    family = psutil.Process(pid)
    return sum(sum(process.cpu_times()[:2]) for process in [family, *family.children(recursive=True)])


def parts_of(link: str) -> tuple[str, str]:
    """URL and setup code."""
    url, _, code = link.partition("/setup#")
    return url, code


def wait_for_page(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise SystemExit("the server did not start")
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=60):
            return
        time.sleep(0.02)
    raise SystemExit("the server did not answer in a minute")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
