"""Environment variables, read once in `settings.py` through typed readers that fail loudly."""

import os
import re
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import unquote, urlsplit

BUCKET = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<folder>.*))?", re.DOTALL)


class EnvironmentVariableError(Exception):
    """A setting is missing or unreadable; the message names the variable and what it expects."""


def text(name: str, default: str = "") -> str:
    """An empty variable counts as unset, here and below: containers are given all of them."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool = False) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise EnvironmentVariableError(f"{name}={value!r}: expected true or false")


def choice(name: str, *allowed: str) -> str:
    """One of `allowed`; the first where it is unset."""
    value = text(name) or allowed[0]
    if value not in allowed:
        raise EnvironmentVariableError(f"{name}={value!r}: expected one of {', '.join(allowed)}")
    return value


def integer(name: str, default: int, minimum: int = 0) -> int:
    value = text(name)
    if not value:
        return default
    if not value.isdecimal() or int(value) < minimum:
        raise EnvironmentVariableError(f"{name}={value!r}: expected a whole number of at least {minimum}")
    return int(value)


def optional_folder(name: str) -> Path | None:
    value = text(name)
    return Path(value).expanduser().resolve() if value else None


def folder(name: str, default: Path) -> Path:
    return optional_folder(name) or default


def names(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def networks(name: str) -> list[str]:
    """A comma-separated list of addresses and networks: 127.0.0.1, 10.0.0.0/8."""
    wanted = names(name)
    for part in wanted:
        try:
            ip_network(part)
        except ValueError:
            raise EnvironmentVariableError(
                f"{name}={part!r}: expected addresses or networks, comma-separated"
            ) from None
    return wanted


def buckets(name: str, own: str) -> list[str]:
    """A comma-separated list of buckets and folders in them: s3://pictures, s3://scans/2026/. `own` is refused."""
    wanted = names(name)
    for part in wanted:
        found = BUCKET.fullmatch(part)
        if found is None:
            raise EnvironmentVariableError(f"{name}={part!r}: expected s3://bucket or s3://bucket/folder/")
        if found["bucket"] == own:
            raise EnvironmentVariableError(f"{name}={part!r}: {own} is the store's own bucket")
    return wanted


def database(name: str, sqlite_file: Path, connections: int) -> dict[str, object]:
    """Django's DATABASES entry from `postgresql://user:password@host:port/name`; SQLite where it is unset."""
    url = text(name)
    if not url:
        return _sqlite(sqlite_file)
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path)))
    if parts.scheme not in {"postgres", "postgresql"}:
        raise EnvironmentVariableError(f"{name}: expected postgresql://user:password@host:port/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": {
            "pool": {"min_size": 0, "max_size": connections, "timeout": 10},
            # Calls of a statement before it is prepared, where its cursor prepares: `boxwright.statements`.
            "prepare_threshold": 5,
        },
    }


def _sqlite(file: Path) -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        # Requests have a fixed number of threads, and each keeps its connection: opening one costs as much as a query.
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            # FULL: an acknowledged save is on the disk, also after a power cut. Temporary tables are files, as SQLite
            # makes them: the plan of an import has a row an annotation.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
        },
        "TEST": {"NAME": None},
    }
