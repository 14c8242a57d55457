"""Of a sweep that asks for it, a run that stays below the median of its siblings is stopped, and never the best one."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.models import Snapshot
from boxwright.jobs import MENDABLE, Beat, Lost
from boxwright.projects.models import Project
from tests.training.conftest import MakeRun
from training.hopeless import MARGIN, is_hopeless
from training.models import Metric, Run, Sweep
from training.work.run_records import RunRecords

scores = st.floats(0, 1)

# AP on val by epoch, in order of their ends, of the six-epoch runs of a sweep freeze × learning rate on the sample
# project (SSDlite, 128 px): all layers at 0.03, the heads at 0.03, all at 0.003, the heads at 0.003.
RECORDED = (
    [0.014, 0.025, 0.066, 0.115, 0.108],
    [0.006, 0.026, 0.053, 0.061, 0.069],
    [0.000, 0.002, 0.010, 0.012, 0.018],
    [0.000, 0.009, 0.009, 0.012, 0.013],
)


@pytest.mark.parametrize(
    ("best", "siblings", "stops"),
    [
        (0.0, [0.9, 0.9], False),
        (0.3, [0.1, 0.5, 0.6], True),
        (0.5, [0.1, 0.5, 0.6], False),
        (0.5 - MARGIN, [0.1, 0.5, 0.6], False),
        (0.4, [0.1, 0.2, 0.5, 0.6], False),
    ],
)
def test_a_run_below_the_median_less_a_margin_is_hopeless(best: float, siblings: list[float], stops: bool) -> None:
    assert is_hopeless(best, siblings) is stops


@given(st.lists(scores, min_size=1, max_size=8))
def test_the_best_run_is_never_hopeless(siblings: list[float]) -> None:
    assert not is_hopeless(max(siblings), siblings)


@pytest.fixture
def sweep(project: Project, snapshot: Snapshot) -> Sweep:
    return Sweep.objects.create(project=project, snapshot=snapshot, name="rates", axes={}, stop_hopeless=True)


Tell = Callable[..., Run]


@pytest.fixture
def tell(make_run: MakeRun, sweep: Sweep, tmp_path: Path) -> Tell:
    """`tell([0.1, 0.2])`: a run of the sweep that told these scores, and was stopped or not."""

    def make(curve: Sequence[float | None], epochs: int = 6, **fields: object) -> Run:
        run = Run.claim(make_run(sweep=sweep, epochs=epochs, **fields).pk)
        assert run is not None
        told(run, curve, tmp_path, epochs)
        return Run.objects.get(pk=run.pk)

    return make


def told(run: Run, curve: Sequence[float | None], folder: Path, epochs: int = 6) -> None:
    records = RunRecords(run, Beat(run, folder))
    try:
        for epoch, score in enumerate(curve, 1):
            values = {"loss": 1.0} if score is None else {"AP": score, "loss": 1.0}
            event = {"event": "metrics", "epoch": epoch, "epochs": epochs, "values": values}
            records.take({**event, "seconds": 1.0, "eta_seconds": 1.0})
            records.flush(now=True)
    except Lost:
        assert Run.objects.get(pk=run.pk).status == "canceled"


def test_of_recorded_curves_the_last_one_is_stopped_as_soon_as_it_is_behind(tell: Tell) -> None:
    *learning, flat = [tell(curve) for curve in RECORDED]
    assert {(run.status, run.epoch, run.hopeless_at) for run in learning} == {("running", 5, None)}
    assert (flat.status, flat.hopeless_at, flat.error_code) == ("canceled", 3, "hopeless")
    median = "the median of 3 runs of its sweep after as many epochs"
    assert flat.error == f"Stopped after epoch 3: its best AP, 0.009, is below 0.053, {median}."
    assert flat.log_lines.get().text == flat.error
    assert Metric.objects.filter(run=flat).count() == 3


def test_a_run_is_judged_only_when_it_was_evaluated(tell: Tell) -> None:
    for curve in RECORDED[:-1]:
        tell(curve)
    flat = tell([0.0, 0.009, None, None, 0.002])
    assert (flat.status, flat.hopeless_at) == ("canceled", 5)


def test_a_run_that_was_resumed_is_not_stopped_again(tell: Tell, tmp_path: Path) -> None:
    *_, flat = [tell(curve) for curve in RECORDED]
    assert flat.queue_again(MENDABLE)
    again = Run.claim(flat.pk)
    assert again is not None
    told(again, RECORDED[-1], tmp_path)
    again.refresh_from_db()
    assert (again.status, again.epoch, again.error) == ("running", 5, "")


def test_a_sweep_that_did_not_ask_stops_nothing(tell: Tell, sweep: Sweep) -> None:
    Sweep.objects.update(stop_hopeless=False)
    assert [tell(curve).status for curve in RECORDED] == ["running"] * 4


def test_a_run_of_another_length_is_no_sibling(tell: Tell) -> None:
    assert [tell(curve, epochs=9).status for curve in RECORDED[:-1]] == ["running"] * 3
    assert tell(RECORDED[-1]).status == "running"


def test_a_sibling_that_is_behind_says_nothing_and_one_that_was_stopped_counts(tell: Tell) -> None:
    for curve in RECORDED[:-1]:
        tell(curve[:3])
    assert tell(RECORDED[-1]).hopeless_at == 3
    assert tell([0.0, 0.02, 0.05, 0.05]).status == "running"  # one counts at epoch 4: the stopped one


def test_a_run_is_judged_neither_at_its_beginning_nor_at_its_end(tell: Tell) -> None:
    assert [tell([score, score], epochs=2).status for score in (0.5, 0.6, 0.7, 0.0)] == ["running"] * 4
    assert [tell([score, 0.6]).hopeless_at for score in (0.5, 0.6, 0.7, 0.0)] == [None] * 4
