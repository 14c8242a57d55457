"""What a training process says becomes rows and events, in batches; nothing is written to a run that is not ours."""

from pathlib import Path

import pytest

from boxwright.events.models import Event
from boxwright.jobs import Beat, Lost, Status
from tests.training.conftest import MakeRun
from training.models import LogLine, Metric, Run
from training.work import run_records
from training.work.run_records import RunRecords

STEP = {"event": "step", "epoch": 1, "epochs": 3, "step": 2, "steps": 4, "loss": 0.5, "eta_seconds": 12.0}


def metrics(epoch: int, score: float) -> dict[str, object]:
    values = {"loss": 1.0 / epoch, "AP": score, "AP50": 0.9, "learning_rate": 0.01}
    return {"event": "metrics", "epoch": epoch, "epochs": 3, "values": values, "seconds": 2.0, "eta_seconds": 4.0}


@pytest.fixture
def run(make_run: MakeRun) -> Run:
    claimed = Run.claim(make_run().pk)
    assert claimed is not None
    return claimed


@pytest.fixture
def book(run: Run, tmp_path: Path) -> RunRecords:
    Event.objects.all().delete()
    return RunRecords(run, Beat(run, tmp_path))


def row(run: Run) -> Run:
    return Run.objects.get(pk=run.pk)


def test_a_step_moves_the_run_on(run: Run, book: RunRecords) -> None:
    book.take(STEP)
    book.flush(now=True)
    now = row(run)
    assert (now.epoch, now.epochs, now.step, now.steps, now.loss, now.eta_seconds) == (1, 3, 2, 4, 0.5, 12.0)
    assert now.phase == "training"
    book.take(STEP | {"step": 4})
    book.flush(now=True)
    assert row(run).phase == "evaluating"


def test_epochs_become_metrics_and_events(run: Run, book: RunRecords) -> None:
    book.take(metrics(1, 0.2))
    book.take(metrics(2, 0.4))
    book.flush(now=True)
    assert [(m.epoch, m.values["AP"]) for m in Metric.objects.order_by("epoch")] == [(1, 0.2), (2, 0.4)]
    kinds = list(Event.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["metrics", "metrics", "run"]
    assert Event.objects.filter(kind="metrics").first().data["epoch"] == 1  # type: ignore[union-attr]


def test_an_epoch_done_again_overwrites_its_row(run: Run, book: RunRecords) -> None:
    for score in (0.2, 0.3):
        book.take(metrics(1, score))
        book.flush(now=True)
    assert [m.values["AP"] for m in Metric.objects.all()] == [0.3]


def test_the_run_shows_its_best_epoch(run: Run, book: RunRecords) -> None:
    for epoch, score in ((1, 0.2), (2, 0.6), (3, 0.4)):
        book.take(metrics(epoch, score))
        book.flush(now=True)
    assert row(run).metrics == {"AP": 0.6, "AP50": 0.9}
    book.take({"event": "done", "best_epoch": 2, "metrics": {"AP": 0.61, "AP50": 0.91, "AP75": None}})
    book.flush(now=True)
    assert row(run).metrics == {"AP": 0.61, "AP50": 0.91}


def test_lines_are_kept_in_order_up_to_a_bound(run: Run, book: RunRecords, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_records, "MAX_LOG_LINES", 4)
    for number in range(9):
        book.take({"event": "log", "line": f"line {number}"})
    book.flush(now=True)
    lines = [line.text for line in LogLine.objects.order_by("pk")]
    assert lines == ["line 0", "line 1", "line 2", "The log is full; what follows is not kept."]
    assert book.last_lines[-1] == "line 8", "a crash still shows how it ended"


def test_a_download_is_told_now_and_then(run: Run, book: RunRecords) -> None:
    for done in range(0, 14_000_001, 250_000):
        book.take({"event": "download", "bytes": done, "total": 14_000_000})
    book.flush(now=True)
    told = [line.text for line in LogLine.objects.order_by("pk")]
    assert told[-1] == "Downloading base weights: 14 of 14 MB"
    assert len(told) == 3


def test_an_event_of_a_newer_engine_is_left_out(run: Run, book: RunRecords) -> None:
    book.take({"event": "aurora", "colour": "green"})
    book.flush(now=True)


def test_small_news_wait_for_their_batch(run: Run, book: RunRecords) -> None:
    book.take(STEP)
    book.flush()
    assert row(run).step == 0


def test_a_canceled_run_stays_as_it_is_but_keeps_its_epochs_and_its_log(run: Run, book: RunRecords) -> None:
    Run.objects.get(pk=run.pk).cancel()
    book.take(STEP)
    book.take(metrics(1, 0.5))
    book.take({"event": "log", "line": "the last words"})
    with pytest.raises(Lost):
        book.flush(now=True)
    assert (row(run).status, row(run).step, row(run).metrics) == (Status.CANCELED, 0, {})
    assert Metric.objects.get().epoch == 1
    assert LogLine.objects.get().text == "the last words"


def test_a_deleted_project_ends_the_work(run: Run, book: RunRecords) -> None:
    Run.objects.filter(pk=run.pk).delete()
    book.take(STEP)
    with pytest.raises(Lost):
        book.flush(now=True)


def test_a_checkpoint_forgives_earlier_attempts(run: Run, book: RunRecords) -> None:
    Run.objects.filter(pk=run.pk).update(attempt=4)
    book.take({"event": "checkpoint", "path": "out/last.pt", "epoch": 1})
    book.flush(now=True)
    assert row(run).attempt == 1
