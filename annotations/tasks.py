"""The queue's side of images: imports and snapshots. A message says that something is queued; `worklist` decides what
comes next."""

from celery import shared_task

from annotations import imports, snapshots
from annotations.models import Import, Snapshot
from boxwright import worklist


@shared_task(name=Import.TASK)
def run_import(_import_id: int) -> None:
    worklist.work_through_jobs(Import, imports.run)


@shared_task(name=Snapshot.TASK)
def build_snapshot(_snapshot_id: int) -> None:
    worklist.work_through_jobs(Snapshot, snapshots.build)
