"""A real web process on a fresh database: uvicorn, its own `var/`, its own port."""

import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg

from tests.services.processes import PATIENCE, accepts, free_port, stop, wait_until
from tests.services.shared import made_once

ROOT = Path(__file__).resolve().parents[2]
CHEAP_PASSWORDS = """\
from django.contrib.auth.hashers import PBKDF2PasswordHasher
PBKDF2PasswordHasher.iterations = 1000
"""
"""A million cost 0.2 s of a core each time that an account is made or asked for its password."""
FIRST = {"email": "alice@example.org", "password": "correct horse battery"}


@dataclass
class Server:
    url: str
    environment: dict[str, str]
    process: "subprocess.Popen[bytes]"
    log: Path

    def client(self, token: str = "") -> httpx.Client:
        headers = {"Authorization": f"Token {token}"} if token else {}
        return httpx.Client(base_url=f"{self.url}/api/v1/", headers=headers, timeout=PATIENCE)

    @property
    def setup_code(self) -> str:
        from boxwright.teams.setup import code_of  # benchmarks start servers too, without Django

        return code_of((Path(self.environment["BOXWRIGHT_VAR"]) / "secret-key").read_text())

    def set_up(self) -> str:
        """Make the first account (alice, team "plates") and give its token."""
        with self.client() as client:
            client.get("auth/session/").raise_for_status()
            csrf = {"X-CSRFToken": client.cookies["csrftoken"]}
            first = {**FIRST, "name": "Alice", "team_name": "Plates", "code": self.setup_code}
            client.post("auth/setup/", json=first, headers=csrf).raise_for_status()
            answer = client.post("auth/token/", json=FIRST).raise_for_status()
            return str(answer.json()["token"])


@contextmanager
def server(folder: Path, limits: Mapping[str, int] | None = None, **settings: str) -> Iterator[Server]:
    """A web process on an installation of its own.

    `limits`: lines of `boxwright.limits` with another value; `settings`: variables of the environment.
    """
    with installed(folder) as environment, started(folder, environment | settings, limits) as running:
        yield running


@contextmanager
def installed(folder: Path) -> Iterator[dict[str, str]]:
    """The environment of an empty installation: migrated, without a process.

    SQLite in `folder`, or, where BOXWRIGHT_DATABASE_URL is set, a new database beside the one it names.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _database() as url:
        if not url:
            shutil.copyfile(migrated_file(), folder / "boxwright.sqlite3")
        yield _environment(folder, url)


def _environment(folder: Path, url: str) -> dict[str, str]:
    return {
        **os.environ,
        "BOXWRIGHT_VAR": str(folder),
        "BOXWRIGHT_DATABASE_URL": url,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
        "DJANGO_SETTINGS_MODULE": "boxwright.settings",
    }


def _migrate(environment: dict[str, str]) -> None:
    command = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0"]
    subprocess.run(command, env=environment, check=True)


def migrated_file() -> Path:
    """An empty SQLite database. Made once: migrating takes seconds, a copy none."""
    return made_once("boxwright.sqlite3", _make_migrated_file)


def _make_migrated_file(place: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="boxwright-template-") as folder:
        _migrate(_environment(Path(folder), ""))
        shutil.copyfile(Path(folder) / "boxwright.sqlite3", place)


@contextmanager
def started(folder: Path, environment: dict[str, str], limits: Mapping[str, int] | None = None) -> Iterator[Server]:
    """A web process on what is there; another with the same environment shares its database."""
    port = free_port()
    log = folder / f"web-{port}.log"
    changes = "".join(f"limits.{name} = {value}\n" for name, value in (limits or {}).items())
    code = f"{CHEAP_PASSWORDS}from boxwright import limits\n{changes}from boxwright.serve import main\nmain()"
    command = [sys.executable, "-c", code, "--port", str(port), "--leave-seconds", "1"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out, cwd=folder)
    try:
        wait_until(lambda: accepts(port) or process.poll() is not None, "the web process")
        yield Server(f"http://127.0.0.1:{port}", environment, process, log)
    finally:
        stop(process)


@contextmanager
def _database() -> Iterator[str]:
    url = os.environ.get("BOXWRIGHT_DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield ""
        return
    template = made_once("postgresql-template", partial(_make_migrated_database, url)).read_text()
    name = f"server_{uuid.uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield _named(url, name)
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _make_migrated_database(url: str, place: Path) -> None:
    """Writes its name. It goes with the server that it is on."""
    name = f"template_{uuid.uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    with tempfile.TemporaryDirectory(prefix="boxwright-template-") as folder:
        _migrate(_environment(Path(folder), _named(url, name)))
    place.write_text(name)


def _named(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
