"""The test split: evaluated when somebody asks, its numbers given out only to be counted.

Each look at them invites a choice by them, after which they no longer tell how good a model is on new pictures.
"""

import json
from typing import Any

from django.db import transaction
from django.db.models import F

from boxwright.errors import Conflict, Invalid
from boxwright.jobs import MENDABLE, Status
from boxwright.projects.quotas import expect_slot
from boxwright.teams import audit
from boxwright.teams.models import User
from training.models import Holdout, Run


def image_count(run: Run) -> int:
    """Labelled images in the test split of the run's snapshot."""
    count: int = run.snapshot.splits.get("test", 0)
    return count


def evaluate_holdout(*, run: Run, author: User) -> tuple[Holdout, bool]:
    """The evaluation and whether this call queued it. One that failed is tried again. Raises Conflict, Invalid."""
    if run.status != Status.SUCCEEDED:
        raise Conflict(f"Only a run that has succeeded can be evaluated; this one is {run.status}.")
    if not image_count(run):
        raise Invalid("The run's snapshot has no labelled image in its test split.")
    with transaction.atomic():
        holdout, made = Holdout.objects.get_or_create(run=run, defaults={"created_by": author})
        queued = made or holdout.queue_again(MENDABLE)
        if queued:
            expect_slot(run.project.team_id, more=0)
            audit.record(run.project.team, "evaluated on test", f"{run.project.name} run {run.number}")
        if made:
            holdout.send()
    return holdout, queued


def look(holdout: Holdout) -> dict[str, Any]:
    """The report, after this look was counted. Raises Conflict until there is one, ObjectMissing, ObjectDamaged."""
    if holdout.status != Status.SUCCEEDED:
        raise Conflict(f"The evaluation on the test split is {holdout.status}.")
    run = holdout.run
    with holdout.report.open() as file:
        report: dict[str, Any] = json.load(file)
    with transaction.atomic():
        Holdout.objects.filter(pk=holdout.pk).update(looks=F("looks") + 1)
        holdout.refresh_from_db(fields=["looks"])
        audit.record(run.project.team, "looked at test", f"{run.project.name} run {run.number}")
        holdout.announce()
    return report
