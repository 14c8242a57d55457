"""Detection: boxes of labels; judged by COCO's average precision."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from annotations.dataset.manifest import SIDES
from annotations.dataset.records import AnnotationRecord, Box, ImageRecord
from training.engine.config import Config
from training.engine.detectors.postprocess import Detections, Suppression, detections
from training.engine.detectors.tiling import of_images
from training.engine.metrics import operating
from training.engine.metrics.bootstrap import detection_intervals
from training.engine.metrics.detection import Numbers, coco_numbers
from training.engine.metrics.matching import match
from training.engine.metrics.voc import voc_numbers
from training.engine.scoring import Scoring
from training.engine.tasks import SHOWN_IMAGES, TASKS, Found, Metrics, Report

SHOWN_SCORE = 0.05
"""Detections from this score on are written down for people to look at."""


def truth(image: ImageRecord, labels: Sequence[str]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """Without crowds: a box around several objects is no example of one."""
    found = [
        (_shares(annotation.box, image), labels.index(annotation.label))
        for annotation in image.annotations
        if annotation.box and not annotation.is_crowd
    ]
    kept = [(box, label) for box, label in found if box[2] > box[0] and box[3] > box[1]]
    boxes = np.array([box for box, _ in kept], np.float32).reshape(-1, 4)
    return boxes, np.array([label for _, label in kept], np.int64)


def annotations(
    outputs: tuple[Tensor, Tensor],
    scoring: Scoring,
    labels: Sequence[str],
    sizes: Sequence[tuple[int, int]],
    config: Config,
) -> Iterator[list[AnnotationRecord]]:
    scores, boxes = (tensor.float().cpu() for tensor in outputs)
    suppression = Suppression.of(config)
    found = [detections(*of_one, scoring, suppression) for of_one in zip(scores, boxes, strict=True)]
    for of_image, size in zip(of_images(found, config), sizes, strict=True):
        yield detected_annotations(of_image, labels, size)


def detected_annotations(found: Detections, labels: Sequence[str], size: tuple[int, int]) -> list[AnnotationRecord]:
    """Detections in shares of the image as annotations in pixels of a picture of `size` (width, height)."""
    scale = torch.tensor([size[0], size[1], size[0], size[1]])
    rows = zip((found.boxes * scale).tolist(), found.scores.tolist(), found.labels.tolist(), strict=True)
    return [
        AnnotationRecord(label=labels[label], box=Box(*box), score=score, source="model") for box, score, label in rows
    ]


def evaluation(images: Sequence[ImageRecord], found: Found, labels: Sequence[str]) -> tuple[Metrics, Report]:
    numbers, rows = coco_numbers(images, found, labels)
    metrics = {name: numbers[name] for name in TASKS["detection"].metrics}
    return metrics, lambda: _report(images, found, labels, numbers, rows)


def _report(
    images: Sequence[ImageRecord], found: Found, labels: Sequence[str], numbers: Numbers, rows: list[dict[str, Any]]
) -> dict[str, Any]:
    matches = match(images, found, labels)
    score = operating.best_threshold(matches)
    voc, voc_rows = voc_numbers(images, found, labels)
    at_score = operating.label_rows(matches, score)
    spread, label_spread = detection_intervals(len(images), matches)
    of_labels = zip(rows, voc_rows, at_score, label_spread, strict=True)
    return {
        "coco": numbers,
        "voc": voc,
        "intervals": {name: one and one.as_json() for name, one in spread.items()},
        "sizes": operating.sizes(images),
        "threshold": {"score": score} | operating.at_threshold(matches, score),
        "labels": [row | {"voc": of_voc, "interval": one and one.as_json()} | at for row, of_voc, at, one in of_labels],
        "confusion": operating.confusion(images, found, labels, score),
        "calibration": operating.box_calibration(matches).as_json(),
        "predictions": _predictions(images, found),
    }


def _predictions(images: Sequence[ImageRecord], found: Found) -> list[dict[str, Any]]:
    return [
        {
            "image": image.sha256,
            "truth": [_as_json(annotation) for annotation in image.annotations if annotation.box],
            "detections": [_as_json(annotation) for annotation in of_image if (annotation.score or 0.0) >= SHOWN_SCORE],
        }
        for image, of_image in zip(images[:SHOWN_IMAGES], found, strict=False)
    ]


def _shares(box: Box, image: ImageRecord) -> tuple[float, float, float, float]:
    """The box's corners as shares of the image, clipped to it."""
    across, down = 1 / image.width, 1 / image.height
    sides = (box.x_min * across, box.y_min * down, box.x_max * across, box.y_max * down)
    x_min, y_min, x_max, y_max = (min(max(side, 0.0), 1.0) for side in sides)
    return x_min, y_min, x_max, y_max


def _as_json(annotation: AnnotationRecord) -> dict[str, Any]:
    row: dict[str, Any] = {"label": annotation.label} | {
        side: round(getattr(annotation.box, side), 2) for side in SIDES
    }
    if annotation.is_crowd:
        row["crowd"] = True
    return row if annotation.score is None else row | {"score": round(annotation.score, 4)}
