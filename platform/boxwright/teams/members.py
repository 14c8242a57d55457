"""Who is on a team, as what. A team always keeps an owner."""

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.dispatch import Signal

from boxwright.errors import Conflict, NotAllowed, NotFound
from boxwright.teams import audit, invitations
from boxwright.teams.models import RANK, Demotion, Membership, Role, Team, User
from boxwright.teams.queries import membership_of

role_lost = Signal()
"""Sent with `team`, `user` and `role` (None: removed) in the transaction of the change. Other apps release what the
old role held."""


def members_of(team: Team) -> QuerySet[Membership]:
    return Membership.objects.filter(team=team).select_related("user")


def member_for(team: Team, membership_id: int) -> Membership:
    membership = members_of(team).filter(pk=membership_id).first()
    if membership is None:
        raise NotFound("There is no such member.")
    return membership


@transaction.atomic
def change_role(team: Team, membership_id: int, role: Role) -> Membership:
    """Whoever is demoted loses at once what the old role gave: open links, claims."""
    _lock(team)
    membership = member_for(team, membership_id)
    before = membership.role
    if role != Role.OWNER:
        _keep_an_owner(team, membership)
    membership.role = role
    membership.save(update_fields=["role"])
    if RANK[role] < RANK[before]:
        _send_away(team, membership.user)
        _let_go(team, membership.user, role)
    if role != before:
        audit.record(team, "changed role", membership.user.email, before=before, after=role)
    return membership


@transaction.atomic
def remove_member(team: Team, membership_id: int, *, by: User) -> None:
    """Owners remove anybody; everybody may leave. Open links and claims go with the membership."""
    _lock(team)
    membership, own = member_for(team, membership_id), membership_of(by, team)
    if own is None or (own.role != Role.OWNER and own.pk != membership.pk):
        raise NotAllowed("Only an owner removes others.")
    _keep_an_owner(team, membership)
    leaves = own.pk == membership.pk
    membership.delete()
    if not leaves:
        _send_away(team, membership.user)
    _let_go(team, membership.user, None)
    audit.record(team, "left" if leaves else "removed member", membership.user.email, role=membership.role)


def _send_away(team: Team, user: User) -> None:
    """No link that was made before now gives this person anything."""
    Demotion.objects.update_or_create(team=team, user=user, defaults={"at": Now()})


def _let_go(team: Team, user: User, role: Role | None) -> None:
    invitations.withdraw_of(team, user)
    role_lost.send(sender=None, team=team, user=user, role=role)


def _lock(team: Team) -> None:
    """Two owners who demote each other at once must not both succeed."""
    Team.objects.select_for_update().get(pk=team.pk)


def _keep_an_owner(team: Team, leaving: Membership) -> None:
    others = Membership.objects.filter(team=team, role=Role.OWNER).exclude(pk=leaving.pk)
    if leaving.role == Role.OWNER and not others.exists():
        raise Conflict("A team keeps at least one owner; make somebody else an owner first.")
