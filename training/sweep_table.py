"""A sweep's runs side by side: rows for people and for spreadsheets, and each run's scores by epoch."""

import csv
import math
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet, Sum

from annotations.imports.findings_table import as_text
from boxwright.jobs import Status
from training.axes import AXES
from training.engine.tasks import TASKS
from training.models import Metric, Run, Sweep

POINTS = 200
"""Of a curve, at most; of a longer run every second, third, … epoch is left."""


class _Line:
    """What a csv writer writes to: it answers the line."""

    def write(self, line: str) -> str:
        return line


def axes_of(sweep: Sweep) -> list[str]:
    """Their names, in the order of tables."""
    return [name for name in AXES if name in sweep.axes]


def scores_of(sweep: Sweep) -> tuple[str, ...]:
    """The headline first."""
    return TASKS[sweep.project.task].metrics


def rows(sweep: Sweep) -> QuerySet[Run]:
    """With the sums `seconds` and `cpu_seconds` of their epochs, in the order in which they were queued."""
    sums = {name: Sum(f"epoch_metrics__{name}") for name in ("seconds", "cpu_seconds")}
    return Run.objects.filter(sweep=sweep).select_related("snapshot").annotate(**sums).order_by("pk")


def best_run(sweep: Sweep) -> Run | None:
    """The succeeded run with the highest score; the first one of equals."""
    headline = scores_of(sweep)[0]
    found = [run for run in sweep.runs.all() if run.status == Status.SUCCEEDED and headline in run.metrics]
    return max(found, key=lambda run: (run.metrics[headline], -run.pk), default=None)


def csv_lines(sweep: Sweep) -> Iterator[str]:
    axes, scores = axes_of(sweep), scores_of(sweep)
    writer = csv.writer(_Line())
    yield writer.writerow(("run", *axes, "status", *scores, "epoch", "epochs", "seconds", "cpu_seconds"))
    for run in rows(sweep):
        setting = [as_text(str(run.setting.get(name, ""))) for name in axes]
        figures = [run.metrics.get(name, "") for name in scores]
        sums = [_rounded(getattr(run, name)) for name in ("seconds", "cpu_seconds")]
        yield writer.writerow((run.number, *setting, run.status, *figures, run.epoch, run.epochs, *sums))


def curves(sweep: Sweep) -> list[dict[str, Any]]:
    """`run`, and its `points`: `epoch`, `iterations`, and the `values` of the task's scores, where it was evaluated."""
    scores = scores_of(sweep)
    points: dict[int, list[dict[str, Any]]] = {}
    found = Metric.objects.filter(run__sweep=sweep).order_by("run_id", "epoch")
    for run, epoch, values in found.values_list("run_id", "epoch", "values").iterator():
        if not (shown := {name: values[name] for name in scores if name in values}):
            continue
        points.setdefault(run, []).append({"epoch": epoch, "iterations": values.get("iterations"), "values": shown})
    return [{"run": run, "points": _thinned(mine)} for run, mine in points.items()]


def _thinned(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last one stays."""
    step = math.ceil(len(points) / POINTS)
    return points[::-1][::step][::-1]


def _rounded(seconds: float | None) -> float | str:
    return "" if seconds is None else round(seconds, 1)
