"""The queue's side of training: each task is named by the row it works on, and may run twice."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready, worker_shutting_down

from boxwright.jobs import stopping
from training import housekeeping, lanes, reaper, scratch, worker
from training.models import Artifact, Run


@shared_task(name=Run.TASK)
def train_run(run_id: int) -> None:
    lanes.work_through(Run, run_id, worker.train)


@shared_task(name=Artifact.TASK)
def make_artifact(artifact_id: int) -> None:
    lanes.work_through(Artifact, artifact_id, worker.export)


@worker_ready.connect
def _begin(**_kwargs: Any) -> None:
    scratch.sweep()
    reaper.start()
    housekeeping.start()


@worker_shutting_down.connect
def _give_jobs_back(**_kwargs: Any) -> None:
    """A warm shutdown waits for running tasks: their next beat ends them."""
    stopping.set()
