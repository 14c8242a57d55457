"""What a run that goes on from another one adds to its report: each label before and after, on the same images."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from training.engine.checkpoint import Checkpoint, network_of
from training.engine.data import Examples
from training.engine.device import choose_device
from training.engine.evaluate import Evaluation, found_in, judged
from training.engine.metrics.paired import compare, compare_labels
from training.engine.progress import Progress, stop_if_asked
from training.engine.tasks import TASKS


@dataclass(frozen=True)
class Before:
    """How good the base is on this run's validation images, by the labels of this run."""

    evaluation: Evaluation
    known: frozenset[str]
    """Labels that the base finds."""

    def compared(self, report: Mapping[str, Any]) -> dict[str, Any]:
        """The `before` of an `evaluation.json`, given what else it says of these images."""
        before = self.evaluation.report
        number = TASKS[before["task"]].of_label
        was = {row["name"]: row[number] for row in before["labels"] if row["name"] in self.known}
        changes = compare_labels(report, before)
        rows = [
            {
                "name": row["name"],
                "before": was.get(row["name"]),
                "after": row[number],
                "change": changes.get(row["name"]) if row["name"] in self.known else None,
            }
            for row in report["labels"]
        ]
        metrics = {name: value for name, value in self.evaluation.metrics.items() if value is not None}
        return compare(report, before) | {"metrics": metrics, "labels": rows}


def before_of(base: Checkpoint, labels: Sequence[str], validation: Examples, progress: Progress) -> Before | None:
    """The base on the validation images, which must be of its size; None where it knows none of the labels."""
    known = frozenset(base.labels) & frozenset(labels)
    if not known or not len(validation):
        return None
    began = time.monotonic()
    network = network_of(base).to(choose_device())
    found = found_in(network, base.info, base.labels, base.config, validation, lambda: stop_if_asked(progress))
    asked = [[one for one in of_image if one.label in known] for of_image in found]
    evaluation = judged(asked, base.info, labels, validation, "val")
    numbers = ", ".join(f"{name} {value:.3f}" for name, value in evaluation.metrics.items() if value is not None)
    progress.on_log(f"Before: {numbers or 'nothing to find'} on these images, in {time.monotonic() - began:.1f} s")
    return Before(evaluation, known)
