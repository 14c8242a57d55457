"""One life for every long job: queued, claimed, worked on, waiting for what is away, tried again, ended, announced.

No broker is trusted to keep a job: its row holds status, lease and heartbeat, and each change of it is conditional.
A kind of job is a model (`Job`) that names its work and its serializer.
"""

from boxwright.jobs.beat import Beat
from boxwright.jobs.faults import Lost, OurFault, SurroundingsFault, UserFault
from boxwright.jobs.job import PROGRESS, Job, job_models
from boxwright.jobs.sending import enqueue, stopping
from boxwright.jobs.status import ACTIVE, MENDABLE, OPEN, Status

__all__ = [
    "ACTIVE",
    "MENDABLE",
    "OPEN",
    "PROGRESS",
    "Beat",
    "Job",
    "Lost",
    "OurFault",
    "Status",
    "SurroundingsFault",
    "UserFault",
    "enqueue",
    "job_models",
    "stopping",
]
