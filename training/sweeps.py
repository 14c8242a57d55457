"""A grid of runs as one thing: planned, started, canceled. Its runs are ordinary runs that take turns as one party."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from annotations.models import Snapshot
from boxwright.errors import Conflict, Invalid
from boxwright.events.kinds import announce
from boxwright.jobs import OPEN, Status
from boxwright.projects.models import Project
from boxwright.projects.quotas import expect_slot, usage_of
from boxwright.teams import audit
from boxwright.teams.models import User
from training import axes as grid
from training import runs
from training.axes import Axes, Setting
from training.models import Run, Sweep


@dataclass(frozen=True, slots=True)
class SweepPlan:
    axes: Axes
    runs: tuple[tuple[Setting, runs.RunPlan], ...]

    @property
    def seconds(self) -> float:
        """Of all runs, one after another."""
        return sum(plan.seconds for _, plan in self.runs)


def plan_sweep(
    *,
    project: Project,
    author: User,
    snapshot: Snapshot | None,
    axes: Axes,
    model: str,
    base: str = "catalogue",
    config: Mapping[str, Any] | None = None,
) -> SweepPlan:
    """`model`, `base` and `config` hold where no axis says otherwise. Raises Invalid, telling which run can't be."""
    asked = {**(config or {}), "model": model, "base": base}
    ordered = grid.ordered(axes)
    plans = [(setting, _plan(setting, project, author, snapshot, asked)) for setting in grid.settings(ordered)]
    return SweepPlan(ordered, tuple(plans))


def _plan(
    setting: Setting, project: Project, author: User, snapshot: Snapshot | None, asked: Mapping[str, Any]
) -> runs.RunPlan:
    config = {**asked, **setting}
    model, base = str(config.pop("model")), str(config.pop("base"))
    try:
        return runs.plan_run(project=project, author=author, snapshot=snapshot, model=model, base=base, config=config)
    except Invalid as error:
        reason = "; ".join(row["detail"] for row in error.extra.get("errors", ())) or error.detail
        raise Invalid("One of the runs can't be.", {"axes": f"{grid.text_of(setting)}: {reason}"}) from error


def estimate(*, project: Project, author: User, snapshot: Snapshot | None, **asked: Any) -> dict[str, Any]:
    """What a sweep would cost, before it is started: `runs`, `estimate_seconds`, and the team's free `slots`."""
    plan = plan_sweep(project=project, author=author, snapshot=snapshot, **asked)
    jobs = usage_of(project.team_id)["jobs"]
    slots = None if jobs.limit is None else max(0, jobs.limit - jobs.used)
    return {"runs": len(plan.runs), "estimate_seconds": round(plan.seconds, 1), "slots": slots}


def start_sweep(
    *,
    project: Project,
    author: User,
    snapshot: Snapshot,
    name: str = "",
    stop_hopeless: bool = False,
    accept_licence: bool = False,
    **asked: Any,
) -> Sweep:
    """Queue all runs or none. Raises Invalid as `plan_sweep` does, and OverQuota."""
    plan = plan_sweep(project=project, author=author, snapshot=snapshot, **asked)
    runs.expect_labelled(snapshot)
    with transaction.atomic():
        for one in {one.config.model: one for _, one in plan.runs if one.config.base == "catalogue"}.values():
            runs.expect_licence(project, one, accepted=accept_licence)
        expect_slot(project.team_id, more=len(plan.runs))
        sweep = Sweep.objects.create(
            project=project,
            snapshot=snapshot,
            name=name or " × ".join(plan.axes).replace("_", " "),
            axes=plan.axes,
            config={**(asked.get("config") or {})},
            stop_hopeless=stop_hopeless,
            created_by=author,
        )
        for setting, one in plan.runs:
            runs.queue_run(one, project=project, author=author, snapshot=snapshot, sweep=sweep, setting=setting)
        audit.record(project.team, "started sweep", f"{project.name} {sweep.name}", runs=str(len(plan.runs)))
        announce(project.pk, "sweep", sweep)
    return sweep


@transaction.atomic
def cancel_sweep(sweep: Sweep) -> Sweep:
    """All its open runs, queued ones first. Twice changes nothing. Raises Conflict where all have ended otherwise."""
    mine = Run.objects.filter(sweep=sweep)
    canceled = [run.cancel() for run in mine.filter(status__in=OPEN).order_by("status", "-pk")]
    if any(canceled):
        audit.record(sweep.project.team, "canceled sweep", f"{sweep.project.name} {sweep.name}")
    elif not mine.filter(status=Status.CANCELED).exists():
        raise Conflict("All runs of this sweep have ended already.")
    return sweep
