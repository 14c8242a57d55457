"""The second half of deleting a project: its rows. Its objects are released; the collector takes what nobody needs."""

from collections.abc import Callable

from django.db import transaction

from boxwright.projects.models import Project
from boxwright.storage.registry import release_folder

Part = Callable[[Project], None]
_parts: list[Part] = []


def register(part: Part) -> None:
    """Called by the AppConfig of an app that has more rows of a project than one transaction should delete."""
    _parts.append(part)


def remove(project_id: int) -> None:
    """May stop in the middle and run again."""
    project = Project.objects.filter(pk=project_id).exclude(deleted_at=None).first()
    if project is None:
        return
    _remove_parts(project)
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)
        _remove_parts(project)  # what came meanwhile; nothing more can come
        project.delete()
        release_folder(f"projects/{project_id}/")


def _remove_parts(project: Project) -> None:
    for part in _parts:
        part(project)
