"""A project: made with its labels, renamed, deleted with everything that belongs to it."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from boxwright.jobs import enqueue
from boxwright.projects.labels import NewLabel, add_labels
from boxwright.projects.models import Project
from boxwright.teams import audit
from boxwright.teams.models import Team, User
from boxwright.teams.slugs import create_with_slug

REMOVE = "boxwright.projects.tasks.remove_project"


@transaction.atomic
def create_project(*, team: Team, author: User, name: str, task: str, labels: Iterable[NewLabel] = ()) -> Project:
    """The slug is unique over the installation: pages are /p/{slug}/…"""
    name = name.strip()

    def create(slug: str) -> Project:
        return Project.objects.create(team=team, slug=slug, name=name, task=task, created_by=author)

    project = create_with_slug(Project, name, "project", create)
    add_labels(project, labels)
    audit.record(team, "made project", name)
    return project


@transaction.atomic
def change_project(project: Project, *, name: str | None = None, share_location: bool | None = None) -> None:
    """The slug stays when the name changes: links that people share go on working."""
    if name is not None:
        before, project.name = project.name, name.strip()
        audit.record(project.team, "renamed project", project.name, before=before)
    if share_location is not None:
        project.share_location = share_location
        audit.record(project.team, "shared locations" if share_location else "hid locations", project.name)
    project.save(update_fields=["name", "share_location", "updated_at"])


@transaction.atomic
def delete_project(project: Project) -> None:
    """Gone for everybody at once; a task then deletes its rows and its objects."""
    slug = f"deleted-{project.pk}"
    Project.objects.filter(pk=project.pk, deleted_at=None).update(deleted_at=timezone.now(), slug=slug)
    audit.record(project.team, "deleted project", project.name)
    enqueue(REMOVE, project.pk)
