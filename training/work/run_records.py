"""What a training process says, as rows and events: small batches, one transaction each."""

import time
from collections import deque
from typing import Any

from django.db import IntegrityError, transaction

from boxwright.events.kinds import announce
from boxwright.jobs import PROGRESS, Beat, Lost, Status
from training import hopeless
from training.models import LogLine, Metric, Run
from training.work.process import Event

FLUSH_SECONDS = 0.7
MAX_LOG_LINES = 20_000
LAST_LINES = 20
SUMMARY = ("AP", "AP50", "accuracy", "macro_f1")
"""Of an epoch's values, those that say how good the checkpoint is; the first one there decides which is best."""


class RunRecords:
    """Takes events one by one; writes them when `flush` finds that it is time, or is told so."""

    def __init__(self, run: Run, beat: Beat) -> None:
        self.run, self.beat = run, beat
        self.error: tuple[str, str] | None = None
        self.checkpoints = 0
        self.last_lines: deque[str] = deque(maxlen=LAST_LINES)
        self._lines: list[LogLine] = []
        self._line_count = run.log_lines.count()
        self._changes: dict[str, Any] = {}
        self._metrics: list[Metric] = []
        self._best = dict(run.metrics)
        self._flushed = time.monotonic()
        self._told_megabytes = -1
        self._is_unjudged = False

    def take(self, event: Event) -> None:
        """Unknown kinds are left out: a newer engine may say more."""
        take = getattr(self, f"_on_{event['event']}", None)
        if take is not None:
            take(event)

    def say(self, line: str) -> None:
        """A line of our own in the run's log."""
        self._on_log({"line": line})

    def flush(self, *, now: bool = False, **changes: Any) -> None:
        """Write what has come, when it is time or `now`. Raises Lost when the run is no longer ours."""
        self._changes |= changes
        has_news = bool(self._changes or self._metrics or self._lines)
        if not now and (not has_news or time.monotonic() - self._flushed < FLUSH_SECONDS):
            self.beat.check()
            return
        self._flushed = time.monotonic()
        self.keep()
        changes, self._changes = self._changes, {}
        self.beat.write(**changes)
        if self._is_unjudged:
            self._stop_if_hopeless()

    def keep(self) -> None:
        """Write lines and epochs, also when the run is no longer ours: they tell what its checkpoints hold."""
        lines, self._lines = self._lines, []
        metrics, self._metrics = self._metrics, []
        try:
            with transaction.atomic():
                LogLine.objects.bulk_create(lines)
                for metric in metrics:
                    self._write_metric(metric)
        except IntegrityError as error:  # the project was deleted
            raise Lost from error

    def _stop_if_hopeless(self) -> None:
        """After an epoch. Raises Lost when the run is stopped: its checkpoints stay, and it may be resumed."""
        self._is_unjudged = False
        if not (reason := hopeless.reason_to_stop(self.run)):
            return
        self.say(reason)
        self.keep()
        changes = {"error_code": "hopeless", "error": reason, "hopeless_at": self.run.epoch}
        if self.run.cancel((Status.RUNNING,), **changes):
            raise Lost

    def _write_metric(self, metric: Metric) -> None:
        Metric.objects.update_or_create(
            run_id=metric.run_id,
            epoch=metric.epoch,
            defaults={name: getattr(metric, name) for name in ("values", "seconds", "cpu_seconds", "created_at")},
        )
        told = {"run": self.run.pk, "epoch": metric.epoch, "values": metric.values}
        announce(self.run.project_id, "metrics", told)

    def _on_log(self, event: Event) -> None:
        text = str(event["line"])
        self.last_lines.append(text)
        self._line_count += 1
        if self._line_count < MAX_LOG_LINES:
            self._lines.append(LogLine(run=self.run, text=text))
        elif self._line_count == MAX_LOG_LINES:
            self._lines.append(LogLine(run=self.run, text="The log is full; what follows is not kept."))

    def _on_step(self, event: Event) -> None:
        fields = ("epoch", "epochs", "step", "steps", "loss", "eta_seconds")
        self._changes |= {name: event[name] for name in fields}
        self._changes["phase"] = "training" if event["step"] < event["steps"] else "evaluating"

    def _on_metrics(self, event: Event) -> None:
        values = event["values"]
        self._metrics.append(Metric(run=self.run, epoch=event["epoch"], values=values, seconds=event["seconds"]))
        self._is_unjudged |= bool(summary(values))
        self._metrics[-1].cpu_seconds = event.get("cpu_seconds")
        self._changes |= {name: event[name] for name in ("epoch", "epochs", "eta_seconds")}
        self._changes["phase"] = "training" if event["epoch"] < event["epochs"] else "evaluating"
        if _score(values) > _score(self._best):
            self._changes["metrics"] = self._best = summary(values)

    def _on_checkpoint(self, _event: Event) -> None:
        self.checkpoints += 1
        self._changes |= PROGRESS

    def _on_download(self, event: Event) -> None:
        done, total = event["bytes"] // 10**6, event["total"] // 10**6
        if done >= self._told_megabytes + 5 or done == total != self._told_megabytes:
            self._told_megabytes = done
            self.say(f"Downloading base weights: {done} of {total} MB" if total else f"Base weights: {done} MB so far")

    def _on_error(self, event: Event) -> None:
        self.error = (event["code"], event["detail"])

    def _on_done(self, event: Event) -> None:
        self._changes["metrics"] = self._best = summary(event["metrics"])


def summary(values: dict[str, Any]) -> dict[str, float]:
    return {name: values[name] for name in SUMMARY if values.get(name) is not None}


def _score(values: dict[str, Any]) -> float:
    return next((float(values[name]) for name in SUMMARY if values.get(name) is not None), -1.0)
