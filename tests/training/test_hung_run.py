"""A run whose process hangs or takes too much memory ends, says where it stood, and can be resumed. A real engine."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from pytest_django import Settings

from annotations.models import Snapshot
from boxwright import limits
from boxwright.jobs import Status
from boxwright.jobs.attempt import attempt
from boxwright.projects.models import Project
from boxwright.storage import store
from boxwright.teams.models import User
from tests.services.installation import MODEL, SMALL
from tests.services.processes import wait_until
from training import runs
from training.models import Run


@pytest.fixture
def run(project: Project, alice: User, drawn_snapshot: Snapshot) -> Run:
    return runs.start_run(
        project=project, author=alice, snapshot=drawn_snapshot, model=MODEL, base="none", config=SMALL
    )


def engines() -> list[psutil.Process]:
    found = psutil.Process().children(recursive=True)
    return [process for process in found if "training.engine" in process.cmdline()]


@contextmanager
def stopped_after_first_checkpoint(scratch: Path) -> Iterator[None]:
    """Whatever trains is stopped as by SIGSTOP, its watcher too, once its first epoch is done."""

    def stop() -> None:
        wait_until(lambda: bool(list(scratch.glob("jobs/run-*/out/last.pt"))), "the first checkpoint", 120)
        for process in engines():
            process.send_signal(signal.SIGSTOP)

    thread = threading.Thread(target=stop)
    thread.start()
    yield
    thread.join()


@pytest.mark.full
def test_a_run_whose_process_was_stopped_ends_and_can_be_resumed(
    run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "HUNG_MINUTES", 0.05)
    with stopped_after_first_checkpoint(settings.SCRATCH_DIR):
        attempt(Run, run.pk)
    hung = Run.objects.get(pk=run.pk)
    assert (hung.status, hung.error_code) == (Status.FAILED, "hung")
    assert f"No progress for 0.05 minutes. It was stopped at epoch {hung.epoch}, step" in hung.error
    assert engines() == []
    assert [key for key in store().list(f"projects/{run.project_id}/runs/") if key.endswith("last.pt")]

    runs.resume_run(hung)
    attempt(Run, run.pk)
    done = Run.objects.get(pk=run.pk)
    assert (done.status, done.epoch, done.error) == (Status.SUCCEEDED, 2, "")
    assert list(done.epoch_metrics.order_by("epoch").values_list("epoch", flat=True)) == [1, 2]


def test_a_run_that_takes_too_much_memory_ends_and_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "JOB_MEMORY", 60 * limits.MIB)
    attempt(Run, run.pk)
    ended = Run.objects.get(pk=run.pk)
    assert (ended.status, ended.error_code) == (Status.FAILED, "out_of_memory")
    assert "more than the 60 MB" in ended.error
    assert "It was stopped before its first step." in ended.error
    assert engines() == []
