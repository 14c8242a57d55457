"""Production refuses to start with an unsafe setting, and says which."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex, token_urlsafe

import pytest
from django.core.management.utils import get_random_secret_key

from boxwright.secret_key import weakness

ROOT = Path(__file__).resolve().parents[2]

SAFE = {
    "BOXWRIGHT_MODE": "production",
    "BOXWRIGHT_SECRET_KEY": "n3Vq8rT1xYzL5wKp0HsD7gJb2FmCa9Ue",
    "BOXWRIGHT_HOSTS": "boxes.example.org",
    "BOXWRIGHT_PUBLIC_URL": "https://boxes.example.org",
    "BOXWRIGHT_PROXIES": "127.0.0.1",
    "BOXWRIGHT_DATABASE_URL": "postgresql://u:p@db/boxwright",
    "BOXWRIGHT_BROKER_URL": "amqp://u:p@broker//",
    "BOXWRIGHT_S3_BUCKET": "boxes",
}


def environment_of(folder: Path, **changes: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("BOXWRIGHT_")}
    return {**inherited, "PYTHONPATH": str(ROOT / "platform"), "BOXWRIGHT_VAR": str(folder), **SAFE, **changes}


def start(tmp_path: Path, **changes: str) -> "subprocess.CompletedProcess[str]":
    environment = environment_of(tmp_path, **changes)
    code = "from boxwright import settings as s; print(s.SESSION_COOKIE_SECURE, s.DEBUG, s.STATIC_ROOT is not None)"
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, cwd=tmp_path, check=False)


def test_a_safe_production_starts(tmp_path: Path) -> None:
    started = start(tmp_path)
    assert started.stdout.split() == ["True", "False", "True"], started.stderr
    assert not (tmp_path / "secret-key").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOXWRIGHT_SECRET_KEY", ""),
        ("BOXWRIGHT_SECRET_KEY", "n3Vq8rT1xYzL5wKp0HsD7gJb2FmCa9U"),
        ("BOXWRIGHT_SECRET_KEY", "a" * 32),
        ("BOXWRIGHT_SECRET_KEY", "abcdefghijklmnopqrstuvwxyz0123456789"),
        ("BOXWRIGHT_SECRET_KEY", "0123456789abcdef" * 4),
        ("BOXWRIGHT_SECRET_KEY", "n3Vq8rT1xYzL5wKp" * 3),
        ("BOXWRIGHT_SECRET_KEY", "please-Change-this-key-4-your-own!"),
        ("BOXWRIGHT_DEBUG", "true"),
        ("BOXWRIGHT_HOSTS", ""),
        ("BOXWRIGHT_HOSTS", "boxes.example.org,*"),
        ("BOXWRIGHT_PROXIES", ""),
        ("BOXWRIGHT_DATABASE_URL", ""),
        ("BOXWRIGHT_DATABASE_URL", "sqlite:///x.sqlite3"),
        ("BOXWRIGHT_BROKER_URL", ""),
        ("BOXWRIGHT_S3_BUCKET", ""),
        ("BOXWRIGHT_PUBLIC_URL", "http://boxes.example.org"),
    ],
)
def test_an_unsafe_production_names_the_setting(tmp_path: Path, name: str, value: str) -> None:
    refused = start(tmp_path, **{name: value})
    assert refused.returncode != 0
    assert f"{name}: " in refused.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOXWRIGHT_MODE", "prod"),
        ("BOXWRIGHT_PROXIES", "1"),
        ("BOXWRIGHT_DEBUG", "maybe"),
        ("BOXWRIGHT_SMTP_PORT", "many"),
        ("BOXWRIGHT_DATABASE_URL", "mysql://x"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str, value: str) -> None:
    refused = start(tmp_path, **{name: value})
    assert refused.returncode != 0
    assert name in refused.stderr.strip().splitlines()[-1]


def test_an_embedded_start_makes_its_own_secret(tmp_path: Path) -> None:
    embedded = dict.fromkeys(SAFE, "")
    assert start(tmp_path, **embedded).returncode == 0
    key = tmp_path / "secret-key"
    assert len(key.read_text()) >= 50
    assert key.stat().st_mode & 0o077 == 0
    assert tmp_path.stat().st_mode & 0o077 == 0


def test_a_start_takes_along_no_client_and_no_other_database(tmp_path: Path) -> None:
    code = "import django, sys; django.setup(); print(sorted({'requests', 'psycopg'} & set(sys.modules)))"
    embedded = {"BOXWRIGHT_MODE": "embedded", "BOXWRIGHT_DATABASE_URL": "", "BOXWRIGHT_BROKER_URL": ""}
    environment = environment_of(tmp_path, **embedded, DJANGO_SETTINGS_MODULE="boxwright.settings")
    environment["PYTHONPATH"] += os.pathsep + str(ROOT)
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_folder_that_others_could_read_is_closed_at_the_next_start(tmp_path: Path) -> None:
    embedded = dict.fromkeys(SAFE, "")
    start(tmp_path, **embedded)
    tmp_path.chmod(0o755)
    (tmp_path / "secret-key").chmod(0o644)
    start(tmp_path, **embedded)
    assert [path.stat().st_mode & 0o777 for path in (tmp_path, tmp_path / "secret-key")] == [0o700, 0o600]


def test_a_folder_that_is_shared_on_purpose_stays_so(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    start(tmp_path, **dict.fromkeys(SAFE, ""))
    assert tmp_path.stat().st_mode & 0o7777 == 0o1777
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("make", [get_random_secret_key, lambda: token_hex(16), lambda: token_urlsafe(24)])
def test_random_keys_are_taken(make: Callable[[], str]) -> None:
    assert [key for key in (make() for _ in range(1000)) if weakness(key)] == []


def test_djangos_checks_for_deployment_find_nothing(tmp_path: Path) -> None:
    """Whatever SECRET_KEY is shorter than 50 characters Django calls weak; ours is judged by what it is made of."""
    environment = environment_of(tmp_path, BOXWRIGHT_SECRET_KEY=token_urlsafe(48))
    command = [sys.executable, str(ROOT / "manage.py"), "check", "--deploy", "--fail-level", "DEBUG"]
    checked = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


@pytest.mark.parametrize(
    ("buckets", "said"),
    [
        ("scans", "expected s3://bucket"),
        ("s3://scans,http://169.254.169.254/", "expected s3://bucket"),
        ("s3://boxes/teams/", "boxes is the store's own bucket"),
    ],
)
def test_buckets_of_imports_are_named_or_refused(tmp_path: Path, buckets: str, said: str) -> None:
    done = start(tmp_path, BOXWRIGHT_IMPORT_BUCKETS=buckets)
    assert done.returncode != 0
    assert "BOXWRIGHT_IMPORT_BUCKETS" in done.stderr
    assert said in done.stderr
    assert start(tmp_path, BOXWRIGHT_IMPORT_BUCKETS="s3://scans,s3://pictures/2026/").returncode == 0
