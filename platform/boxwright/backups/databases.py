"""Which database is behind us, and how it is written to files and filled from them."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, cast

from django.db import connection

from boxwright.backups import postgres, sqlite

About = dict[str, Any]


class Database(Protocol):
    def dump(self, folder: Path) -> About: ...

    def filled(self, folder: Path, about: About) -> AbstractContextManager[None]: ...


MODULES = {"sqlite": sqlite, "postgresql": postgres}


def here() -> Database:
    return cast("Database", MODULES[connection.vendor])
