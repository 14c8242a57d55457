"""The files that a run's row names: its checkpoints, its evaluation, its log."""

from collections.abc import Mapping

from django.db import transaction

from boxwright.jobs import Status
from boxwright.storage import registry
from boxwright.storage.named import Named
from training.models import Run

CHECKPOINT = ("best.pt", "evaluation.json", "last.pt")
"""What a run goes on from; named together."""
LOG = "log.txt"
NAMES = (*CHECKPOINT, LOG)

Files = dict[str, Named]


def files_of(run: Run) -> Files:
    return {name: Named(row["key"], row["sha256"]) for name, row in run.files.items()}


def name_files(run: Run, found: Mapping[str, Named]) -> bool:
    """Let the row name these instead of what it named; what it names no more is released. Raises Vanished.

    Only while the run is ours, or was canceled while it was: a worker that was thought dead names nothing.
    """
    before = files_of(run)
    after = before | dict(found)
    rows = {name: {"key": one.key, "sha256": one.sha256} for name, one in after.items()}
    with transaction.atomic():
        row = Run.objects.select_for_update().filter(pk=run.pk).first()
        if row is None or not _is_ours(row, run):
            return False
        Run.objects.filter(pk=run.pk).update(files=rows)
        registry.confirm(one.key for one in found.values())
        registry.release({one.key for one in before.values()} - {one.key for one in after.values()})
    run.files = rows
    return True


def _is_ours(row: Run, run: Run) -> bool:
    """`row` as it stands now, `run` as we claimed it."""
    if row.status == Status.RUNNING:
        return row.lease == run.lease
    return row.status == Status.CANCELED and row.started_at == run.started_at
