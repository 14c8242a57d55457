"""Who is on which team, and what a role allows."""

from typing import Any

from django.db.models import Count, QuerySet

from boxwright.errors import NotAllowed, NotFound
from boxwright.teams.models import RANK, Membership, Role, Team


def is_at_least(role: str, needed: str) -> bool:
    return RANK[role] >= RANK[needed]


def require(role: str, needed: str) -> None:
    if not is_at_least(role, needed):
        raise NotAllowed(f"This needs the role {Role(needed).value}; yours is {Role(role).value}.")


def membership_of(user: Any, team: Team) -> Membership | None:
    return Membership.objects.filter(team=team, user_id=user.pk).first() if user.pk else None


def team_for(user: Any, slug: str, role: str = Role.VIEWER) -> Team:
    """The team, if `user` is on it with at least `role`. A stranger can't tell it from one that is not there."""
    mine = Membership.objects.select_related("team").filter(team__slug=slug, user_id=user.pk)
    membership = mine.first() if user.pk else None
    if membership is None:
        raise NotFound("There is no such team.")
    require(membership.role, role)
    return membership.team


def memberships_of(user: Any) -> QuerySet[Membership]:
    """The user's teams with `member_count`, in one query."""
    mine = Membership.objects.filter(user_id=user.pk).select_related("team")
    return mine.annotate(member_count=Count("team__memberships"))
