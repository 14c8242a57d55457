"""Whether scores can be believed: of answers with a score of 0.8, are eight in ten right?

Source: Guo et al., On Calibration of Modern Neural Networks (2017), section 2.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from training.engine.metrics.matching import Bools, Floats

BINS = 10


@dataclass(frozen=True, slots=True)
class Calibration:
    """`error`: the expected calibration error, in shares; None where there is no answer."""

    error: float | None
    bins: list[dict[str, Any]]
    """Of equal width, those that hold answers: the `least` score, `count`, mean `score`, share that is `right`."""

    def as_json(self) -> dict[str, Any]:
        return {"error": self.error, "bins": self.bins}


def calibration(scores: Floats, right: Bools) -> Calibration:
    """`scores` [n] in 0..1, and whether each answer is `right` [n]."""
    place = np.clip((scores * BINS).astype(np.int64), 0, BINS - 1)
    bins = [_bin(i, scores[place == i], right[place == i]) for i in np.unique(place)]
    if not bins:
        return Calibration(None, [])
    gaps = sum(one["count"] * abs(one["right"] - one["score"]) for one in bins)
    return Calibration(gaps / len(scores), bins)


def _bin(i: int, scores: Floats, right: Bools) -> dict[str, Any]:
    return {
        "least": int(i) / BINS,
        "count": len(scores),
        "score": float(scores.mean()),
        "right": float(right.mean()),
    }
