"""What the queue does for images: imports and snapshots. Each may run twice."""

from celery import shared_task

from annotations import snapshots
from annotations.models import Snapshot


@shared_task(name=Snapshot.TASK)
def build_snapshot(snapshot_id: int) -> None:
    snapshots.build(snapshot_id)
