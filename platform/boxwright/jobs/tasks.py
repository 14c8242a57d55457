"""The queue's side of jobs. A message says that something of a kind is queued; `worklist` decides what comes next."""

import gc
from functools import partial
from typing import Any

from celery import shared_task
from celery.signals import worker_ready, worker_shutting_down

from boxwright.jobs import reaper, worklist
from boxwright.jobs.attempt import attempt
from boxwright.jobs.job import TASK, job_model
from boxwright.jobs.sending import stopping


@shared_task(name=TASK)
def work(kind: str, _pk: int) -> None:
    model = job_model(kind)
    worklist.work_through_jobs(model, partial(attempt, model))


@worker_ready.connect
def _begin(**_signal: Any) -> None:
    gc.freeze()  # what stays for ever is not looked through each time that a job makes many rows
    gc.set_threshold(10_000, 20, 20)  # nor is what a job makes: many rows, and few circles
    reaper.start()


@worker_shutting_down.connect
def _give_jobs_back(**_signal: Any) -> None:
    """A warm shutdown waits for running tasks: their next beat ends them."""
    stopping.set()
