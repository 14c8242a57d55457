"""A team: made by whoever wants one, renamed and ended by its owner."""

from django.db import transaction
from django.db.models import RestrictedError

from boxwright.errors import Conflict
from boxwright.storage.registry import release_folder
from boxwright.teams import audit
from boxwright.teams.models import Membership, Role, Team, User
from boxwright.teams.slugs import create_with_slug


@transaction.atomic
def create_team(*, owner: User, name: str) -> Team:
    name = name.strip()
    team = create_with_slug(Team, name, "team", lambda slug: Team.objects.create(slug=slug, name=name))
    Membership.objects.create(team=team, user=owner, role=Role.OWNER)
    audit.record(team, "made team", name, by=owner)
    return team


@transaction.atomic
def rename_team(team: Team, name: str) -> None:
    """The slug stays: links that people share go on working."""
    before, team.name = team.name, name.strip()
    team.save(update_fields=["name"])
    audit.record(team, "renamed team", team.name, before=before)


@transaction.atomic
def delete_team(team: Team) -> None:
    """Only without projects: deleting those is a decision of its own, one by one. The audit log stays, by slug."""
    audit.record(team, "deleted team", team.name)
    folder = f"teams/{team.pk}/"
    try:
        team.delete()
    except RestrictedError as error:
        raise Conflict("This team still has projects; delete them first.") from error
    release_folder(folder)
