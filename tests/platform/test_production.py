"""What a production process says over HTTP, to its proxy and to whoever looks after it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from boxwright.teams.setup import code_of
from tests.platform.test_settings import environment_of
from tests.services.installation import brings_its_own
from tests.services.postgres import postgres
from tests.services.processes import PATIENCE
from tests.services.server import ROOT, Server, started

pytestmark = brings_its_own

HOST = {"Host": "boxes.example.org"}
BEHIND_PROXY = {**HOST, "X-Forwarded-Proto": "https"}
YEAR = 365 * 24 * 3600


def get(url: str, headers: dict[str, str] | None = None) -> httpx.Response:
    return httpx.get(url, headers=headers, timeout=PATIENCE)


def production(folder: Path, database: str) -> dict[str, str]:
    paths = os.pathsep.join([str(ROOT), str(ROOT / "platform")])
    return environment_of(folder, BOXWRIGHT_DATABASE_URL=database, PYTHONPATH=paths)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("var")
    with postgres() as database:
        environment = production(folder, database)
        subprocess.run([sys.executable, str(ROOT / "manage.py"), "migrate", "-v", "0"], env=environment, check=True)
        with started(folder, environment) as running:
            yield running


def test_who_comes_without_tls_is_sent_there(here: Server) -> None:
    answer = get(f"{here.url}/p/x/images", headers=HOST)
    assert (answer.status_code, answer.headers["Location"]) == (301, "https://boxes.example.org/p/x/images")


def test_a_browser_is_told_to_come_by_tls_for_a_year(here: Server) -> None:
    answer = get(f"{here.url}/api/v1/auth/session/", headers=BEHIND_PROXY)
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"] == f"max-age={YEAR}"


def test_cookies_are_for_this_host_over_tls(here: Server) -> None:
    with httpx.Client(base_url=f"{here.url}/api/v1/", headers=BEHIND_PROXY, timeout=PATIENCE) as browser:
        answer = browser.get("auth/session/")
    [cookie] = answer.headers.get_list("Set-Cookie")
    assert cookie.startswith("__Host-csrftoken=")
    parts = {part.strip() for part in cookie.split(";")}
    assert {"Secure", "SameSite=Lax", "Path=/"} <= parts
    assert not any(part.startswith("Domain") for part in parts)


@pytest.mark.parametrize("host", ["localhost:8000", "10.0.0.7", "boxes.example.org"])
def test_the_health_check_needs_no_host_and_no_tls(here: Server, host: str) -> None:
    answer = get(f"{here.url}/healthz", headers={"Host": host})
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert get(f"{here.url}/api/v1/auth/session/", headers={"Host": "localhost"}).status_code == 400


@pytest.mark.parametrize(
    "path", ["/", "/api/v1/auth/session/", "/api/v1/nothing/", "/assets/gone.js", "/static/gone.js"]
)
def test_every_answer_says_what_a_browser_may_do_with_it(here: Server, path: str) -> None:
    headers = get(f"{here.url}{path}", headers=BEHIND_PROXY).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_process_without_its_database_is_not_healthy(tmp_path: Path) -> None:
    away = production(tmp_path, "postgresql://u:p@127.0.0.1:1/boxwright")
    with started(tmp_path, away) as running:
        answer = get(f"{running.url}/healthz")
    assert (answer.status_code, answer.text) == (503, "The database does not answer.\n")


def test_the_log_holds_the_setup_link_until_there_is_an_account(here: Server) -> None:
    assert (
        f"https://boxes.example.org/setup#{code_of(here.environment['BOXWRIGHT_SECRET_KEY'])}" in here.log.read_text()
    )
