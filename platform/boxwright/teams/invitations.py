"""Links that let one person join a team: with a role, an expiry, and used once.

A link is worth what its author is worth when it is used: the author must still be on the team, may still invite, and
may give the role. It gives nothing to whoever was removed or demoted since it was made.
"""

import logging
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import BooleanField, Case, When
from django.db.models.functions import Now

from boxwright.api.auth import digest, new_secret
from boxwright.errors import NotFound
from boxwright.teams import attempts, audit
from boxwright.teams.models import RANK, Demotion, Invitation, Membership, Role, Team, User
from boxwright.teams.queries import is_at_least, membership_of, require

log = logging.getLogger(__name__)

SUBJECT = "Invitation to a team on Boxwright"
# What people have written stands below the link, cut and on one line: an invitation must not carry their letter.
TEXT = """Join: {link}

You are invited to a team as {role}. The link works once, until {until:%Y-%m-%d %H:%M} UTC.

Team: {team}
Invited by: {author}
"""


@dataclass(frozen=True)
class Invited:
    """A new invitation; `link` can't be shown again, only the hash of its token is kept."""

    invitation: Invitation
    link: str
    mailed: bool


def may_invite(role: str, to: str) -> bool:
    """Managers invite up to their own role."""
    return is_at_least(role, Role.MANAGER) and is_at_least(role, to)


def invite(team: Team, *, by: User, role: Role, site: str, email: str = "", days: int = 7) -> Invited:
    """`site` is the address that the link begins with. Nobody invites above their own role. Raises TooOften."""
    own = membership_of(by, team)
    require(own.role if own else Role.VIEWER, max(role, Role.MANAGER, key=RANK.__getitem__))
    attempts.invite(by, team)
    token = new_secret()
    with transaction.atomic():
        invitation = Invitation.objects.create(
            team=team,
            email=email.strip().lower(),
            role=role,
            token_hash=digest(token),
            created_by=by,
            expires_at=Now() + timedelta(days=days),
        )
        audit.record(team, "invited", invitation.email or "link", role=role)
    invitation.refresh_from_db()
    # Behind #: what a browser sends to no server, so that the token is in no log.
    link = f"{site}/join#{token}"
    return Invited(invitation, link, mailed=_mail(invitation, link))


def _mail(invitation: Invitation, link: str) -> bool:
    """Whether the invitation went out by mail. When not, the link on the page still does."""
    if not (settings.MAIL_ENABLED and invitation.email):
        return False
    text = TEXT.format(
        link=link,
        role=invitation.role,
        until=invitation.expires_at,
        team=_one_line(invitation.team.name),
        author=_one_line(invitation.created_by.name),
    )
    try:
        send_mail(SUBJECT, text, None, [invitation.email])
    except (SMTPException, OSError) as error:
        log.warning("the invitation %s was not mailed: %s", invitation.pk, error)
        return False
    return True


def _one_line(name: str) -> str:
    """Without control and formatting characters."""
    return "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in name)[:100]


def open_invitation(token: str) -> Invitation:
    """The invitation of a link that still works. The NotFound says why another does not. Raises TooOften."""
    with attempts.at_links():
        return _open_invitation(token)


def _open_invitation(token: str) -> Invitation:
    ended = Case(When(expires_at__lte=Now(), then=True), default=False, output_field=BooleanField())
    rows = Invitation.objects.annotate(ended=ended).select_related("team", "created_by")
    invitation = rows.filter(token_hash=digest(token)).first()
    if invitation is None and not User.objects.exists():
        raise NotFound("This server is not set up yet: nobody has an account here who could have invited you.")
    if invitation is None:
        raise NotFound("This invitation does not exist or was withdrawn.")
    if invitation.accepted_at is not None:
        raise NotFound("This invitation was used already.")
    if invitation.ended:
        raise NotFound("This invitation has expired; ask for a new one.")
    author = membership_of(invitation.created_by, invitation.team)
    if author is None or not invitation.created_by.is_active or not may_invite(author.role, invitation.role):
        raise NotFound("This invitation does not exist or was withdrawn.")
    return invitation


@transaction.atomic
def accept(token: str, user: User) -> Membership:
    """Join the team. A link works once; whoever is a member already keeps the higher of the two roles."""
    # The team's row as a lock: nobody loses a role while it is looked at.
    Team.objects.select_for_update(of=("self",)).filter(invitations__token_hash=digest(token)).first()
    invitation = _open_invitation(token)
    team = invitation.team
    if Demotion.objects.filter(team=team, user=user, at__gte=invitation.created_at).exists():
        raise NotFound("This invitation is older than the loss of your role; ask for a new one.")
    mine = Invitation.objects.filter(pk=invitation.pk, accepted_at=None)
    if not mine.update(accepted_at=Now(), accepted_by=user):
        raise NotFound("This invitation was used already.")
    membership, created = Membership.objects.get_or_create(team=team, user=user, defaults={"role": invitation.role})
    if not created and RANK[membership.role] < RANK[invitation.role]:
        membership.role = invitation.role
        membership.save(update_fields=["role"])
    audit.record(team, "joined", user.email, by=user, role=membership.role, invited_by=invitation.created_by.name)
    return membership


@transaction.atomic
def withdraw(team: Team, invitation_id: int) -> None:
    invitation = Invitation.objects.filter(team=team, pk=invitation_id).first()
    if invitation is None:
        raise NotFound("There is no such invitation.")
    invitation.delete()
    audit.record(team, "withdrew invitation", invitation.email or "link", role=invitation.role)


def withdraw_of(team: Team, user: User) -> None:
    """The open links that the person made, and those that were mailed to them."""
    still_open = Invitation.objects.filter(team=team, accepted_at=None)
    still_open.filter(created_by=user).delete()
    still_open.filter(email=user.email).delete()
