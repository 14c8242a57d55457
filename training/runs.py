"""Starting and resuming runs, and the one click that does it all again with what is labelled now."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.db.models import F

from annotations import snapshots
from annotations.models import Snapshot
from boxwright.errors import Conflict, Invalid
from boxwright.jobs import MENDABLE, Status
from boxwright.projects.models import Project
from boxwright.projects.quotas import expect_slot
from boxwright.teams import audit
from boxwright.teams.models import User
from training import estimates, small_boxes
from training.engine import catalog, freezing, transfer
from training.engine.config import Config
from training.engine.errors import ConfigError
from training.engine.model_info import ModelInfo
from training.models import BaseFile, Run, Sweep
from training.queries import last_succeeded, team_runs
from training.sweep_table import best_run

BASE_RUN, BASE_FILE = "run:", "file:"


@dataclass(frozen=True, slots=True)
class Base:
    """What a run begins with: `kind` as the engine's config has it; of a checkpoint, whose it is."""

    kind: str
    run: Run | None = None
    file: BaseFile | None = None


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What was asked for and can be done, and what it will cost. `images`: labelled ones in train and val."""

    config: Config
    base: Base
    images: dict[str, int]
    seconds: float


def start_run(
    *,
    project: Project,
    author: User,
    snapshot: Snapshot,
    model: str,
    base: str = "catalogue",
    config: Mapping[str, Any] | None = None,
    accept_licence: bool = False,
) -> Run:
    """Queue a run on `snapshot`, which may still be in the making. Raises Invalid, naming the field."""
    plan = plan_run(project=project, author=author, snapshot=snapshot, model=model, base=base, config=config)
    expect_labelled(snapshot)
    with transaction.atomic():
        expect_licence(project, plan, accepted=accept_licence)
        expect_slot(project.team_id)
        run = queue_run(plan, project=project, author=author, snapshot=snapshot)
        audit.record(project.team, "started run", f"{project.name} run {run.number}", model=run.model)
    return run


def plan_run(
    *,
    project: Project,
    author: User,
    snapshot: Snapshot | None,
    model: str,
    base: str = "catalogue",
    config: Mapping[str, Any] | None = None,
) -> RunPlan:
    """Without a snapshot: on what is labelled now. Raises Invalid, naming the field."""
    found = _parse_base(project, author, base, model)
    checked = check_config(project, model, {**(config or {}), "base": found.kind})
    images = estimates.images_in(project, snapshot)
    expected = small_boxes.brought_by(found.run, checked) if found.run else checked
    seconds = estimates.seconds_for(project, expected, estimates.seen_of(images, checked, found.run))
    return RunPlan(checked, found, images, seconds)


def queue_run(
    plan: RunPlan,
    *,
    project: Project,
    author: User,
    snapshot: Snapshot,
    sweep: Sweep | None = None,
    setting: Mapping[str, Any] | None = None,
) -> Run:
    """Inside a transaction, with a slot for it. Raises Invalid where its base was deleted meanwhile."""
    file = plan.base.file
    if file and not BaseFile.objects.select_for_update().filter(pk=file.pk).exists():
        raise Invalid("The base is wrong.", {"base": f"{file.name} was deleted"})
    run = Run.objects.create(
        project=project,
        number=_next_number(project),
        snapshot=snapshot,
        model=plan.config.model,
        base=plan.config.base,
        base_run=plan.base.run,
        base_file=file,
        config=asdict(plan.config),
        sweep=sweep,
        setting=setting or {},
        epochs=catalog.epochs_of(plan.config, plan.images["train"]),
        images=plan.images if snapshot.status == Status.SUCCEEDED else None,
        estimate_seconds=plan.seconds,
        created_by=author,
    )
    run.send()
    return run


def retrain(*, project: Project, author: User) -> Run:
    """One click: a snapshot of what is labelled now, the last run's settings, its best checkpoint as base.

    A sweep's runs stand for the best of them.
    """
    last = last_succeeded(project)
    if last is not None and last.sweep is not None:
        last = best_run(last.sweep)
    if not sum(estimates.images_in(project, None).values()):
        raise Invalid("There is nothing to learn from: label some images first.")
    with transaction.atomic():
        snapshot = snapshots.create_snapshot(project=project, author=author)
        if last is None:
            info = catalog.default_model(project.task)
            return start_run(project=project, author=author, snapshot=snapshot, model=info.name)
        base = f"{BASE_RUN}{last.pk}"
        same = {name: value for name, value in last.config.items() if name not in ("model", "base")}
        return start_run(project=project, author=author, snapshot=snapshot, model=last.model, base=base, config=same)


def continue_run(*, run: Run, author: User) -> Run:
    """A new run from the checkpoint of `run`, on a snapshot of what is labelled now: see `engine.replay`.

    Raises Conflict unless `run` has succeeded, Invalid.
    """
    if run.status != Status.SUCCEEDED:
        raise Conflict(f"Only a run that has succeeded can be continued; this one is {run.status}.")
    config = check_config(run.project, run.model, run.config).continued().to_dict()
    same = {name: value for name, value in config.items() if name not in ("model", "base")}
    with transaction.atomic():
        snapshot = snapshots.create_snapshot(project=run.project, author=author)
        base = f"{BASE_RUN}{run.pk}"
        return start_run(project=run.project, author=author, snapshot=snapshot, model=run.model, base=base, config=same)


def resume_run(run: Run) -> Run:
    """Go on from the last checkpoint. Raises Conflict unless the run has failed or was canceled."""
    with transaction.atomic():
        expect_slot(run.project.team_id)
        if not run.queue_again(MENDABLE):
            raise Conflict(f"Only a failed or canceled run can be resumed; this one is {run.status}.")
        audit.record(run.project.team, "resumed run", f"{run.project.name} run {run.number}")
    return run


def estimate(
    *,
    project: Project,
    author: User,
    snapshot: Snapshot | None,
    model: str,
    base: str = "catalogue",
    config: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What a run would cost, hold still and be hindered by, before it is started: see `EstimateSerializer`."""
    begun = _parse_base(project, author, base, model)
    checked = check_config(project, model, {**(config or {}), "base": begun.kind})
    images = estimates.images_in(project, snapshot)
    brought = small_boxes.brought_by(begun.run, checked) if begun.run else checked
    found = small_boxes.fit_for(project, checked) if brought == checked else None
    expected = brought if found is None else found.config
    seconds = estimates.seconds_for(project, expected, estimates.seen_of(images, checked, begun.run))
    parameters = freezing.parameter_table(checked.model, expected.form)
    return {
        "images": sum(images.values()),
        "epochs": catalog.epochs_of(expected, images["train"]),
        "estimate_seconds": round(seconds, 1),
        "passes": checked.tiles**2,
        "boxes_without_anchor": None if found is None else round(1 - found.share_before, 3),
        "advice": "" if found is None else found.advice,
        "transfer": transfer.expected(
            expected, catalog.model_info(checked.model).task, expected.learning_images(images["train"])
        ),
        "frozen": freezing.frozen(checked.freeze, parameters).to_dict() if parameters else None,
    }


def check_config(project: Project, model: str, config: Mapping[str, Any]) -> Config:
    """The whole config, with the model's defaults. Raises Invalid naming `model` or `config`."""
    info = _known_model(model)
    if info.task != project.task:
        raise Invalid(
            "The model does not fit the project.", {"model": f"{info.title} is for {info.task}, not {project.task}"}
        )
    try:
        return catalog.complete_config({**config, "model": model})
    except (ConfigError, TypeError) as error:
        raise Invalid("The settings are wrong.", {"config": str(error)}) from error


def _known_model(model: str) -> ModelInfo:
    try:
        return catalog.model_info(model)
    except ConfigError as error:
        raise Invalid("There is no such model.", {"model": error.detail}) from error


def _parse_base(project: Project, author: User, base: str, model: str) -> Base:
    if base in ("catalogue", "none"):
        return Base(base)
    if (file_id := _id_in(base, BASE_FILE)) and (
        file := BaseFile.objects.filter(team_id=project.team_id, pk=file_id).first()
    ):
        return Base("checkpoint", file=file)
    run_id = _id_in(base, BASE_RUN)
    run = team_runs(author, project).filter(pk=run_id).first() if run_id else None
    if run is None:
        expected = "expected catalogue, none, file:<id> or run:<id> of this team"
        raise Invalid("The base is wrong.", {"base": expected})
    if run.status != Status.SUCCEEDED:
        raise Invalid("The base is wrong.", {"base": f"run {run.number} has no finished checkpoint"})
    if run.model != _known_model(model).name:
        raise Invalid("The base is wrong.", {"base": f"run {run.number} trained {run.model}, not {model}"})
    return Base("checkpoint", run)


def _id_in(base: str, prefix: str) -> str | None:
    number = base.removeprefix(prefix)
    return number if base.startswith(prefix) and number.isascii() and number.isdecimal() else None


def expect_licence(project: Project, plan: RunPlan, *, accepted: bool) -> None:
    """Write down who said that they know that the base weights may not serve commerce. Raises Invalid if nobody did."""
    info = catalog.model_info(plan.config.model)
    if not info.forbids_commerce or plan.config.base != "catalogue":
        return
    if not accepted:
        reason = f"{info.title} is under {info.licence}. Say that you know, or start from random weights."
        raise Invalid(
            "The licence of the base weights wants your word.",
            {"accept_licence": reason},
        )
    audit.record(project.team, "accepted licence", info.title, licence=info.licence)


def expect_labelled(snapshot: Snapshot) -> None:
    """Raises Invalid where no run can learn from it."""
    if snapshot.status in (Status.FAILED, Status.CANCELED):
        raise Invalid("This snapshot could not be made.", {"snapshot": snapshot.error or "it failed"})
    if snapshot.filter:
        raise Invalid("This snapshot holds a part of the project.", {"snapshot": f"it is of {snapshot.name}"})
    if snapshot.status == Status.SUCCEEDED and not snapshot.labelled_count:
        raise Invalid("There is nothing to learn from.", {"snapshot": "it holds no labelled image"})


def _next_number(project: Project) -> int:
    """Inside a transaction: the row is ours until it ends."""
    Project.objects.filter(pk=project.pk).update(last_run_number=F("last_run_number") + 1)
    return Project.objects.values_list("last_run_number", flat=True).get(pk=project.pk)
