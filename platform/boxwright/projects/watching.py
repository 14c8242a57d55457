"""Who may watch a project, and whether they still may: asked again and again, for all open streams at once."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from boxwright.projects.models import Project
from boxwright.projects.queries import project_for
from boxwright.teams.models import Session, Token, User


@dataclass(frozen=True, slots=True)
class Pass:
    """What a stream was opened with: the role, the password's hash at that time, and the session or token shown."""

    user_id: int
    project_id: int
    role: str
    password: str
    session: str | None = None
    token: int | None = None


def pass_of(user: User, project_id: int, *, session: str | None, token: int | None) -> Pass:
    """Raises NotFound for strangers."""
    role = getattr(project_for(user, project_id), "member_role", "")
    return Pass(user.pk, project_id, role, user.password, session, token)


def still_good(passes: Collection[Pass]) -> set[Pass]:
    """Those that would be given again: three queries, however many there are."""
    ranks = _ranks(passes)
    sessions = _sessions([shown.session for shown in passes if shown.session])
    tokens = _tokens([shown.token for shown in passes if shown.token])
    return {
        shown
        for shown in passes
        if ranks.get((shown.user_id, shown.project_id)) == (shown.role, shown.password)
        and (shown.session is None or shown.session in sessions)
        and (shown.token is None or shown.token in tokens)
    }


def _ranks(passes: Collection[Pass]) -> dict[tuple[int, int], tuple[str, str]]:
    member = "team__memberships__"
    rows = Project.objects.filter(
        pk__in={shown.project_id for shown in passes},
        deleted_at=None,
        **{f"{member}user__in": {shown.user_id for shown in passes}, f"{member}user__is_active": True},
    )
    columns = ("user_id", "role", "user__password")
    found: Any = rows.values_list("pk", *(F(member + column) for column in columns))
    return {(user, project): (role, password) for project, user, role, password in found}


def _sessions(keys: Collection[str]) -> set[str]:
    if not keys:
        return set()
    return set(Session.objects.live().filter(session_key__in=keys).values_list("session_key", flat=True))


def _tokens(ids: Collection[int]) -> set[int]:
    return set(Token.objects.live().filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
