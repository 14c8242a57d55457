"""What goes into a model and what comes out, as numbers: stated once, read by every sample that lies beside it."""

from typing import Any

from training.engine import tiles
from training.engine.checkpoint import Checkpoint
from training.engine.detectors.postprocess import MAX_CANDIDATES, MAX_DETECTIONS
from training.engine.exporters.exporter import Exporter
from training.engine.exporters.provenance import Provenance

SHOWN_SCORE = 0.4
"""From which on samples show a box, where no evaluation says which score is best."""


def contract_of(exporter: Exporter, checkpoint: Checkpoint, provenance: Provenance) -> dict[str, Any]:
    """The EXIF-oriented RGB picture is stretched to `image_size`, or to `tiles.image` and cut.

    Then (pixel - mean) / std on pixels 0..255. `labels` are without the background.
    """
    mean, std = exporter.input_scale(checkpoint)
    config = checkpoint.config
    return {
        "task": checkpoint.task,
        "labels": list(checkpoint.labels),
        "image_size": checkpoint.image_size,
        "mean": list(mean),
        "std": list(std),
        "tiles": tiling_of(checkpoint),
        "score_threshold": config.score_threshold,
        "nms_threshold": config.nms_threshold,
        "most_candidates": MAX_CANDIDATES,
        "most_detections": MAX_DETECTIONS,
        "shown_score": _shown_score(checkpoint, provenance),
    }


def tiling_of(checkpoint: Checkpoint) -> dict[str, Any]:
    """In pixels; `along_a_side` 1: the tile is the whole image."""
    return {
        "along_a_side": checkpoint.config.tiles,
        "begin_at": tiles.starts(checkpoint.image_size, checkpoint.config.tiles),
        "image": checkpoint.picture_size,
        "tile": checkpoint.image_size,
    }


def _shown_score(checkpoint: Checkpoint, provenance: Provenance) -> float:
    """Where the evaluation's F1 is best, over all labels."""
    if checkpoint.task != "detection":
        return 0.0
    best = provenance.evaluation.get("threshold", {}).get("score")
    return max(checkpoint.config.score_threshold, SHOWN_SCORE if best is None else best)
