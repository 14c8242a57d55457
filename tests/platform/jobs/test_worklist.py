"""Teams take turns, kinds of jobs go side by side, and nothing is done twice or forgotten."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models.functions import Now

from annotations.models import Import, Snapshot
from boxwright.jobs import MENDABLE, Job, Status, worklist
from boxwright.projects.models import Project
from boxwright.teams.models import Team
from training.models import Artifact, Holdout, Run, Sweep

MODEL = "mobilenet_v2"
TeamOf = Callable[[str], Project]


@pytest.fixture
def team_of(db: None) -> TeamOf:
    """`team_of("busy")`: a project of a team of that name."""

    def make(name: str) -> Project:
        team = Team.objects.create(slug=name, name=name)
        return Project.objects.create(team=team, slug=name, name=name, task="detection")

    return make


def queue(project: Project, count: int = 1) -> list[int]:
    return [Import.objects.create(project=project).pk for _ in range(count)]


class Work:
    """Claims and ends each job of `model`; `during` happens while the first is worked on."""

    def __init__(self, during: Callable[[], object] = lambda: None, model: type[Job] = Import) -> None:
        self.model = model
        self.done: list[int] = []
        self.during = during

    def __call__(self, pk: int) -> None:
        job = self.model.claim(pk)
        if job is None:
            return
        self.done.append(pk)
        if len(self.done) == 1:
            self.during()
        job.finish(Status.SUCCEEDED)
        while not self.model._default_manager.filter(pk=pk, started_at__lt=Now()).exists():
            """SQLite counts in milliseconds: the next one starts later, as in life."""

    @property
    def teams(self) -> list[str]:
        slugs = dict(Import.objects.values_list("pk", "project__team__slug"))
        return [slugs[pk] for pk in self.done]


def test_two_hundred_imports_of_one_team_delay_another_by_one(team_of: TeamOf) -> None:
    busy, other = team_of("busy"), team_of("other")
    queue(busy, 200)
    work = Work(during=lambda: queue(other))
    worklist.work_through_jobs(Import, work)
    assert work.teams[:3] == ["busy", "other", "busy"]
    assert len(work.done) == 201


def test_three_teams_take_turns(team_of: TeamOf) -> None:
    for name in ("one", "two", "three"):
        queue(team_of(name), 3)
    work = Work()
    worklist.work_through_jobs(Import, work)
    assert work.teams == ["one", "two", "three"] * 3


def test_a_team_with_something_running_elsewhere_comes_after_one_without(team_of: TeamOf) -> None:
    busy, other = team_of("busy"), team_of("other")
    queue(other, 1)
    first = Import.claim(queue(busy)[0])
    assert first is not None
    Import.objects.filter(project=other).update(started_at=first.started_at)  # served last, as far as times go
    queue(busy)
    work = Work()
    worklist.work_through_jobs(Import, work)
    assert work.teams == ["other", "busy"]


def test_within_a_team_the_first_that_was_queued_comes_first(team_of: TeamOf) -> None:
    wanted = queue(team_of("one"), 5)
    work = Work()
    worklist.work_through_jobs(Import, work)
    assert work.done == wanted


def runs_of(project: Project, count: int, **fields: Any) -> list[int]:
    snapshot, _ = Snapshot.objects.get_or_create(project=project, number=1, status=Status.SUCCEEDED)
    row = {"project": project, "snapshot": snapshot, "model": MODEL, "config": {"model": MODEL, "base": "none"}}
    first = Run.objects.filter(project=project).count() + 1
    return [Run.objects.create(**row, number=number, **fields).pk for number in range(first, first + count)]


def sweep_of(project: Project) -> Sweep:
    snapshot, _ = Snapshot.objects.get_or_create(project=project, number=1, status=Status.SUCCEEDED)
    return Sweep.objects.create(project=project, snapshot=snapshot, name="all", axes={})


def test_a_sweep_of_thirty_delays_a_run_by_one(team_of: TeamOf) -> None:
    project = team_of("one")
    sweep = runs_of(project, 30, sweep=sweep_of(project))
    single: list[int] = []
    work = Work(lambda: single.extend(runs_of(project, 2)), model=Run)
    worklist.work_through_jobs(Run, work)
    assert work.done == [sweep[0], single[0], sweep[1], single[1], *sweep[2:]]


def test_a_sweep_of_one_team_and_runs_of_another_take_turns(team_of: TeamOf) -> None:
    one, other = team_of("one"), team_of("other")
    sweep, later = runs_of(one, 3, sweep=sweep_of(one)), runs_of(other, 2)
    work = Work(model=Run)
    worklist.work_through_jobs(Run, work)
    assert work.done == [sweep[0], later[0], sweep[1], later[1], sweep[2]]


def test_two_sweeps_and_single_runs_of_a_team_take_turns(team_of: TeamOf) -> None:
    project = team_of("one")
    first, second = (runs_of(project, 2, sweep=sweep_of(project)) for _ in range(2))
    single = runs_of(project, 2)
    work = Work(model=Run)
    worklist.work_through_jobs(Run, work)
    assert work.done == [first[0], second[0], single[0], first[1], second[1], single[1]]


def test_a_single_run_comes_before_a_sweep_that_runs_elsewhere(team_of: TeamOf) -> None:
    project = team_of("one")
    sweep = runs_of(project, 3, sweep=sweep_of(project))
    assert Run.claim(sweep[0])
    single = runs_of(project, 1)
    found = worklist.next_job(Run, {})
    assert found is not None
    assert found[0] == single[0]


@pytest.mark.parametrize("model", [Import, Snapshot, Run, Artifact, Holdout])
def test_each_kind_of_job_knows_its_team(team: Team, project: Project, model: type[Job]) -> None:
    snapshot = Snapshot.objects.create(project=project, number=1, status=Status.SUCCEEDED)
    run = Run.objects.create(project=project, snapshot=snapshot, number=1, model="m", status=Status.SUCCEEDED)
    kinds: dict[type[Job], dict[str, Any]] = {
        Import: {"project": project},
        Snapshot: {"project": project, "number": 2},
        Run: {"project": project, "snapshot": snapshot, "number": 2},
        Artifact: {"run": run, "target": "onnx"},
        Holdout: {"run": run},
    }
    made = model._default_manager.create(**kinds[model])
    assert list(model._default_manager.filter(pk=made.pk).values_list(model.team_path(), flat=True)) == [team.pk]
    assert worklist.next_job(model, {}) == (made.pk, made.enqueued_at)


def test_a_message_that_finds_its_kind_busy_is_dropped_and_its_job_done_afterwards(team_of: TeamOf) -> None:
    project = team_of("one")
    (first,) = queue(project)

    def during() -> None:
        queue(project)
        worklist.work_through_jobs(Import, work)
        assert work.done == [first], "not while the first is worked on"

    work = Work(during)
    worklist.work_through_jobs(Import, work)
    assert len(work.done) == 2


def test_a_job_that_is_canceled_and_queued_anew_while_it_is_worked_on_is_done(team_of: TeamOf) -> None:
    """Its new message finds the kind busy."""
    (pk,) = queue(team_of("one"))
    tried: list[int] = []

    def work(pk: int) -> None:
        tried.append(pk)
        job = Import.claim(pk)
        assert job is not None
        if len(tried) == 1:
            job.cancel()
            job.queue_again(MENDABLE)
            worklist.work_through_jobs(Import, work)
        assert job.finish(Status.SUCCEEDED) == (len(tried) > 1)

    worklist.work_through_jobs(Import, work)
    assert tried == [pk, pk]


def test_a_job_that_was_given_back_is_not_tried_again_at_once(team_of: TeamOf) -> None:
    """The bucket is away: the reaper sends it again."""
    given_back, fine = queue(team_of("one"))[0], queue(team_of("two"))[0]
    tried: list[int] = []

    def work(pk: int) -> None:
        tried.append(pk)
        job = Import.claim(pk)
        assert job is not None
        if pk == given_back:
            job.release()
        else:
            job.finish(Status.SUCCEEDED)

    worklist.work_through_jobs(Import, work)
    assert tried == [given_back, fine]


def test_a_job_that_nobody_may_claim_is_not_looked_at_for_ever(team_of: TeamOf) -> None:
    looked_at: list[int] = []
    queue(team_of("one"), 2)
    worklist.work_through_jobs(Import, looked_at.append)
    assert len(looked_at) == 2


def test_a_job_that_goes_wrong_keeps_no_other_waiting(team_of: TeamOf) -> None:
    wrong, fine = queue(team_of("one"), 2)
    work = Work()

    def sometimes(pk: int) -> None:
        if pk == wrong:
            raise ZeroDivisionError
        work(pk)

    with pytest.raises(ZeroDivisionError):
        worklist.work_through_jobs(Import, sometimes)
    assert work.done == [fine]


@pytest.mark.usefixtures("leaving")
def test_a_worker_that_leaves_takes_nothing_more(team_of: TeamOf) -> None:
    queue(team_of("one"), 2)
    worklist.work_through_jobs(Import, Work())
    assert Import.objects.filter(status=Status.QUEUED).count() == 2
