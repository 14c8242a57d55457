"""How far a number would move with other images: percentile intervals over images drawn with replacement.

The matches are made once; a resample only weighs each image by how often it was drawn. Nothing here looks at a box.
Source: Efron, Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.engine.metrics.matching import OVERLAPS, Bools, Floats, Ints, LabelMatches

SEED = 8
MOST_RESAMPLES, FEWEST_RESAMPLES = 1000, 100
DRAWS = 200_000
"""Images drawn in all: 1000 resamples of up to 200 images, fewer of more, as their interval is narrow anyway."""

CHUNK_CELLS = 500_000
"""Numbers held at a time: 2 MB, which stay near the processor."""

TAILS = (2.5, 97.5)
"""Percentiles of a 95 % interval."""

RECALLS: Floats = np.linspace(0.0, 1.0, 101)

Weights = npt.NDArray[np.int32]
"""[R, images]: how often each image was drawn."""
Counts = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Interval:
    """95 % of the resamples lie in it."""

    low: float
    high: float

    def as_json(self) -> dict[str, float]:
        return {"low": self.low, "high": self.high}


def draw(images: int, seed: int = SEED) -> Weights:
    """The same weights for the same number of images, so that two models are weighed alike."""
    resamples = int(np.clip(DRAWS // max(images, 1), FEWEST_RESAMPLES, MOST_RESAMPLES))
    generator = np.random.default_rng(seed)
    return generator.multinomial(images, np.full(images, 1 / images), size=resamples).astype(np.int32)


def interval(values: Floats) -> Interval | None:
    """None where fewer than half of the resamples define the number."""
    defined = values[~np.isnan(values)]
    if len(defined) * 2 <= len(values):
        return None
    low, high = np.percentile(defined, TAILS)
    return Interval(float(low), float(high))


def intervals(images: int, statistic: Callable[[Weights], dict[str, Floats]]) -> dict[str, Interval | None]:
    """Of each number [R] that `statistic` gives for weights [R, images]; nothing for fewer than two images."""
    if images < 2:
        return {}
    return {name: interval(values) for name, values in statistic(draw(images)).items()}


def average_precisions(matches: Sequence[LabelMatches], weights: Weights) -> dict[str, Floats]:
    """COCO's AP and AP50 [R] of weighted images; NaN where a resample holds no true box."""
    return _averages(label_precisions(matches, weights))


def detection_intervals(
    images: int, matches: Sequence[LabelMatches]
) -> tuple[dict[str, Interval | None], list[Interval | None]]:
    """Those of AP and AP50, and of each label's AP."""
    if images < 2:
        return {}, [None] * len(matches)
    of_labels = label_precisions(matches, draw(images))
    overall = {name: interval(values) for name, values in _averages(of_labels).items()}
    return overall, [interval(of_label.mean(axis=0)) for of_label in of_labels]


def _averages(of_labels: Floats) -> dict[str, Floats]:
    means = mean_of_defined(of_labels)
    return {"AP": means.mean(axis=0), "AP50": means[0]}


def label_precisions(matches: Sequence[LabelMatches], weights: Weights) -> Floats:
    """AP [labels, 10, R] of each label at each overlap; NaN where a resample holds no true box of it."""
    return np.array([_label_ap(one, weights) for one in matches]).reshape(-1, len(OVERLAPS), len(weights))


def mean_of_defined(values: Floats) -> Floats:
    """Over the first axis, leaving out NaN; NaN where all are."""
    defined = ~np.isnan(values)
    total = np.where(defined, values, 0.0).sum(axis=0)
    count = defined.sum(axis=0)
    means: Floats = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return means


def _label_ap(label: LabelMatches, weights: Weights) -> Floats:
    """AP [10, R] at each overlap."""
    truths = weights @ label.truths
    known = [np.flatnonzero(hits) for hits in label.hits]
    last = max((int(hits[-1]) + 1 for hits in known if len(hits)), default=0)  # what follows changes no AP
    found = np.zeros((len(OVERLAPS), len(weights)))
    step = max(1, CHUNK_CELLS // max(last, 1))
    for start in range(0, len(weights), step):
        some = slice(start, start + step)
        of_detections = np.ascontiguousarray(weights[some].T)[label.images[:last]]
        ranks = of_detections.cumsum(axis=0, dtype=np.int32)
        for level, hits in enumerate(known):
            counts = of_detections[hits].cumsum(axis=0, dtype=np.int32)
            before = _left_out(of_detections, ~label.counts[level, :last], hits)
            found[level, some] = _area(counts, ranks[hits] - before, truths[some])
    return np.where(truths > 0, found, np.nan)


def _left_out(of_detections: Counts, left_out: Bools, hits: Ints) -> Counts:
    """Of the detections [D, R] how many before each hit count neither way: [H, R]."""
    places = np.flatnonzero(left_out)
    so_far = of_detections[places].cumsum(axis=0, dtype=np.int32)
    none = np.zeros((1, of_detections.shape[1]), np.int32)
    found: Counts = np.concatenate([none, so_far])[np.searchsorted(places, hits)]
    return found


def _area(hits: Counts, ranks: Counts, truths: Ints) -> Floats:
    """COCO's mean over 101 recalls [R]; hits and detections so far [H, R] at each hit, true boxes [R]."""
    precision = hits / np.maximum(ranks, 1)
    envelope = np.maximum.accumulate(precision[::-1], axis=0)[::-1]
    gained = np.diff(_recalls_reached(hits / np.maximum(truths, 1)), axis=0, prepend=0)
    area: Floats = np.einsum("hr,hr->r", envelope, gained) / len(RECALLS)
    return area


def _recalls_reached(recall: Floats) -> Counts:
    """How many of RECALLS are at most so high: `searchsorted` from the right, several times as fast."""
    nearest = (recall * 100 + 1e-9).astype(np.int32)
    return nearest + (RECALLS[nearest] <= recall)


def accuracies(truth: Ints, predicted: Ints, labels: int, weights: Weights) -> dict[str, Floats]:
    """`accuracy` and `macro_f1` [R] of weighted images, given label indices [images]."""
    right: Bools = truth == predicted
    total = np.maximum(weights.sum(axis=1), 1)
    f1 = label_f1(truth, predicted, labels, weights)
    return {"accuracy": weights @ right / total, "macro_f1": mean_of_defined(f1)}


def label_f1(truth: Ints, predicted: Ints, labels: int, weights: Weights) -> Floats:
    """F1 [labels, R]; NaN where no image of the label was drawn."""
    return np.array([_f1(truth == label, predicted == label, weights) for label in range(labels)])


def _f1(is_label: Bools, said_label: Bools, weights: Weights) -> Floats:
    """[R]; NaN where no image of the label was drawn."""
    truth = weights @ is_label
    hits = weights @ (is_label & said_label)
    named = weights @ said_label
    return np.where(truth > 0, 2 * hits / np.maximum(truth + named, 1), np.nan)
