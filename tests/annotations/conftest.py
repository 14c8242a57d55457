import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from rest_framework.test import APIClient

from annotations.models import Image
from boxwright.projects.models import Project
from boxwright.teams.models import User
from tests.annotations.images import picture, upload


@pytest.fixture
def image(project: Project, bob: User, as_user: Callable[[User], APIClient]) -> Image:
    """One unlabelled image of 64×48 pixels."""
    created = upload(as_user(bob), project, one__jpg=picture())["created"]
    return Image.objects.get(pk=created[0]["id"])


@pytest.fixture
def real_database(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """A database that threads share as processes do. SQLite's tests run in memory, where locks work otherwise."""
    if connection.vendor != "sqlite":
        yield
        return
    settings, in_memory = connection.settings_dict, connection.connection
    name, file = settings["NAME"], tmp_path / "threads.sqlite3"
    with contextlib.closing(sqlite3.connect(file)) as copy:
        in_memory.backup(copy)
    settings["NAME"], connection.connection = str(file), None
    yield
    connection.close()
    settings["NAME"], connection.connection = name, in_memory
