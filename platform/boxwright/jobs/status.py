"""The statuses of a job, and which may follow which."""

from django.db import models


class Status(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.QUEUED: frozenset({Status.RUNNING, Status.CANCELED, Status.FAILED}),
    Status.RUNNING: frozenset({Status.SUCCEEDED, Status.FAILED, Status.CANCELED, Status.QUEUED, Status.WAITING}),
    Status.WAITING: frozenset({Status.QUEUED, Status.CANCELED}),
    Status.SUCCEEDED: frozenset(),
    Status.FAILED: frozenset({Status.QUEUED}),
    Status.CANCELED: frozenset({Status.QUEUED}),
}
ACTIVE = (Status.QUEUED, Status.RUNNING)
"""Taking a worker, or about to."""
OPEN = (*ACTIVE, Status.WAITING)
"""What it needs must stay. A waiting job waits for a person: it takes no worker, and nothing sends it again."""
ENDED = (Status.SUCCEEDED, Status.FAILED, Status.CANCELED)
MENDABLE = (Status.FAILED, Status.CANCELED)
"""What a person may have tried again."""


def sources_of(target: Status) -> list[Status]:
    """The statuses from which `target` may be reached."""
    return [source for source, targets in TRANSITIONS.items() if target in targets]
