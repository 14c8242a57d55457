"""What the queue does for images: imports and snapshots. Each may run twice."""

from celery import shared_task

from annotations import imports, snapshots
from annotations.models import Import, Snapshot


@shared_task(name=Import.TASK)
def run_import(import_id: int) -> None:
    imports.run(import_id)


@shared_task(name=Snapshot.TASK)
def build_snapshot(snapshot_id: int) -> None:
    snapshots.build(snapshot_id)
