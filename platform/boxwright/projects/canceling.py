"""Canceling a job, of whatever kind."""

from django.db import transaction

from boxwright.errors import Conflict
from boxwright.jobs import Job, Status
from boxwright.teams import audit


@transaction.atomic
def cancel(job: Job) -> Job:
    """The job is canceled at once; whoever works on it stops at the next beat. Canceling twice changes nothing.

    Raises Conflict where it has ended otherwise.
    """
    kind = job._meta.verbose_name
    if job.cancel():
        project = job.its_project
        audit.record(project.team, f"canceled {kind}", f"{project.name} {job.title}")
        return job
    job.refresh_from_db(fields=["status"])
    if job.status != Status.CANCELED:
        raise Conflict(f"This {kind} has {job.status} already.")
    return job
