"""The fixed cast: alice owns the team, mona manages, bob annotates, vera views.

charlie is a stranger, with a team of his own.
"""

import fcntl
import gc
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db.backends.signals import connection_created
from django.test import override_settings
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from rest_framework.test import APIClient

from boxwright.projects.models import Label, Project
from boxwright.teams.models import Membership, Role, Team, User
from tests.services.server import migrated_file
from tests.services.shared import FOLDER, begin_session

gc.disable()  # until the tests are collected

PASSWORD = "correct horse battery"

# How long an example takes says how busy the machine is, not whether a law holds.
hypothesis_settings.register_profile("thorough", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The same examples each day: no change is refused for what another day would have found. `make test-full` draws anew.
hypothesis_settings.register_profile(
    "daily", hypothesis_settings.get_profile("thorough"), max_examples=25, derandomize=True
)
hypothesis_settings.load_profile("daily")


LONGEST = (
    "training/test_run_process.py",
    "exporters/test_artifacts.py",
    "exporters/test_damaged_artifacts.py",
    "test_schema.py",
    "platform/test_backups.py",
    "annotations/test_frozen.py",
    "annotations/test_archives.py",
    "platform/test_crowd.py",
    "platform/test_door.py",
    "platform/test_event_stream.py",
    "training/engine/test_cli.py",
    "platform/test_docs.py",
    "platform/test_supervisor.py",
    "platform/test_production.py",
    "tests/test_access.py",
    "training/engine/test_train.py",
    "training/engine/test_commands.py",
    "training/test_suggestions.py",
    "training/engine/test_distributed.py",
    "annotations/test_objects_machine.py",
    "annotations/test_server_memory.py",
    "platform/test_clocks.py",
    "platform/test_attempts.py",
    "platform/test_queue.py",
    "e2e/test_whole_loop.py",
    "e2e/test_pages.py",
    "e2e/test_together.py",
    "e2e/test_offline.py",
    "e2e/test_classification.py",
    "e2e/test_import.py",
)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # the one process that starts the others
        config.add_cleanup(begin_session())


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """One process before the others: in a fresh clone they find compiled what it has imported."""
    first = Path(os.environ[FOLDER]) / "collected"
    with first.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not first.exists():
            try:
                return (yield)
            finally:
                first.touch()
    return (yield)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest first: nobody waits for it at the end. What drives a browser is told by its folder."""
    for item in items:
        if item.path.parent.name == "e2e":
            item.add_marker("e2e")
    items.sort(key=lambda item: next((n for n, name in enumerate(LONGEST) if str(item.path).endswith(name)), 99))


def pytest_collection_finish() -> None:
    """What the tests were collected from stays: it is not looked through again and again."""
    gc.freeze()
    gc.enable()


def own_settings(folder: Path) -> dict[str, Any]:
    """Object store and queue in `folder`, whatever the environment says; jobs at once; nothing slow."""
    stores: Any = settings.STORAGES
    objects = {**stores["objects"], "OPTIONS": {**stores["objects"]["OPTIONS"]}}
    if "location" in objects["OPTIONS"]:
        objects["OPTIONS"]["location"] = folder / "objects"
    return {
        "STORAGES": {**stores, "objects": objects},
        "SCRATCH_DIR": folder / "scratch",
        "WEIGHTS_DIR": None,
        "QUEUE_FOLDER": folder / "queue",
        "JOBS_INLINE": True,
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
        "WHITENOISE_AUTOREFRESH": True,  # else each client of a test looks at all static files first
    }


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Iterator[None]:
    """SQLite's tables come from the file that one process has migrated: migrating takes seconds, a copy none."""

    def lay_tables(connection: Any, **_: Any) -> None:
        connection_created.disconnect(lay_tables)
        if connection.vendor == "sqlite":
            with closing(sqlite3.connect(migrated_file())) as migrated:
                migrated.backup(connection.connection)

    connection_created.connect(lay_tables)
    yield
    connection_created.disconnect(lay_tables)


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path) -> Iterator[None]:
    """Each test has its own."""
    with override_settings(**own_settings(tmp_path)):
        yield


def make_user(name: str) -> User:
    return User.objects.create_user(f"{name}@example.org", PASSWORD, name=name.capitalize())


@pytest.fixture
def team(db: None) -> Team:
    return Team.objects.create(slug="plates", name="Plates")


@pytest.fixture
def alice(team: Team) -> User:
    return make_member("alice", team, Role.OWNER)


@pytest.fixture
def mona(team: Team) -> User:
    return make_member("mona", team, Role.MANAGER)


@pytest.fixture
def bob(team: Team) -> User:
    return make_member("bob", team, Role.ANNOTATOR)


@pytest.fixture
def vera(team: Team) -> User:
    return make_member("vera", team, Role.VIEWER)


@pytest.fixture
def charlie(db: None) -> User:
    """A stranger: owner of another team."""
    return make_member("charlie", Team.objects.create(slug="strangers", name="Strangers"), Role.OWNER)


def make_member(name: str, team: Team, role: Role) -> User:
    user = make_user(name)
    Membership.objects.create(team=team, user=user, role=role)
    return user


@pytest.fixture
def project(team: Team, alice: User) -> Project:
    """A detection project with the labels raccoon and cat."""
    return make_project(team, alice)


def make_project(team: Team, author: User) -> Project:
    made = Project.objects.create(
        team=team, slug="raccoons", name="Raccoons", task="detection", seed=0, created_by=author
    )
    for position, (name, color) in enumerate([("raccoon", "#AA53FB"), ("cat", "#F5A420")]):
        Label.objects.create(project=made, name=name, color=color, position=position)
    return made


@pytest.fixture
def as_user() -> Callable[[User], APIClient]:
    """`as_user(bob).get("/api/v1/me/")`: an API client logged in as that person."""

    def client(user: User) -> APIClient:
        made = APIClient()
        made.force_authenticate(user)
        return made

    return client


def folder_from(variable: str) -> Path:
    """The folder that an environment variable names; skips, loudly, where it is absent."""
    value = os.environ.get(variable)
    if not value or not Path(value).is_dir():
        pytest.skip(f"{variable} is not set to a folder: real data is needed here")
    return Path(value)


@pytest.fixture(scope="session")
def test_data() -> Path:
    return folder_from("BOXWRIGHT_TEST_DATA")


@pytest.fixture(scope="session")
def weights_dir() -> Path:
    return folder_from("BOXWRIGHT_WEIGHTS_DIR")
