"""Asking a run's best checkpoint about the images that nobody has labelled yet."""

from collections.abc import Sequence

from django.db import transaction

from boxwright.errors import Conflict
from boxwright.jobs import OPEN, Status
from boxwright.projects.models import Project
from boxwright.projects.quotas import expect_slot
from boxwright.teams import audit
from boxwright.teams.models import User
from training import queries, suggestions
from training.models import Prediction, Run
from training.run_files import files_of


def suggest(
    *, project: Project, author: User, run: Run | None = None, chosen: Sequence[int] | None = None
) -> tuple[Prediction, bool]:
    """The prediction and whether this call queued it; without a run by the last one that succeeded.

    One at a time a project. Raises Conflict, OverQuota.
    """
    found = run or queries.last_succeeded(project)
    if found is None:
        raise Conflict("No run has succeeded yet: label some images and train first.")
    best = files_of(found).get("best.pt")
    if found.status != Status.SUCCEEDED or best is None:
        raise Conflict(f"Run {found.number} has {found.status}; only a run that has succeeded can suggest.")
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)
        under_way = Prediction.objects.filter(run__project=project, status__in=OPEN).select_related("run__project")
        if before := under_way.first():
            if before.run_id == found.pk:
                return before, False
            raise Conflict(f"Run {before.run.number} is still suggesting: wait for its end, or cancel it.")
        count = suggestions.waiting(project, best.sha256, chosen).count()
        if not count:
            raise Conflict(f"There is no unlabelled image that run {found.number} has not looked at yet.")
        expect_slot(project.team_id)
        prediction = Prediction.objects.create(run=found, chosen=chosen, image_count=count, created_by=author)
        audit.record(project.team, "asked for suggestions", f"{project.name} run {found.number}")
        prediction.send()
    return prediction, True
