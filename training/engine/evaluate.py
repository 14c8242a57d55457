"""How good a network is on a split: the numbers, and what it said about each image."""

import json
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from annotations.dataset.records import AnnotationRecord, Box, Dataset, ImageRecord, Split
from training.engine import catalog, distributed
from training.engine.checkpoint import Checkpoint, network_of
from training.engine.config import Config
from training.engine.data import Examples, read_examples, usable_images
from training.engine.device import choose_device
from training.engine.errors import DataError
from training.engine.network import Network
from training.engine.predict import predicted_annotations
from training.engine.progress import Progress, stop_if_asked
from training.engine.tasks import TASKS, Metrics, Report

Packed = list[tuple[str, tuple[float, float, float, float] | None, float | None]]
"""A model's annotations of one image, as they travel between processes."""


@dataclass(frozen=True)
class Evaluation:
    """`metrics`: the few numbers of a curve. `report`: the whole content of `evaluation.json`, made when asked for."""

    metrics: Metrics
    make_report: Report

    @cached_property
    def report(self) -> dict[str, Any]:
        return self.make_report()

    @property
    def score(self) -> float | None:
        """By what checkpoints are compared: the mean of the metrics, as one alone is noisy on few images."""
        values = [value for value in self.metrics.values() if value is not None]
        return sum(values) / len(values) if values else None


def evaluate(checkpoint: Checkpoint, dataset: Dataset, folder: Path, split: Split, progress: Progress) -> Evaluation:
    """Evaluate a checkpoint on the labelled images of a split of the run folder. Raises DataError."""

    def check_stop() -> None:
        stop_if_asked(progress)

    images = usable_images(dataset, dataset.split(split))
    _expect_comparable(checkpoint, dataset, images, split)
    examples = read_examples(dataset, images, folder, checkpoint.picture_size, check_stop)
    network = network_of(checkpoint).to(choose_device())
    return evaluate_network(network, checkpoint.info, checkpoint.labels, checkpoint.config, examples, split, check_stop)


def _expect_comparable(checkpoint: Checkpoint, dataset: Dataset, images: Sequence[ImageRecord], split: Split) -> None:
    if dataset.task != checkpoint.task:
        raise DataError(
            f"{checkpoint.info.title} does {checkpoint.task}; these images are labelled for {dataset.task}."
        )
    if not images:
        raise DataError(f"The {split} split has no labelled image: label some, or name another split.")
    strange = {one.label for image in images for one in image.annotations} - set(checkpoint.labels)
    if strange:
        known = ", ".join(checkpoint.labels)
        raise DataError(
            f"The checkpoint finds {known}; the data has {min(strange)} too: leave it out or train with it."
        )


def evaluate_network(
    network: Network,
    info: catalog.ModelInfo,
    labels: Sequence[str],
    config: Config,
    examples: Examples,
    split: Split,
    check_stop: Callable[[], None] = lambda: None,
) -> Evaluation:
    found = found_in(network, info, labels, config, examples, check_stop)
    return judged(found, info, labels, examples, split)


def found_in(
    network: Network,
    info: catalog.ModelInfo,
    labels: Sequence[str],
    config: Config,
    examples: Examples,
    check_stop: Callable[[], None] = lambda: None,
) -> list[list[AnnotationRecord]]:
    """What the network finds in each image, by this process and those beside it."""
    sizes = [(image.width, image.height) for image in examples.images]
    squares, mine = examples.squares, range(len(sizes))[distributed.rank() :: distributed.world_size()]
    if distributed.world_size() > 1:
        squares, sizes = squares.chosen(mine), [sizes[i] for i in mine]
    annotations = list(predicted_annotations(network, info, labels, config, squares, sizes, check_stop))
    if distributed.world_size() > 1:
        annotations = [_unpacked(one) for one in distributed.merged(list(map(_packed, annotations)), len(examples))]
    return annotations


def judged(
    found: Sequence[Sequence[AnnotationRecord]],
    info: catalog.ModelInfo,
    labels: Sequence[str],
    examples: Examples,
    split: Split,
) -> Evaluation:
    metrics, report = TASKS[info.task].rules.evaluation(examples.images, found, labels)
    head = {"task": info.task, "split": split, "image_count": len(examples)}
    return Evaluation(metrics, lambda: head | report())


def _packed(found: Sequence[AnnotationRecord]) -> Packed:
    return [(one.label, astuple(one.box) if one.box else None, one.score) for one in found]


def _unpacked(found: Packed) -> list[AnnotationRecord]:
    return [
        AnnotationRecord(label, Box(*sides) if sides else None, score=score, source="model")
        for label, sides, score in found
    ]


def write_report(report: dict[str, Any], path: Path) -> None:
    """Write `evaluation.json` so that a reader never sees half of it."""
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(json.dumps(report), encoding="utf-8")
    temporary.replace(path)
