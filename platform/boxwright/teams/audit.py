"""What was done, by whom, from where: a line for each deed, in the deed's own transaction.

The actor and the address are those of the request that is being answered; a worker acts for nobody.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from boxwright import limits
from boxwright.api import origin
from boxwright.teams.models import AuditEntry, Team, User

SIGNED_IN, MADE_TOKEN = "signed in", "made token"
PROVED = (SIGNED_IN, MADE_TOKEN)
"""What only whoever knows the password does."""
SAME_DOWNLOAD = timedelta(minutes=10)
PRUNED_AT_ONCE = 2000


def record(team: Team, action: str, target: str = "", *, by: User | None = None, **details: str) -> None:
    """`record(project.team, "renamed project", "Cars", before="Carts")`. Call it in the deed's transaction.

    `by`: who came in with this very request, and was nobody when it began.
    """
    _write(team, by or origin.current().user, action, target, details)


def record_own(user: User, action: str, target: str = "", **details: str) -> None:
    """What concerns a person's account and no team: only that person reads it."""
    _write(None, user, action, target, details)


def record_download(team: Team, target: str) -> None:
    """Once in ten minutes a person and target: a browser fetches a large file in many requests."""
    seen = entries_of(team).filter(actor=origin.current().user, action="downloaded", target=target[:200])
    if not seen.filter(at__gt=Now() - SAME_DOWNLOAD).exists():
        record(team, "downloaded", target)


def entries_of(team: Team) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(team=team)


def own_entries(user: User) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(actor=user, team_slug="")


@transaction.atomic
def prune() -> int:
    """Delete one batch of entries older than AUDIT_DAYS; returns how many.

    Only the lowest ids are read: no index has the times. Rows that another worker has locked are left to it.
    """
    if not limits.AUDIT_DAYS:
        return 0
    oldest = AuditEntry.objects.order_by("id").values_list("id", flat=True)[:PRUNED_AT_ONCE]
    ended = AuditEntry.objects.filter(id__in=list(oldest), at__lt=Now() - timedelta(days=limits.AUDIT_DAYS))
    mine = list(ended.order_by("id").select_for_update(skip_locked=True).values_list("id", flat=True))
    return AuditEntry.objects.filter(id__in=mine).delete()[0]


def _write(team: Team | None, actor: User | None, action: str, target: str, details: dict[str, str]) -> None:
    AuditEntry.objects.create(
        team=team,
        team_slug=team.slug if team else "",
        actor=actor,
        actor_name=actor.name if actor else "",
        action=action,
        target=target[:200],
        details=details,
        address=origin.current().address,
    )
