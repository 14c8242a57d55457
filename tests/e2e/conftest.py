"""A real Boxwright for the browser tests: `manage.py up` in a folder of its own, and Chromium."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.api import Api, setup_code
from tests.e2e.steps import sign_in
from tests.services.browser import CHROMIUM
from tests.services.processes import PATIENCE
from tests.services.server import migrated_file

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What a page is expected to show it may show late: only a test that fails waits so long.
expect.set_options(timeout=PATIENCE * 1000)


@dataclass
class Server:
    """One running installation. `start` and `stop` may be called again: its data stays."""

    folder: Path
    port: int
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def setup_code(self) -> str:
        return setup_code(self.folder / "up.log")

    def start(self) -> None:
        own = {"BOXWRIGHT_VAR": str(self.folder), "BOXWRIGHT_PORT": str(self.port)}
        with (self.folder / "up.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=ROOT,
                env={**os.environ, **own, **SPEED, **self.environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Boxwright did not start:\n{self.log()[-3000:]}")
            time.sleep(0.1)

    def answers(self) -> bool:
        with contextlib.suppress(URLError, ConnectionError, TimeoutError):
            return bool(urlopen(f"{self.url}/api/v1/auth/session/", timeout=20).status == 200)
        return False

    def is_new(self) -> bool:
        with urlopen(f"{self.url}/api/v1/auth/session/", timeout=PATIENCE) as answer:
            return bool(json.load(answer)["setup_required"])

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        if self.process is None:
            return
        self.process.send_signal(how)
        self.process.wait(PATIENCE)
        self.process = None

    def log(self) -> str:
        return (self.folder / "up.log").read_text(errors="replace")


SPEED = {
    "BOXWRIGHT_LOGIN_TRIES": "1000",
    "BOXWRIGHT_LOST_AFTER_SECONDS": "6",
    "DJANGO_SETTINGS_MODULE": "tests.services.settings",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Server]:
    made = Server(folder, free_port())
    shutil.copyfile(migrated_file(), made.folder / "boxwright.sqlite3")
    made.start()
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("var")) as made:
        yield made


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One of the file's own. A file that looks only into its own projects says `shares_server = True`."""
    if getattr(request.module, "shares_server", False):
        yield request.getfixturevalue("shared_server")
        return
    with running(tmp_path_factory.mktemp("var")) as made:
        yield made


@pytest.fixture(scope="session")
def shared_browser(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[BrowserContext]:
    """Ada's on the shared server: what the pages load is loaded once."""
    context = browser.new_context(**browser_context_args)
    yield context
    context.close()


@pytest.fixture(scope="module")
def visitor(request: pytest.FixtureRequest, browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """One person's tab, for all tests of a file. A fault in the page's scripts fails the test that met it."""
    is_shared = getattr(request.module, "shares_server", False)
    context = request.getfixturevalue("shared_browser") if is_shared else browser.new_context(**browser_context_args)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    page.close() if is_shared else context.close()
    assert faults == []


@pytest.fixture(scope="module")
def api(server: Server) -> Iterator[Api]:
    """Ada, who owns the installation's only team, at her scripts."""
    with Api.first_visit(server.url, server.setup_code) if server.is_new() else Api(server.url) as made:
        yield made


@pytest.fixture(scope="module")
def ada(server: Server, api: Api, visitor: Page) -> Page:
    """Ada at her browser, which keeps nothing of an earlier file but that she is signed in."""
    if any(cookie["name"] == "sessionid" for cookie in visitor.context.cookies(server.url)):
        visitor.goto(f"{server.url}/api/v1/auth/session/")
        visitor.evaluate("localStorage.clear()")
        visitor.goto(server.url)
    else:
        sign_in(visitor, server.url)
    return visitor


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: set BOXWRIGHT_CHROMIUM")
    return {"executable_path": str(CHROMIUM), "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    # What moves costs frames, a tenth of what the browser takes.
    return {"viewport": {"width": 1440, "height": 900}, "accept_downloads": True, "reduced_motion": "reduce"}
