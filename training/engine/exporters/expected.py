"""What an artifact finds in the picture that its bundle carries: written by the export, found again by whoever runs it.

The picture has just the size that the network wants, so that no client's way of resizing moves a box.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from annotations.dataset.records import AnnotationRecord, ImageRecord
from training.engine.checkpoint import Checkpoint
from training.engine.errors import ParityError
from training.engine.exporters.accuracy import JUDGES
from training.engine.exporters.answers import Answer
from training.engine.exporters.exporter import Exporter
from training.engine.squares import cut
from training.engine.targets import ParityLimits

PICTURE_FILE = "sample.png"
EXPECTED_FILE = "expected.json"
DRAWING = Path(__file__).parent / "samples" / "picture.jpg"
"""A table of the sample project, which our own code drew."""
MOST = 10
SIDES = ("x_min", "y_min", "x_max", "y_max")


@dataclass(frozen=True, slots=True)
class Found:
    """What a runtime says of the picture: an answer a tile, and the annotations that follow, best first."""

    runtime: str
    answers: Sequence[Answer]
    annotations: Sequence[AnnotationRecord]
    side: int
    """Of a tile, in pixels."""


@dataclass(frozen=True, slots=True)
class Reproduced:
    """How many answers were expected, and by how much the worst of those found differs."""

    count: int
    box_px: float
    score: float


def draw_picture(checkpoint: Checkpoint, folder: Path) -> None:
    side = checkpoint.picture_size
    with Image.open(DRAWING) as drawing:
        drawing.resize((side, side), Image.Resampling.BILINEAR).save(folder / PICTURE_FILE)


def find(exporter: Exporter, checkpoint: Checkpoint, model_folder: Path) -> Found:
    """What the artifact in the folder finds in the picture beside it. Raises OSError where that is no picture."""
    with Image.open(model_folder / PICTURE_FILE) as picture:
        square = np.array(picture.convert("RGB"))
    height, width = square.shape[:2]
    asked = exporter.ask(model_folder, checkpoint, cut(square[None], checkpoint.image_size, checkpoint.config.tiles))
    record = ImageRecord(PICTURE_FILE, "", width, height)
    (annotations,) = JUDGES[checkpoint.task].annotations(asked.answers, checkpoint, [record])
    return Found(asked.runtime, asked.answers, annotations, checkpoint.image_size)


def expected_of(found: Found, limits: ParityLimits, threshold: float) -> dict[str, Any]:
    """The content of `expected.json`.

    `found`: the best answers but those so near the threshold that they may fall under it. `raw`: of a detector the
    strongest outputs, before thresholds and suppression: there are some in any picture.
    """
    sure = [one for one in found.annotations if (one.score or 0.0) > threshold + limits.score]
    return {
        "picture": PICTURE_FILE,
        "runtime": found.runtime,
        "tolerance": {"box_px": limits.box_px, "score": limits.score},
        "found": [_as_json(one) for one in sure[:MOST]],
        "raw": [_raw(found, *place) for place in _strongest(found.answers)],
    }


def reproduce(found: Found, expected: dict[str, Any]) -> Reproduced:
    """Raises ParityError where an expected answer is not found."""
    limits, wanted = expected["tolerance"], [*expected["found"], *expected["raw"]]
    gaps = [_nearest(one, found.annotations) for one in expected["found"]]
    gaps += [_raw_gap(one, found) for one in expected["raw"]]
    missing = sum(box_px > limits["box_px"] or score > limits["score"] for box_px, score in gaps)
    if missing:
        raise ParityError(
            f"In {PICTURE_FILE} the model does not find {missing} of the {len(wanted)} answers that "
            f"{EXPECTED_FILE} has; {found.runtime} ran it, {expected['runtime']} when it was made."
        )
    boxes, scores = ([gap[i] for gap in gaps] for i in (0, 1))
    return Reproduced(len(wanted), max(boxes, default=0.0), max(scores, default=0.0))


def _strongest(answers: Sequence[Answer]) -> list[tuple[int, int, int]]:
    """Tile, row and column of the largest scores, the background's aside; none of a classifier, where all are found."""
    places = []
    for tile, answer in enumerate(answers):
        if answer.boxes is not None:
            labels = answer.scores[:, 1:]
            for i in np.argsort(-labels, axis=None, kind="stable")[:MOST]:
                row, column = divmod(int(i), labels.shape[1])
                places.append((tile, row, column + 1))
    return sorted(places, key=lambda place: -answers[place[0]].scores[place[1:]])[:MOST]


def _raw(found: Found, tile: int, row: int, column: int) -> dict[str, Any]:
    """The box in pixels of the tile."""
    answer = found.answers[tile]
    assert answer.boxes is not None
    box = [round(float(side) * found.side, 3) for side in answer.boxes[row]]
    return {
        "tile": tile,
        "row": row,
        "column": column,
        "score": round(float(answer.scores[row, column]), 6),
        "box": box,
    }


def _raw_gap(wanted: dict[str, Any], found: Found) -> tuple[float, float]:
    given = _raw(found, wanted["tile"], wanted["row"], wanted["column"])
    sides = zip(given["box"], wanted["box"], strict=True)
    return max(abs(one - other) for one, other in sides), abs(given["score"] - wanted["score"])


def _nearest(wanted: dict[str, Any], found: Sequence[AnnotationRecord]) -> tuple[float, float]:
    """Pixels and score between the expected answer and the one of its label that lies nearest to it."""
    gaps = [
        (_pixels(wanted, one), abs((one.score or 0.0) - wanted["score"]))
        for one in found
        if one.label == wanted["label"]
    ]
    return min(gaps, default=(float("inf"), float("inf")))


def _pixels(wanted: dict[str, Any], one: AnnotationRecord) -> float:
    box = wanted.get("box")
    if box is None or one.box is None:
        return 0.0 if box is one.box else float("inf")
    gaps: list[float] = [abs(side - getattr(one.box, name)) for name, side in zip(SIDES, box, strict=True)]
    return max(gaps)


def _as_json(one: AnnotationRecord) -> dict[str, Any]:
    box = {"box": [round(getattr(one.box, name), 2) for name in SIDES]} if one.box else {}
    return {"label": one.label, "score": round(one.score or 0.0, 5), **box}
