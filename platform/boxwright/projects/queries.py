"""Reading projects as somebody: a stranger finds nothing."""

from typing import Any

from django.db.models import F, Prefetch, QuerySet

from boxwright.errors import NotFound
from boxwright.projects.models import Label, Project
from boxwright.teams.models import Membership, Role
from boxwright.teams.queries import require


def projects_of(user: Any) -> QuerySet[Project]:
    """The user's projects, each with `member_role`, its team and its labels: three queries for any number."""
    mine = Project.objects.filter(team__memberships__user_id=user.pk)
    rows = mine.annotate(member_role=F("team__memberships__role")).select_related("team")
    return rows.prefetch_related(Prefetch("labels", queryset=Label.objects.order_by("position", "id")))


def role_of(user: Any, project: Project) -> Role | None:
    """None for a stranger."""
    if not user.pk:
        return None
    membership = Membership.objects.filter(team_id=project.team_id, user_id=user.pk).first()
    return Role(membership.role) if membership else None


def project_for(user: Any, project_id: int, role: str = Role.VIEWER) -> Project:
    """The project, if `user` is on its team with at least `role`. Raises NotFound for strangers, else NotAllowed."""
    rows = Project.objects.select_related("team").filter(pk=project_id, team__memberships__user_id=user.pk)
    project = rows.annotate(member_role=F("team__memberships__role")).first() if user.pk else None
    if project is None:
        raise NotFound("There is no such project.")
    require(project.member_role, role)
    return project


def label_for(user: Any, label_id: int, role: str = Role.VIEWER) -> Label:
    label = Label.objects.filter(pk=label_id).first()
    if label is None:
        raise NotFound("There is no such label.")
    try:
        label.project = project_for(user, label.project_id, role)
    except NotFound as error:
        raise NotFound("There is no such label.") from error
    return label
