"""Asks the checkpoint and the artifact about the same images and keeps what differs."""

import statistics
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from annotations.dataset.records import ImageRecord
from training.engine.checkpoint import Checkpoint, export_form
from training.engine.detectors.postprocess import Suppression
from training.engine.exporters.accuracy import JUDGES
from training.engine.exporters.answers import Answer, ask_torch
from training.engine.exporters.exporter import Asked, Exporter
from training.engine.exporters.images import ComparisonImages
from training.engine.exporters.parity import Difference, compare, largest
from training.engine.exporters.worst import WorstPictures, worst_pictures
from training.engine.squares import cut
from training.engine.targets import ParityLimits
from training.engine.tasks import TASKS, Metrics

AT_ONCE = 64
"""Images, or tiles, in one request: their inputs and raw outputs are all in memory."""
TIMED, TIMED_MS = 20, 2000
"""A picture is asked about so often more for its time where there are fewer, unless these took so long."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """`difference` against `limits`; `checkpoint` and `artifact` are the metrics of each on the same images."""

    difference: Difference
    limits: ParityLimits
    checkpoint: Metrics
    artifact: Metrics
    asked: Asked
    """The last request, for what it says of the runtime."""
    latency_ms: float | None
    """The median of the images, or tiles; None where the runtime took no times."""
    client: Metrics
    """As the target's own client prepares pictures and reads answers; empty where that is not known."""
    client_name: str | None
    worst: WorstPictures | None
    """Of one that has not passed; beside the client's answers where nothing else was missed."""

    @property
    def passed(self) -> bool:
        return self.difference.within(self.limits)

    @property
    def misses_metric_alone(self) -> bool:
        """Whether all that is wrong with the artifact is how much AP or accuracy it loses."""
        return self.difference.agrees(self.limits) and not self.passed


def compare_on(
    images: ComparisonImages, checkpoint: Checkpoint, exporter: Exporter, model_folder: Path, limits: ParityLimits
) -> Comparison:
    """Compare the files in `model_folder`, as they are, with the checkpoint.

    The client is asked while the checkpoint is; the file by itself, as its pictures are timed. What a thread has had
    stays its own, so that the thread gets the checkpoint, which wants one picture at a time.
    """
    form, records = export_form(checkpoint), images.examples.images
    judge, config, labels = JUDGES[checkpoint.task], checkpoint.config, checkpoint.labels
    suppression = Suppression.of(config)
    share = checkpoint.image_size / checkpoint.picture_size
    sizes = [(round(width * share), round(height * share)) for width, height in images.sizes]
    on_boxes = limits.on(sizes, one_annotation=0)
    differences, expected, found, found_there, milliseconds = [], [], [], [], list[float]()
    tiles, at_once = config.tiles**2, max(1, AT_ONCE // config.tiles**2)
    with ThreadPoolExecutor(1) as beside:
        for start in range(0, len(records), at_once):
            few = records[start : start + at_once]
            squares = cut(images.examples.squares[start : start + at_once], checkpoint.image_size, config.tiles)
            in_torch = beside.submit(ask_torch, form, checkpoint, squares)
            client_name, theirs = _ask_client(images, few, checkpoint, exporter, model_folder)
            ours = in_torch.result()
            asked = exporter.ask(model_folder, checkpoint, squares)
            milliseconds += asked.milliseconds
            for i, (own, given) in enumerate(zip(ours, asked.answers, strict=True)):
                differences.append(compare(own, given, sizes[start + i // tiles], on_boxes, suppression))
            expected += judge.annotations(ours, checkpoint, few)
            found += judge.annotations(asked.answers, checkpoint, few)
            found_there += judge.annotations(theirs, checkpoint, few) if client_name else []
    before, after = judge.accuracy(labels, expected, records), judge.accuracy(labels, found, records)
    client = judge.accuracy(labels, found_there, records).metrics if client_name else {}
    losses = (_loss(before.metrics, one, TASKS[checkpoint.task].headline) for one in (after.metrics, client))
    difference, limits = largest(differences, *losses), limits.on(sizes, before.one_annotation)
    alone = replace(difference, client_loss=None).within(limits)
    where, seen = (client_name, found_there) if client_name and alone else (asked.runtime, found)
    worst = None if difference.within(limits) else worst_pictures(where, records, expected, seen)
    if 0 < len(milliseconds) < TIMED and sum(milliseconds) < TIMED_MS:
        squares = cut(images.examples.squares[:1], checkpoint.image_size, config.tiles)[:1]
        milliseconds += exporter.ask(model_folder, checkpoint, squares.repeat(TIMED, 0)).milliseconds
    latency = statistics.median(milliseconds) if milliseconds else None
    return Comparison(difference, limits, before.metrics, after.metrics, asked, latency, client, client_name, worst)


def _ask_client(
    images: ComparisonImages, few: Sequence[ImageRecord], checkpoint: Checkpoint, exporter: Exporter, model_folder: Path
) -> tuple[str | None, list[Answer]]:
    """The client's name and answers: None and none where there is no client, or tiles, which it does not know."""
    if exporter.ask_client is None or checkpoint.config.tiles > 1:
        return None, []
    asked = exporter.ask_client(model_folder, checkpoint, images.pictures(few))
    return asked.runtime, asked.answers


def _loss(before: Metrics, after: Metrics, metric: str) -> float | None:
    """None where there is no truth to compare with, or nothing was measured."""
    first, second = before[metric], after.get(metric)
    return None if first is None or second is None else first - second
