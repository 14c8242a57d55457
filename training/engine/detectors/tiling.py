"""Detections of tiles as detections of the images that they were cut from."""

from collections.abc import Iterator, Sequence

import torch

from training.engine.config import Config
from training.engine.detectors.postprocess import Detections, Suppression
from training.engine.tiles import Box, Found, merged, on_picture, windows


def of_images(found: Sequence[Detections], config: Config) -> Iterator[Detections]:
    """Each image's detections, in its shares, of those of its tiles, in theirs, in the order of `squares.cut`."""
    if config.tiles == 1:
        yield from found
        return
    places, suppression = windows(config.image_size, config.tiles), Suppression.of(config)
    for start in range(0, len(found), len(places)):
        yield _merged(found[start : start + len(places)], places, suppression)


def _merged(found: Sequence[Detections], places: Sequence[Box], suppression: Suppression) -> Detections:
    rows = [
        Found(score, label, on_picture(box, place), place)
        for of_tile, place in zip(found, places, strict=True)
        for score, label, box in zip(
            of_tile.scores.tolist(), of_tile.labels.tolist(), of_tile.boxes.tolist(), strict=True
        )
    ]
    kept = merged(rows, suppression.iou)[: suppression.max_detections]
    boxes = torch.tensor([one.box for one in kept]).reshape(-1, 4)
    labels = torch.tensor([one.label for one in kept], dtype=torch.int64)
    return Detections(boxes, torch.tensor([one.score for one in kept]), labels)
