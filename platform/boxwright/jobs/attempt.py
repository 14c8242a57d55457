"""One attempt at a job: claimed, worked on in a folder of its own, ended. Whatever happens, the row says so."""

import logging
import uuid

from django.db import DatabaseError, transaction

from boxwright import scratch
from boxwright.jobs.beat import Beat
from boxwright.jobs.faults import Fault, Lost, OurFault, SurroundingsFault, fault_of
from boxwright.jobs.job import Job
from boxwright.jobs.status import Status

log = logging.getLogger(__name__)


def attempt(model: type[Job], pk: int) -> None:
    """Work on a job, if it is queued, until it has ended or is no longer ours."""
    job = model.claim(pk)
    if job is None:
        return
    try:
        with scratch.folder_for(model.EVENT, pk) as folder:
            beat = Beat(job, folder)
            job.work(beat)
            if job.status == Status.RUNNING:
                beat.finish()
    except Lost:
        job.release()  # changes nothing unless this worker is leaving: else the row has said it first
    except Exception as error:  # noqa: BLE001 (each becomes one of three faults)
        _end(job, error)


def _end(job: Job, error: Exception) -> None:
    try:
        if job.is_mine():
            _end_by(job, fault_of(error), error)
        else:
            job.release()
    except DatabaseError as away:
        log.warning("%s %s could not be ended (%s); the reaper queues it again", job.kind(), job.pk, away)


def _end_by(job: Job, fault: Fault, error: Exception) -> None:
    detail = fault.detail
    if isinstance(fault, SurroundingsFault):
        log.warning("%s %s waits: %s", job.kind(), job.pk, error)
        if job.wait_for(fault.detail):
            return
        detail = f"{fault.detail} It was tried again for a day."
    elif isinstance(fault, OurFault):
        name = uuid.uuid4().hex[:8]
        log.error("[%s] %s %s failed", name, job.kind(), job.pk, exc_info=error)
        if job.try_once_more():
            return
        detail = f"{fault.detail} The server's log has it under {name}."
    _fail(job, fault, detail)


def _fail(job: Job, fault: Fault, detail: str) -> None:
    with transaction.atomic():
        if job.fail(fault.code, detail, **fault.changes):
            fault.also()
