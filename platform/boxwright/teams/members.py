"""Who is on a team, as what. A team always keeps an owner."""

from django.db import transaction
from django.db.models import QuerySet

from boxwright.errors import Conflict, NotAllowed, NotFound
from boxwright.teams.models import Membership, Role, Team, User
from boxwright.teams.queries import membership_of


def members_of(team: Team) -> QuerySet[Membership]:
    return Membership.objects.filter(team=team).select_related("user")


def member_for(team: Team, membership_id: int) -> Membership:
    membership = members_of(team).filter(pk=membership_id).first()
    if membership is None:
        raise NotFound("There is no such member.")
    return membership


@transaction.atomic
def change_role(team: Team, membership_id: int, role: Role) -> Membership:
    _lock(team)
    membership = member_for(team, membership_id)
    if role != Role.OWNER:
        _keep_an_owner(team, membership)
    membership.role = role
    membership.save(update_fields=["role"])
    return membership


@transaction.atomic
def remove_member(team: Team, membership_id: int, *, by: User) -> None:
    """Owners remove anybody; everybody may leave."""
    _lock(team)
    membership, own = member_for(team, membership_id), membership_of(by, team)
    if own is None or (own.role != Role.OWNER and own.pk != membership.pk):
        raise NotAllowed("Only an owner removes others.")
    _keep_an_owner(team, membership)
    membership.delete()


def _lock(team: Team) -> None:
    """Two owners who demote each other at once must not both succeed."""
    Team.objects.select_for_update().get(pk=team.pk)


def _keep_an_owner(team: Team, leaving: Membership) -> None:
    others = Membership.objects.filter(team=team, role=Role.OWNER).exclude(pk=leaving.pk)
    if leaving.role == Role.OWNER and not others.exists():
        raise Conflict("A team keeps at least one owner; make somebody else an owner first.")
