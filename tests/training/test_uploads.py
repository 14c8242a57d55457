"""Checkpoints reach the store while training goes on, in an order that never leaves half of one."""

import hashlib
import threading
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from django.db.models.functions import Now

from boxwright.errors import DomainError
from boxwright.storage import StoreAway
from boxwright.storage.collector import collect
from boxwright.storage.folder import FolderStore
from tests.services.processes import PATIENCE
from tests.training.conftest import MakeRun
from training.models import Run
from training.run_files import CHECKPOINT, files_of
from training.work.checkpoint_uploads import Uploads


class Watched(FolderStore):
    """A folder store that notes what is put, can be held up, and can be away for a number of times."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.puts: list[str] = []
        self.open_gate = threading.Event()
        self.open_gate.set()
        self.away = 0

    def put(self, key: str, data: bytes | BinaryIO, content_type: str = "") -> None:
        self.open_gate.wait(PATIENCE)
        if self.away:
            self.away -= 1
            raise StoreAway("no route to host")
        self.puts.append(key.rpartition("/")[2])
        super().put(key, data, content_type)


@pytest.fixture
def run(make_run: MakeRun) -> Run:
    return make_run(status="running")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "job" / "out").mkdir(parents=True)
    return tmp_path / "job" / "out"


@pytest.fixture
def objects(tmp_path: Path) -> Watched:
    return Watched(tmp_path / "objects")


def checkpoint(out: Path, text: str, names: tuple[str, ...] = CHECKPOINT) -> None:
    """As the engine does it: written aside, then renamed."""
    for name in names:
        (out / "aside").write_text(text)
        (out / "aside").rename(out / name)


def stored(objects: Watched, run: Run, name: str) -> bytes:
    """What the row names."""
    run.refresh_from_db()
    with objects.open(files_of(run)[name].key) as file:
        return file.read()


def test_a_checkpoint_is_named_once_all_of_it_lies_there(run: Run, out: Path, objects: Watched) -> None:
    uploads = Uploads(run, out.parent, objects)
    objects.open_gate.clear()
    checkpoint(out, "1")
    uploads.offer()
    run.refresh_from_db()
    assert run.files == {}
    objects.open_gate.set()
    uploads.finish(None)
    run.refresh_from_db()
    assert set(files_of(run)) == set(CHECKPOINT) == set(objects.puts)
    assert {one.sha256 for one in files_of(run).values()} == {hashlib.sha256(b"1").hexdigest()}
    uploads.close()


def test_a_worker_that_wakes_overwrites_nothing(run: Run, out: Path, objects: Watched) -> None:
    """It was thought dead; another has taken the run over, gone further and ended it."""
    late = Uploads(run, out.parent, objects)
    Run.objects.filter(pk=run.pk).update(lease=uuid.uuid4())
    successor = Run.objects.get(pk=run.pk)
    checkpoint(out, "further")
    Uploads(successor, out.parent, objects).finish(None)
    Run.objects.filter(pk=run.pk).update(status="succeeded", lease=None)
    checkpoint(out, "less")
    late.finish(None)
    assert {stored(objects, run, name) for name in CHECKPOINT} == {b"further"}
    late.close()


@pytest.mark.parametrize(("changes", "kept"), [({}, b"2"), ({"started_at": None}, b"1")])
def test_what_a_canceled_run_has_learned_is_kept_by_its_last_attempt(
    run: Run, out: Path, objects: Watched, changes: dict[str, Any], kept: bytes
) -> None:
    Run.objects.filter(pk=run.pk).update(started_at=Now())
    run.refresh_from_db()
    uploads = Uploads(run, out.parent, objects)
    checkpoint(out, "1")
    uploads.finish(None)
    Run.objects.filter(pk=run.pk).update(status="canceled", lease=None, **changes)
    checkpoint(out, "2")
    uploads.finish(None)
    assert stored(objects, run, "last.pt") == kept
    uploads.close()


def test_checkpoints_that_were_replaced_are_collected(run: Run, out: Path, objects: Watched) -> None:
    uploads = Uploads(run, out.parent, objects)
    for number in range(4):
        checkpoint(out, str(number), names=("last.pt",))
        uploads.finish(None)
    collect(timedelta(0))
    (left,) = objects.list("")
    assert left == files_of(run)["last.pt"].key
    uploads.close()


def test_what_has_not_changed_is_not_sent_again(run: Run, out: Path, objects: Watched) -> None:
    uploads = Uploads(run, out.parent, objects)
    checkpoint(out, "1")
    uploads.finish(None)
    checkpoint(out, "2", names=("last.pt",))
    uploads.finish(None)
    assert objects.puts[3:] == ["last.pt"]
    assert (stored(objects, run, "best.pt"), stored(objects, run, "last.pt")) == (b"1", b"2")
    uploads.close()


def test_of_checkpoints_that_come_too_fast_the_newest_is_sent(run: Run, out: Path, objects: Watched) -> None:
    uploads = Uploads(run, out.parent, objects)
    objects.open_gate.clear()
    for number in range(5):
        checkpoint(out, str(number))
        uploads.offer()
    objects.open_gate.set()
    uploads.finish(None)
    assert stored(objects, run, "last.pt") == b"4"
    assert objects.puts.count("last.pt") == 2, "the first, which was under way, and the newest"
    uploads.close()


def test_a_store_that_is_away_for_a_moment_costs_nothing(run: Run, out: Path, objects: Watched) -> None:
    uploads = Uploads(run, out.parent, objects)
    objects.away = 1
    checkpoint(out, "1")
    uploads.finish(None)
    assert stored(objects, run, "last.pt") == b"1"
    uploads.close()


def test_a_store_that_stays_away_is_said(
    run: Run, out: Path, objects: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.work.checkpoint_uploads.LAST_TRIES", 2)
    uploads = Uploads(run, out.parent, objects)
    objects.away = 100
    checkpoint(out, "1")
    with pytest.raises(DomainError, match="could not be stored"):
        uploads.finish(None)
    uploads.close()
