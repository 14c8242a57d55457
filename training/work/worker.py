"""The one bridge between Django and the engine: a claimed row in, a child process watched, rows and objects out."""

import hashlib
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from annotations.models import Snapshot
from boxwright import scratch
from boxwright.errors import DomainError
from boxwright.jobs import Job, Status, stopping
from boxwright.storage import ObjectMissing, registry, store
from boxwright.storage.errors import ObjectDamaged
from boxwright.storage.named import Named
from training import base_weights, object_keys, run_files, status
from training.hold import Hold, Lost
from training.models import Artifact, LogLine, Run
from training.work import inputs
from training.work.checkpoint_uploads import Uploads
from training.work.exits import Failed, Killed, raise_for
from training.work.process import Child
from training.work.run_records import Journal
from training.work.watchdog import Hung, OutOfMemory, Watchdog

log = logging.getLogger(__name__)

WAIT_SECONDS = 0.15
MAX_KILLS = 3
"""A process that something kills (out of memory, an administrator) starts again so often without a checkpoint."""


def train(run_id: int) -> None:
    """Work on a run, if it is queued, until it has ended or is no longer ours."""
    run = Run.claim(run_id)
    if run is not None:
        with scratch.folder_for("run", run.pk) as folder:
            _see_through(run, Training(run, folder).go, phase="", eta_seconds=None)
        status.announce_run(run_id)


def export(artifact_id: int) -> None:
    """Work on an artifact, if it is queued, until it has ended or is no longer ours."""
    artifact = Artifact.claim(artifact_id)
    if artifact is not None:
        status.publish_artifact(artifact)
        with scratch.folder_for("artifact", artifact.pk) as folder:
            _see_through(artifact, Exporting(artifact, folder).go)
        status.announce_artifact(artifact_id)


def _see_through(job: Job, work: Callable[[], None], **at_end: Any) -> None:
    """Whatever ends the work, the row says so: to the user in one sentence, to us by the exception."""
    try:
        work()
    except Lost:
        job.release()  # changes nothing unless this worker is leaving: else the row has said it first
    except Failed as failure:
        job.fail(failure.code, failure.detail, **at_end, **failure.changes)
    except DomainError as error:
        job.fail("unavailable", error.detail, **at_end)
    except Exception:
        job.fail("internal_error", "Something is wrong in Boxwright itself; the server's log says what.", **at_end)
        raise


@contextmanager
def _store_may_be_away() -> Iterator[None]:
    """For what is kept besides: how the job ends does not hang on it."""
    try:
        yield
    except DomainError as error:
        log.warning("not stored: %s", error.detail)


class Training:
    """One attempt at a run, in a folder of its own."""

    def __init__(self, run: Run, folder: Path) -> None:
        self.run, self.folder = run, folder
        self.hold = Hold(run)
        self.site = inputs.Site(folder, store(), self.hold)
        self.journal = Journal(run, self.hold)
        self.uploads = Uploads(run, folder, self.site.objects)

    def go(self) -> None:
        try:
            self._prepare()
            self._train()
            self._succeed()
        finally:
            self.journal.keep()
            self._store_log()
            self.uploads.close()

    def _prepare(self) -> None:
        self.journal.flush(now=True, phase="waiting")
        self._await_snapshot()
        self.journal.flush(now=True, phase="preparing")
        images = inputs.lay_training(self.run, self.site)
        try:
            inputs.lay_checkpoint(self.run, self.site)
        except (ObjectMissing, ObjectDamaged) as error:
            self.journal.say(f"{error.detail} The run begins again.")
        self.journal.flush(now=True, images=images)

    def _await_snapshot(self) -> None:
        """A snapshot is built by whichever worker takes it; normally long before we come here."""
        while (snapshot := Snapshot.objects.get(pk=self.run.snapshot_id)).status != Status.SUCCEEDED:
            if snapshot.status in (Status.FAILED, Status.CANCELED):
                raise Failed("snapshot_failed", f"Snapshot v{snapshot.number} could not be made: {snapshot.error}")
            self.hold.check()
            stopping.wait(WAIT_SECONDS)

    def _train(self) -> None:
        """A process that was killed starts again in place, from its last checkpoint."""
        weights = ("--weights-dir", str(settings.WEIGHTS_DIR)) if settings.WEIGHTS_DIR else ()
        kills, seen = 0, self.journal.checkpoints
        while True:
            try:
                self._watch(Child("train", str(self.folder), *weights, temporary=self.folder / "tmp"))
                return
            except Killed as killed:
                kills = kills + 1 if self.journal.checkpoints == seen else 1
                seen = self.journal.checkpoints
                if kills > MAX_KILLS:
                    raise Failed("killed", f"{killed.detail} It was started {kills} times.") from killed
                self.journal.say(f"{killed.detail} It goes on from its last checkpoint.")

    def _watch(self, child: Child) -> None:
        watchdog = Watchdog(child.pid)
        try:
            while (code := child.ended()) is None:
                for event in child.events(WAIT_SECONDS):
                    watchdog.heard()
                    self._take(event)
                watchdog.check()
                self.uploads.tend()
                self.journal.flush()
        except Lost:
            child.stop()
            self._keep_what_it_learned(child)
            raise
        except (Hung, OutOfMemory) as failure:
            child.kill()
            self._keep_what_it_learned(child)
            raise Failed(failure.code, f"{failure.detail} {self._place()}") from failure
        finally:
            child.stop()
        self.journal.flush(now=True)
        raise_for(code, self.journal.error, list(self.journal.last_lines))

    def _keep_what_it_learned(self, child: Child) -> None:
        """The run may be resumed."""
        for event in child.events(0):
            self.journal.take(event)
        self.journal.keep()
        with _store_may_be_away():
            self.uploads.finish(None)

    def _place(self) -> str:
        """Where the run stood: what was said last may not be in its row yet."""
        self.journal.flush(now=True)
        if not self.run.epochs or not self.run.steps:
            return "It was stopped before its first step."
        return f"It was stopped at epoch {self.run.epoch}, step {self.run.step} of {self.run.steps}."

    def _take(self, event: Any) -> None:
        self.journal.take(event)
        if event["event"] == "checkpoint":
            self.journal.keep()  # first: whoever goes on from the checkpoint does not do its epochs again
            self.uploads.offer()

    def _succeed(self) -> None:
        self.uploads.finish(self.hold)
        base_weights.keep(self.site)
        self.run.finish(Status.SUCCEEDED, phase="", eta_seconds=None)

    def _store_log(self) -> None:
        """A copy beside the checkpoints, for whoever reads the bucket without us."""
        lines = LogLine.objects.filter(run=self.run).order_by("id").values_list("text", flat=True)
        text = "\n".join(lines).encode()
        sha256 = hashlib.sha256(text).hexdigest()
        log_file = Named(object_keys.run_file(self.run, sha256, run_files.LOG), sha256)
        with _store_may_be_away():
            registry.keep(log_file.key, text, "text/plain")
            run_files.name_files(self.run, {run_files.LOG: log_file})


class Exporting:
    """One attempt at an artifact, in a folder of its own."""

    def __init__(self, artifact: Artifact, folder: Path) -> None:
        self.artifact, self.folder = artifact, folder
        self.hold = Hold(artifact)
        self.site = inputs.Site(folder, store(), self.hold)

    def go(self) -> None:
        inputs.lay_export(self.artifact, self.site)
        try:
            self._watch(self._start())
        except Killed:
            self._watch(self._start())  # once more: what takes the memory may be gone
        self._succeed()

    def _start(self) -> Child:
        wanted = ("--target", self.artifact.target, "--quantization", self.artifact.quantization)
        return Child("export", str(self.folder), *wanted, temporary=self.folder / "tmp")

    def _watch(self, child: Child) -> None:
        error: tuple[str, str] | None = None
        lines: list[str] = []
        watchdog = Watchdog(child.pid)
        try:
            while (code := child.ended()) is None:
                for event in child.events(WAIT_SECONDS):
                    watchdog.heard()
                    if event["event"] == "error":
                        error = (event["code"], event["detail"])
                    elif event["event"] == "log":
                        lines = [*lines[-19:], event["line"]]
                watchdog.check()
                self.hold.check()
        except (Hung, OutOfMemory):
            child.kill()
            raise
        finally:
            child.stop()
        raise_for(code, error, lines, parity=self._described().get("parity"))

    def _succeed(self) -> None:
        described = self._described()
        key = object_keys.artifact(self.artifact, described["sha256"])
        with (self.folder / "out" / "artifact.zip").open("rb") as file:
            self.site.put(key, file)
        fields = ("size", "sha256", "files", "parity", "metrics")
        with transaction.atomic():
            registry.confirm([key])
            self.artifact.finish(Status.SUCCEEDED, key=key, **{name: described[name] for name in fields})

    def _described(self) -> dict[str, Any]:
        path = self.folder / "out" / "artifact.json"
        described: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return described
