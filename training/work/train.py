"""The one bridge between Django and the engine's training: a child process watched, rows and objects out."""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings

from boxwright.errors import DomainError
from boxwright.jobs import Beat, Lost, Status, UserFault
from boxwright.storage import ObjectMissing, registry, store
from boxwright.storage.errors import ObjectDamaged
from boxwright.storage.named import Named
from training import base_weights, object_keys, run_files
from training.models import LogLine, Run
from training.work import inputs
from training.work.checkpoint_uploads import Uploads
from training.work.exits import Killed, raise_for
from training.work.process import Child
from training.work.run_records import RunRecords
from training.work.watchdog import Hung, OutOfMemory, Watchdog

log = logging.getLogger(__name__)

WAIT_SECONDS = 0.15
MAX_KILLS = 3
"""A process that something kills (out of memory, an administrator) starts again so often without a checkpoint."""


def train_run(run: Run, beat: Beat) -> None:
    Training(run, beat).go()


@contextmanager
def _store_may_be_away() -> Iterator[None]:
    """For what is kept besides: how the job ends does not hang on it."""
    try:
        yield
    except DomainError as error:
        log.warning("not stored: %s", error.detail)


class Training:
    """One attempt at a run."""

    def __init__(self, run: Run, beat: Beat) -> None:
        self.run, self.beat, self.folder = run, beat, beat.folder
        self.site = inputs.Site(beat, store())
        self.records = RunRecords(run, beat)
        self.uploads = Uploads(run, beat.folder, self.site.objects)
        self._has_begun = False

    def go(self) -> None:
        try:
            self._prepare()
            self._train()
            self._succeed()
        finally:
            self.records.keep()
            self._store_log()
            self.uploads.close()

    def _prepare(self) -> None:
        self._expect_snapshot()
        self.records.flush(now=True, phase="preparing")
        laid = inputs.lay_training(self.run, self.site)
        if laid.note and not self.run.images:
            self.records.say(laid.note)
        try:
            inputs.lay_checkpoint(self.run, self.site)
        except (ObjectMissing, ObjectDamaged) as error:
            self.records.say(f"{error.detail} The run begins again.")
        self.records.flush(now=True, images=laid.images, config=laid.config.to_dict())

    def _expect_snapshot(self) -> None:
        """It has ended, or no worker would have the run."""
        snapshot = self.run.snapshot
        if snapshot.status == Status.CANCELED:
            raise UserFault("snapshot_failed", f"Snapshot v{snapshot.number} was canceled.")
        if snapshot.status != Status.SUCCEEDED:
            raise UserFault("snapshot_failed", f"Snapshot v{snapshot.number} could not be made: {snapshot.error}")

    def _train(self) -> None:
        """A process that was killed starts again in place, from its last checkpoint."""
        begins = ["--weights-dir", str(settings.WEIGHTS_DIR)] if settings.WEIGHTS_DIR else []
        if base := inputs.uploaded_base(self.run, self.folder):
            begins += ["--base", str(base)]
        kills, seen = 0, self.records.checkpoints
        while True:
            try:
                self._watch(Child("train", str(self.folder), *begins, temporary=self.folder / "tmp"))
                return
            except Killed as killed:
                kills = kills + 1 if self.records.checkpoints == seen else 1
                seen = self.records.checkpoints
                if kills > MAX_KILLS:
                    raise UserFault("killed", f"{killed.detail} It was started {kills} times.") from killed
                self.records.say(f"{killed.detail} It goes on from its last checkpoint.")

    def _watch(self, child: Child) -> None:
        watchdog = Watchdog(child.pid)
        try:
            while (code := child.ended()) is None:
                for event in child.events(WAIT_SECONDS):
                    watchdog.heard()
                    self.take(event)
                watchdog.check()
                self.uploads.tend()
                self.records.flush()
        except Lost:
            child.stop()
            self._keep_what_it_learned(child)
            raise
        except (Hung, OutOfMemory) as failure:
            child.kill()
            self._keep_what_it_learned(child)
            raise UserFault(failure.code, f"{failure.detail} {self._place()}") from failure
        finally:
            child.stop()
        self.records.flush(now=True)
        raise_for(code, self.records.error, list(self.records.last_lines))

    def _keep_what_it_learned(self, child: Child) -> None:
        """The run may be resumed."""
        for event in child.events(0):
            self.records.take(event)
        self.records.keep()
        with _store_may_be_away():
            self.uploads.finish(None)

    def _place(self) -> str:
        """Where the run stood: what was said last may not be in its row yet."""
        self.records.flush(now=True)
        if not self.run.epochs or not self.run.steps:
            return "It was stopped before its first step."
        return f"It was stopped at epoch {self.run.epoch}, step {self.run.step} of {self.run.steps}."

    def take(self, event: Any) -> None:
        """What the training process says."""
        self.records.take(event)
        if event["event"] == "step" and not self._has_begun:
            self._has_begun = True
            with _store_may_be_away():  # then once more at the end
                base_weights.keep(self.run, self.site)
        if event["event"] == "checkpoint":
            self.records.keep()  # first: whoever goes on from the checkpoint does not do its epochs again
            self.uploads.offer()

    def _succeed(self) -> None:
        self.uploads.finish(self.beat)
        base_weights.keep(self.run, self.site)
        self.beat.finish()

    def _store_log(self) -> None:
        """A copy beside the checkpoints, for whoever reads the bucket without us."""
        lines = LogLine.objects.filter(run=self.run).order_by("id").values_list("text", flat=True)
        text = "\n".join(lines).encode()
        sha256 = hashlib.sha256(text).hexdigest()
        log_file = Named(object_keys.run_file(self.run, sha256, run_files.LOG), sha256)
        with _store_may_be_away():
            registry.keep(log_file.key, text, "text/plain")
            run_files.name_files(self.run, {run_files.LOG: log_file})
