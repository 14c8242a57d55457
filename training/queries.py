"""Reading runs and artifacts as somebody: a stranger finds nothing."""

from typing import Any

from django.db.models import Max, Prefetch, QuerySet, Sum

from annotations.models import Snapshot
from boxwright.errors import NotFound
from boxwright.jobs import Status
from boxwright.projects.models import Project
from boxwright.projects.queries import project_for, projects_of
from boxwright.statements import Rows
from boxwright.teams.models import Role, Team
from training.models import Artifact, BaseFile, Holdout, LogLine, Prediction, Preset, Run, Sweep, TryLink

LOG_PAGE = 1000


def runs_of(project: Project) -> QuerySet[Run]:
    return _whole(Run.objects.filter(project=project))


def team_runs(user: Any, project: Project) -> QuerySet[Run]:
    """Runs of `project` and its siblings: the user's projects of the same team and task."""
    siblings = projects_of(user).filter(team_id=project.team_id, task=project.task).values("pk")
    return _whole(Run.objects.filter(project__in=siblings))


def bases_of(user: Any, project: Project) -> QuerySet[Run]:
    """Those that a run of `project` can start from."""
    return team_runs(user, project).filter(status=Status.SUCCEEDED)


def run_for(user: Any, run_id: int, role: str = Role.VIEWER) -> Run:
    """The run, if `user` is on its team with at least `role`. Raises NotFound for strangers, else NotAllowed."""
    run = _run.first(run_id)
    if run is None:
        raise NotFound("There is no such run.")
    try:
        run.project = project_for(user, run.project_id, role)
    except NotFound:
        raise NotFound("There is no such run.") from None
    return run


@Rows
def _run(pk: int) -> QuerySet[Any, Run]:
    return _whole(Run.objects.filter(pk=pk))


def run_in(project: Project, run_id: int) -> Run:
    """The project's run. Raises NotFound, also for one of another project."""
    run = runs_of(project).filter(pk=run_id).first()
    if run is None:
        raise NotFound("There is no such run.")
    return run


def latest_runs(user: Any) -> QuerySet[Run]:
    """The newest run of each project of `user`."""
    newest = Run.objects.filter(project__in=projects_of(user).values("pk")).values("project")
    return _whole(Run.objects.filter(pk__in=newest.annotate(newest=Max("pk")).values("newest"))).order_by("-pk")


def last_succeeded(project: Project) -> Run | None:
    return runs_of(project).filter(status=Status.SUCCEEDED).order_by("-pk").first()


def snapshot_in(project: Project, snapshot_id: int) -> Snapshot:
    """The project's snapshot. Raises NotFound, also for one of another project."""
    snapshot = Snapshot.objects.filter(project=project, pk=snapshot_id).first()
    if snapshot is None:
        raise NotFound("There is no such snapshot.")
    return snapshot


def log_after(run: Run, line: int) -> list[LogLine]:
    """The next lines of the run's log after the one with the id `line`."""
    return list(run.log_lines.filter(pk__gt=line).order_by("pk")[:LOG_PAGE])


def sweeps_of(project: Project) -> QuerySet[Sweep]:
    return _with_runs(Sweep.objects.filter(project=project))


def sweep_for(user: Any, sweep_id: int, role: str = Role.VIEWER) -> Sweep:
    """The sweep, if `user` is on its team with at least `role`. Raises NotFound for strangers, else NotAllowed."""
    sweep = _with_runs(Sweep.objects.filter(pk=sweep_id)).first()
    if sweep is None:
        raise NotFound("There is no such sweep.")
    try:
        sweep.project = project_for(user, sweep.project_id, role)
    except NotFound:
        raise NotFound("There is no such sweep.") from None
    return sweep


def holdout_of(run: Run) -> Holdout | None:
    return Holdout.objects.select_related("run__project").filter(run=run).first()


def asked_holdout_of(run: Run) -> Holdout:
    """Raises NotFound."""
    if (holdout := holdout_of(run)) is None:
        raise NotFound("This run was not evaluated on the test split.")
    return holdout


def looks_at_test(project: Project) -> int:
    """By all runs of the project."""
    looks: int | None = Holdout.objects.filter(run__project=project).aggregate(looks=Sum("looks"))["looks"]
    return looks or 0


def prediction_for(user: Any, prediction_id: int, role: str = Role.VIEWER) -> Prediction:
    prediction = Prediction.objects.select_related("run__project").filter(pk=prediction_id).first()
    if prediction is None:
        raise NotFound("There is no such prediction.")
    try:
        project_for(user, prediction.run.project_id, role)
    except NotFound:
        raise NotFound("There is no such prediction.") from None
    return prediction


def artifact_for(user: Any, artifact_id: int, role: str = Role.VIEWER) -> Artifact:
    artifact = _artifact.first(artifact_id)
    if artifact is None:
        raise NotFound("There is no such artifact.")
    try:
        project_for(user, artifact.run.project_id, role)
    except NotFound:
        raise NotFound("There is no such artifact.") from None
    return artifact


@Rows
def _artifact(pk: int) -> QuerySet[Any, Artifact]:
    return Artifact.objects.select_related("run__project", "created_by").filter(pk=pk)


def try_link_for(user: Any, link_id: int, role: str = Role.VIEWER) -> TryLink:
    link = TryLink.objects.select_related("artifact__run__project__team").filter(pk=link_id).first()
    if link is None:
        raise NotFound("There is no such link.")
    try:
        project_for(user, link.artifact.run.project_id, role)
    except NotFound:
        raise NotFound("There is no such link.") from None
    return link


def presets_of(team: Team) -> QuerySet[Preset]:
    return Preset.objects.filter(team=team).select_related("team", "created_by")


def preset_in(team: Team, preset_id: int) -> Preset:
    """The team's preset. Raises NotFound, also for one of another team."""
    preset = presets_of(team).filter(pk=preset_id).first()
    if preset is None:
        raise NotFound("There is no such preset.")
    return preset


def base_files_of(team: Team) -> QuerySet[BaseFile]:
    return BaseFile.objects.filter(team=team).select_related("team", "created_by")


def base_file_in(team: Team, file_id: int) -> BaseFile:
    """The team's file. Raises NotFound, also for one of another team."""
    file = base_files_of(team).filter(pk=file_id).first()
    if file is None:
        raise NotFound("There is no such file.")
    return file


def _with_runs(sweeps: QuerySet[Sweep]) -> QuerySet[Sweep]:
    runs = Run.objects.only("number", "status", "setting", "metrics", "sweep_id")
    return sweeps.select_related("project", "snapshot", "created_by").prefetch_related(Prefetch("runs", runs))


def _whole(runs: QuerySet[Run]) -> QuerySet[Run]:
    return runs.select_related("project", "snapshot", "base_run__project", "base_file", "created_by")
