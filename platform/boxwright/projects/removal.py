"""The second half of deleting a project: its rows, and its objects in the store."""

from collections.abc import Iterable

from boxwright.projects.models import Project
from boxwright.storage import store

BATCH = 500


def remove(project_id: int) -> None:
    """May run twice, or stop in the middle and run again. Nothing stays but the pictures other projects show."""
    project = Project.objects.filter(pk=project_id).exclude(deleted_at=None).first()
    if project is None:
        return
    while batch := list(project.images.order_by("pk").values_list("pk", "sha256")[:BATCH]):
        project.images.filter(pk__in=[pk for pk, _ in batch]).delete()
        _delete_pictures(project.team_id, {sha256 for _, sha256 in batch})
    for key in store().list(f"projects/{project.pk}/"):
        store().delete(key)
    project.delete()


def _delete_pictures(team_id: int, hashes: set[str]) -> None:
    """A team stores the same bytes once, however many of its projects show them."""
    shown = Project.objects.filter(team_id=team_id, images__sha256__in=hashes).values_list("images__sha256", flat=True)
    for sha256 in hashes.difference(shown):
        for key in picture_keys(team_id, sha256):
            store().delete(key)


def picture_keys(team_id: int, sha256: str) -> Iterable[str]:
    root = f"teams/{team_id}"
    yield f"{root}/images/{sha256[:2]}/{sha256}"
    yield f"{root}/thumbnails/{sha256}.jpg"
    yield f"{root}/previews/{sha256}.jpg"
