"""The shape of the access table. `tests/test_access.py` walks the URL map against its rows.

Each app has a module here with

    ROWS: list[Row]                     one for each route and method
    def build(world: World) -> None     makes what the routes' ids name, for both teams:
                                        world.own["image_id"] = …; world.foreign["image_id"] = …

A row's statuses stand in the order of ROLES. Each request runs in a savepoint that is rolled back.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rest_framework.test import APIClient

from boxwright.projects.models import Project
from boxwright.teams.models import Team, User

ROLES = ("anonymous", "stranger", "viewer", "annotator", "manager", "owner")


@dataclass
class World:
    """alice's team with everything a route can name (`own`), and charlie's with the same (`foreign`).

    The keys are the names of the URL's arguments: project_id, label_id, image_id, run_id, slug, …
    """

    users: dict[str, User]
    team: Team
    project: Project
    foreign_team: Team
    foreign_project: Project
    own: dict[str, Any] = field(default_factory=dict)
    foreign: dict[str, Any] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    """Of each role: the cookie of a login that all its requests share."""
    client: APIClient = field(default_factory=APIClient)
    """Of all: each new one would set up its middleware anew."""


Body = dict[str, Any] | Callable[[World], dict[str, Any]] | None


@dataclass(frozen=True)
class Row:
    """`Row("PATCH", "label", "401 404 403 403 200 200", {"name": "x"})`.

    `form`: the body goes as multipart. `foreign`: a body that names things of another team; the owner gets 400 or 404.
    `raw`: a body that is neither, whose kind `headers` say. A status may be a choice: "200/302".
    """

    method: str
    route: str
    statuses: str
    body: Body = None
    form: bool = False
    foreign: Body = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes = b""

    def __str__(self) -> str:
        return f"{self.method} {self.route}"

    def expected(self, role: str) -> set[int]:
        text = self.statuses.split()[ROLES.index(role)]
        return {int(part) for part in text.split("/")}
