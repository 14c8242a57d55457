"""A deleted project's images and what its snapshots hold: their rows go, and the collector looks at their bytes."""

from django.db import transaction

from annotations.imports.staged_rows import delete_staged
from annotations.models import BulkChange, Image, Import, Snapshot, TrashedImage
from annotations.object_keys import keys_of_image
from annotations.snapshots.holds import let_go
from boxwright.jobs import OPEN, Status
from boxwright.projects.models import Project
from boxwright.storage import registry

BATCH = 500


def remove_images(project: Project) -> None:
    """In batches, each whole: may stop in the middle and run again."""
    for kind in (Snapshot, Import, BulkChange):
        jobs = kind.objects.filter(project=project)
        jobs.filter(status__in=OPEN).update(status=Status.CANCELED, lease=None)  # their workers write no more rows
    for job in Import.objects.filter(project=project).select_related("project"):
        delete_staged(job)
    for kept in (Image, TrashedImage):
        rows = kept._default_manager.filter(project=project).order_by("pk")
        while batch := dict(rows.values_list("pk", "sha256")[:BATCH]):
            with transaction.atomic():
                kept._default_manager.filter(pk__in=batch).delete()
                registry.release(key for sha256 in batch.values() for key in keys_of_image(project.team_id, sha256))
    for snapshot in Snapshot.objects.filter(project=project):
        let_go(snapshot)
