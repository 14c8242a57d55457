"""The queue's side of training. A message says that something is queued; `worklist` decides what comes next."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready, worker_shutting_down

from boxwright import worklist
from boxwright.jobs import stopping
from training import housekeeping, reaper
from training.models import Artifact, Run
from training.work import image_cache, worker


@shared_task(name=Run.TASK)
def train_run(_run_id: int) -> None:
    worklist.work_through_jobs(Run, worker.train)


@shared_task(name=Artifact.TASK)
def make_artifact(_artifact_id: int) -> None:
    worklist.work_through_jobs(Artifact, worker.export)


@worker_ready.connect
def _begin(**_kwargs: Any) -> None:
    image_cache.sweep()
    reaper.start()
    housekeeping.start()


@worker_shutting_down.connect
def _give_jobs_back(**_kwargs: Any) -> None:
    """A warm shutdown waits for running tasks: their next beat ends them."""
    stopping.set()
