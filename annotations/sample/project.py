"""The sample project: made with its labels at once, filled with pictures by an import."""

from django.db import transaction

from annotations import imports
from annotations.sample.drawing import LABELS, SEED
from boxwright.projects.labels import NewLabel
from boxwright.projects.models import Project, TaskKind
from boxwright.projects.projects import create_project
from boxwright.teams.models import Team, User


@transaction.atomic
def create(*, team: Team, author: User) -> Project:
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
    imports.start_sample(project=project, author=author)
    return project
