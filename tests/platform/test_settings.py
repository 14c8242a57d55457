"""Production refuses to start with an unsafe setting, and says which."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

SAFE = {
    "BOXWRIGHT_MODE": "production",
    "BOXWRIGHT_SECRET_KEY": "k" * 50,
    "BOXWRIGHT_HOSTS": "boxes.example.org",
    "BOXWRIGHT_PUBLIC_URL": "https://boxes.example.org",
    "BOXWRIGHT_DATABASE_URL": "postgresql://u:p@db/boxwright",
    "BOXWRIGHT_BROKER_URL": "amqp://u:p@broker//",
    "BOXWRIGHT_S3_BUCKET": "boxes",
}


def start(tmp_path: Path, **changes: str) -> "subprocess.CompletedProcess[str]":
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("BOXWRIGHT_")}
    environment = {
        **inherited,
        "PYTHONPATH": str(ROOT / "platform"),
        "BOXWRIGHT_VAR": str(tmp_path),
        **SAFE,
        **changes,
    }
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
        ("BOXWRIGHT_SECRET_KEY", "short"),
        ("BOXWRIGHT_DEBUG", "true"),
        ("BOXWRIGHT_HOSTS", ""),
        ("BOXWRIGHT_HOSTS", "boxes.example.org,*"),
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
