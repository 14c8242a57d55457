"""Truth and detections drawn at random, with ties in overlap and score, for laws of the metrics."""

import numpy as np

from annotations.dataset.records import AnnotationRecord, Box, ImageRecord

LABELS = ["cat", "dog", "owl"]
SIDE = 200

Drawn = tuple[list[ImageRecord], list[list[AnnotationRecord]]]


def draw(seed: int, images: int = 6, boxes: int = 8) -> Drawn:
    """Corners are whole pixels and scores hundredths, so that overlaps and scores often are the same."""
    random = np.random.default_rng(seed)
    truth = [[_annotation(random) for _ in range(random.integers(0, boxes))] for _ in range(images)]
    found = [_detections(random, few) for few in truth]
    records = [
        ImageRecord(f"{i}.png", f"{i:064d}", SIDE, SIDE, queue="labelled", annotations=tuple(few))
        for i, few in enumerate(truth)
    ]
    return records, found


def _annotation(random: np.random.Generator) -> AnnotationRecord:
    x, y = random.integers(0, SIDE - 8, 2)
    across, down = random.integers(4, 120, 2)
    attributes = {name: True for name in ("difficult", "crowd") if random.random() < 0.2}
    return AnnotationRecord(str(random.choice(LABELS)), _box(x, y, x + across, y + down), attributes=attributes)


def _detections(random: np.random.Generator, truth: list[AnnotationRecord]) -> list[AnnotationRecord]:
    near = [_shaken(random, one) for one in truth for _ in range(random.integers(0, 4))]
    return sorted([*near, *(_scored(random, _annotation(random)) for _ in range(3))], key=lambda one: -(one.score or 0))


def _shaken(random: np.random.Generator, one: AnnotationRecord) -> AnnotationRecord:
    assert one.box is not None
    dx, dy, dw, dh = random.integers(-3, 4, 4)
    box = _box(one.box.x_min + dx, one.box.y_min + dy, one.box.x_max + dx + dw, one.box.y_max + dy + dh)
    label = one.label if random.random() < 0.8 else str(random.choice(LABELS))
    return _scored(random, AnnotationRecord(label, box))


def _scored(random: np.random.Generator, one: AnnotationRecord) -> AnnotationRecord:
    return AnnotationRecord(one.label, one.box, score=round(float(random.random()), 2))


def _box(x_min: float, y_min: float, x_max: float, y_max: float) -> Box:
    return Box(float(x_min), float(y_min), float(max(x_max, x_min + 1)), float(max(y_max, y_min + 1)))
