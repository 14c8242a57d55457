"""The COCO numbers of a detector, by faster-coco-eval, which gives those of pycocotools."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from faster_coco_eval import COCO, COCOeval_faster

from annotations.dataset.records import AnnotationRecord, ImageRecord
from training.engine.metrics.matching import crowds, true_boxes

NAMES = (
    "AP",
    "AP50",
    "AP75",
    "AP_small",
    "AP_medium",
    "AP_large",
    "AR1",
    "AR10",
    "AR100",
    "AR_small",
    "AR_medium",
    "AR_large",
)
"""The twelve numbers in COCO's order; sizes are areas in pixels of the original image: < 32², < 96², larger."""

Numbers = dict[str, float | None]


def coco_numbers(
    images: Sequence[ImageRecord], detections: Sequence[Sequence[AnnotationRecord]], labels: Sequence[str]
) -> tuple[Numbers, list[dict[str, Any]]]:
    """The twelve numbers, and per label `{"name", "truth_count", "AP", "AP50"}`; None where nothing is defined.

    `images` carry the truth as their annotations, crowds among them, which are no truth to be found; `detections[i]`,
    with scores, belong to `images[i]`; boxes in pixels.
    """
    counts = [sum(m.label == label for image in images for m in true_boxes(image)) for label in labels]
    if sum(counts) == 0:
        rows = [{"name": label, "truth_count": 0, "AP": None, "AP50": None} for label in labels]
        return dict.fromkeys(NAMES), rows
    found = _detections_as_coco(detections, labels)
    if not found:
        rows = [_row(label, count, 0.0, 0.0) for label, count in zip(labels, counts, strict=True)]
        return dict.fromkeys(NAMES, 0.0), rows
    evaluation = _evaluate(_truth_as_coco(images, labels), found)
    precision = evaluation.eval["precision"]  # [IoU, recall, label, area, limit]
    rows = []
    for i, (label, count) in enumerate(zip(labels, counts, strict=True)):
        of_label = precision[:, :, i, 0, -1]
        rows.append(_row(label, count, _mean(of_label), _mean(of_label[0])))
    return {name: _defined(value) for name, value in zip(NAMES, evaluation.stats, strict=False)}, rows


def _evaluate(truth: dict[str, Any], found: list[dict[str, Any]]) -> Any:
    coco = COCO(truth)
    evaluation = COCOeval_faster(coco, coco.loadRes(found), "bbox", print_function=_say_nothing)
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    return evaluation


def _truth_as_coco(images: Sequence[ImageRecord], labels: Sequence[str]) -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    for i, image in enumerate(images, start=1):
        for annotation in (*true_boxes(image), *crowds(image)):
            row = _annotation_as_coco(annotation, i, labels)
            size = {"iscrowd": int(annotation.is_crowd), "area": row["bbox"][2] * row["bbox"][3]}
            rows.append(row | size | {"id": len(rows) + 1})
    return {
        "info": {},
        "images": [{"id": i, "width": m.width, "height": m.height} for i, m in enumerate(images, start=1)],
        "annotations": rows,
        "categories": [{"id": i, "name": label} for i, label in enumerate(labels, start=1)],
    }


def _detections_as_coco(
    detections: Sequence[Sequence[AnnotationRecord]], labels: Sequence[str]
) -> list[dict[str, Any]]:
    return [
        _annotation_as_coco(annotation, i, labels) | {"score": annotation.score}
        for i, annotations in enumerate(detections, start=1)
        for annotation in annotations
    ]


def _annotation_as_coco(annotation: AnnotationRecord, image_id: int, labels: Sequence[str]) -> dict[str, Any]:
    assert annotation.box is not None
    bbox = [annotation.box.x_min, annotation.box.y_min, annotation.box.width, annotation.box.height]
    return {"image_id": image_id, "category_id": labels.index(annotation.label) + 1, "bbox": bbox}


def _row(label: str, count: int, ap: float | None, ap50: float | None) -> dict[str, Any]:
    return {"name": label, "truth_count": count, "AP": ap if count else None, "AP50": ap50 if count else None}


def _mean(precision: Any) -> float | None:
    defined = precision[precision > -1]
    return float(np.mean(defined)) if defined.size else None


def _defined(value: float) -> float | None:
    return None if value < 0 else float(value)


def _say_nothing(*_: object) -> None:
    """Standard output belongs to the run's events."""
