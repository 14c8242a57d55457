"""Reading projects as somebody: a stranger finds nothing, and nobody finds one that is being deleted."""

from typing import Any

from django.db.models import F, Prefetch, QuerySet

from boxwright.errors import NotFound
from boxwright.projects.models import Label, Project
from boxwright.statements import Rows
from boxwright.teams.models import Membership, Role
from boxwright.teams.queries import is_at_least, require


def projects_of(user: Any) -> QuerySet[Project]:
    """The user's projects, each with `member_role`, its team and its labels: two queries for any number."""
    return _mine(user).prefetch_related(Prefetch("labels", queryset=Label.objects.order_by("position", "id")))


def may_make_labels(user: Any, project: Project) -> bool:
    """Managers make labels, by whatever way. False also for whoever left, and for nobody."""
    membership = Membership.objects.filter(team_id=project.team_id, user_id=user.pk).first() if user else None
    return membership is not None and is_at_least(Role(membership.role), Role.MANAGER)


def project_for(user: Any, project_id: int, role: str = Role.VIEWER) -> Project:
    """The project, if `user` is on its team with at least `role`. Raises NotFound for strangers, else NotAllowed."""
    project = _project.first(user.pk, project_id) if user.pk else None
    if project is None:
        raise NotFound("There is no such project.")
    require(project.member_role, role)
    found: Project = project
    return found


@Rows
def _project(user_id: int, project_id: int) -> QuerySet[Any, Any]:
    return _of_member(user_id).filter(pk=project_id)


def label_for(user: Any, label_id: int, role: str = Role.VIEWER) -> Label:
    label = Label.objects.filter(pk=label_id, project__in=_mine(user)).first()
    if label is None:
        raise NotFound("There is no such label.")
    label.project = project_for(user, label.project_id, role)
    return label


def _mine(user: Any) -> QuerySet[Any]:
    return _of_member(user.pk) if user.pk else Project.objects.none()


def _of_member(user_id: int) -> QuerySet[Any]:
    rows = Project.objects.filter(team__memberships__user_id=user_id, deleted_at=None)
    return rows.annotate(member_role=F("team__memberships__role")).select_related("team")
