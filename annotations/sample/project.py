"""The sample project: made with its labels at once, filled with pictures by an import that draws them in the worker."""

from pathlib import Path

from django.db import transaction

from annotations.dataset.findings import Finding
from annotations.models import Import
from annotations.sample.drawing import LABELS, SEED, draw
from boxwright.jobs import Beat
from boxwright.projects.labels import NewLabel
from boxwright.projects.models import Project, TaskKind
from boxwright.projects.projects import create_project
from boxwright.projects.quotas import expect_slot
from boxwright.teams.models import Team, User


@transaction.atomic
def create(*, team: Team, author: User) -> Project:
    """Raises OverQuota."""
    project = create_project(
        team=team,
        author=author,
        name="Breakfast table",
        task=TaskKind.DETECTION,
        labels=[NewLabel(name) for name in LABELS],
    )
    # A seed of our own: both splits hold every label, for everybody who tries it.
    Project.objects.filter(pk=project.pk).update(seed=SEED)
    project.refresh_from_db()
    expect_slot(team.pk)
    job = Import.objects.create(
        project=project, created_by=author, archive_name="Sample pictures", source=Import.Source.SAMPLE
    )
    job.send()
    return project


def lay_images(_job: Import, beat: Beat, folder: Path) -> tuple[Finding, ...]:
    """What an import of this source works through: 7 s of drawing on one core, too long for a request."""
    draw(folder, beat.check)
    return ()
