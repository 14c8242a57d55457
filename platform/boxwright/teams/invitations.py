"""Links that let one person join a team: with a role, an expiry, and used once."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone

from boxwright.api.auth import digest, new_secret
from boxwright.errors import NotFound
from boxwright.teams.models import RANK, Invitation, Membership, Role, Team, User
from boxwright.teams.queries import membership_of, require

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Invited:
    """A new invitation; `link` can't be shown again, only the hash of its token is kept."""

    invitation: Invitation
    link: str
    mailed: bool


def invite(team: Team, *, by: User, role: Role, site: str, email: str = "", days: int = 7) -> Invited:
    """`site` is the address that the link begins with. Nobody invites above their own role."""
    own = membership_of(by, team)
    require(own.role if own else Role.VIEWER, max(role, Role.MANAGER, key=RANK.__getitem__))
    token = new_secret()
    invitation = Invitation.objects.create(
        team=team,
        email=email.strip().lower(),
        role=role,
        token_hash=digest(token),
        created_by=by,
        expires_at=timezone.now() + timedelta(days=days),
    )
    link = f"{site}/join/{token}"
    return Invited(invitation, link, mailed=_mail(invitation, link))


def _mail(invitation: Invitation, link: str) -> bool:
    """Whether the invitation went out by mail. When not, the link on the page still does."""
    if not (settings.MAIL_ENABLED and invitation.email):
        return False
    team, author = invitation.team.name, invitation.created_by.name
    text = (
        f"{author} invites you to the team {team} on Boxwright, as {invitation.role}.\n\n"
        f"Join: {link}\n\nThe link works once, until {invitation.expires_at:%Y-%m-%d %H:%M} UTC."
    )
    subject = f"{author} invites you to {team}".replace("\n", " ").replace("\r", " ")
    try:
        send_mail(subject, text, None, [invitation.email])
    except (SMTPException, OSError) as error:
        log.warning("the invitation %s was not mailed: %s", invitation.pk, error)
        return False
    return True


def open_invitation(token: str) -> Invitation:
    """The invitation of a link that still works. The NotFound says why another does not."""
    invitation = Invitation.objects.select_related("team").filter(token_hash=digest(token)).first()
    if invitation is None:
        raise NotFound("This invitation does not exist or was withdrawn.")
    if invitation.accepted_at is not None:
        raise NotFound("This invitation was used already.")
    if invitation.expires_at <= timezone.now():
        raise NotFound("This invitation has expired; ask for a new one.")
    return invitation


@transaction.atomic
def accept(token: str, user: User) -> Membership:
    """Join the team. A link works once; whoever is a member already keeps the higher of the two roles."""
    invitation = open_invitation(token)
    mine = Invitation.objects.filter(pk=invitation.pk, accepted_at=None)
    if not mine.update(accepted_at=timezone.now(), accepted_by=user):
        raise NotFound("This invitation was used already.")
    membership, created = Membership.objects.get_or_create(
        team=invitation.team, user=user, defaults={"role": invitation.role}
    )
    if not created and RANK[membership.role] < RANK[invitation.role]:
        membership.role = invitation.role
        membership.save(update_fields=["role"])
    return membership


def withdraw(team: Team, invitation_id: int) -> None:
    if not Invitation.objects.filter(team=team, pk=invitation_id).delete()[0]:
        raise NotFound("There is no such invitation.")
