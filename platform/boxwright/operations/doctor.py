"""What an installation needs, checked one by one; each check answers in one line."""

import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import module_has_submodule

from boxwright.celery import app
from boxwright.errors import DomainError
from boxwright.storage import store

LOW_DISK = 5 * 2**30
GIB = 2**30


class Sick(Exception):
    """The check found something that needs a person; the message says what and how to mend it."""


class Doubtful(Exception):
    """Boxwright runs without it, but something will not work."""


@dataclass(frozen=True, slots=True)
class Verdict:
    name: str
    state: str
    """`ok`, `warn` or `fail`."""
    line: str


Check = Callable[[], str]


def examine(checks: dict[str, Check]) -> list[Verdict]:
    """Every check, also after one has failed: the first symptom is seldom the cause."""
    return [_examine(name, check) for name, check in checks.items()]


def _examine(name: str, check: Check) -> Verdict:
    try:
        return Verdict(name, "ok", check())
    except Doubtful as doubt:
        return Verdict(name, "warn", str(doubt))
    except Exception as error:  # noqa: BLE001 (whatever a driver raises is the finding)
        text = error.detail if isinstance(error, DomainError) else str(error)
        return Verdict(name, "fail", " ".join(text.split()) or type(error).__name__)


def check_database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    if waiting := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Sick(f"{len(waiting)} migrations are not applied: run manage.py migrate")
    return f"{connection.vendor} {'.'.join(map(str, _version()))}, migrations applied"


def _version() -> tuple[int, ...]:
    version: tuple[int, ...] = connection.get_database_version()
    return version


def check_broker() -> str:
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=3)
    parts = urlsplit(settings.BROKER_URL)
    return f"{parts.scheme} at {parts.hostname}" if settings.BROKER_URL else f"folder {settings.QUEUE_FOLDER}"


def check_store() -> str:
    """A real round trip under a key of its own."""
    objects, key, content = store(), f"doctor/{uuid.uuid4()}", b"boxwright"
    objects.put(key, content)
    try:
        with objects.open(key) as file:
            if file.read() != content:
                raise Sick("the object store gave back other bytes than it was given")
    finally:
        objects.delete(key)
    return f"bucket {settings.S3_BUCKET}" if settings.S3_BUCKET else f"folder {settings.VAR / 'objects'}"


def check_disk() -> str:
    settings.SCRATCH_DIR.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.SCRATCH_DIR).free
    line = f"{free / GIB:.1f} GiB free at {settings.SCRATCH_DIR}"
    if free < LOW_DISK:
        raise Doubtful(f"{line}: training copies images and checkpoints there")
    return line


def check_privacy() -> str:
    mode = settings.VAR.stat().st_mode & 0o777 if settings.VAR.exists() else 0o700
    if mode & 0o077:
        raise Doubtful(f"other users of this machine can read {settings.VAR} (mode {mode:o}): chmod 700")
    return f"{settings.VAR} is ours alone"


CHECKS: dict[str, Check] = {
    "database": check_database,
    "broker": check_broker,
    "store": check_store,
    "disk": check_disk,
    "privacy": check_privacy,
}


def all_checks() -> dict[str, Check]:
    """Ours, then those of each app that has a module `doctor` with `CHECKS`."""
    checks = dict(CHECKS)
    for config in apps.get_app_configs():
        if config.module is not None and module_has_submodule(config.module, "doctor"):
            checks |= import_module(f"{config.name}.doctor").CHECKS
    return checks
