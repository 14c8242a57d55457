"""Which images come together in which step, as a function of seed and epoch alone: a resumed run sees the same."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from training.engine import distributed
from training.engine.data import Examples
from training.engine.effort import cut_outs_across, pictures_seen
from training.engine.network import LearningTarget
from training.engine.squares import Square
from training.engine.transforms import USUAL, Boxes, Labels, Views, augment

View = tuple[Square, Boxes, Labels]
"""One picture as a step sees it, and its truth."""

Batch = tuple[Tensor, list[LearningTarget]]
"""uint8 squares [B, S, S, 3] and their targets."""


def epoch_order(count: int, batch_size: int, seed: int, epoch: int) -> list[list[int]]:
    """The indices of each step's images. Batches are even in size: BatchNorm can't learn from a batch of one."""
    rng = np.random.default_rng((seed, epoch))
    batch = min(batch_size, count)
    wanted = pictures_seen(count, batch)
    order = np.concatenate([rng.permutation(count) for _ in range(math.ceil(wanted / count))])[:wanted]
    steps = math.ceil(wanted / batch)
    if batch_size > 1:
        steps = min(steps, wanted // 2)
    return [[int(i) for i in part] for part in np.array_split(order, steps)]


def repeated(labels: Sequence[npt.NDArray[np.int64]], rare_share: float) -> list[int]:
    """The images' indices, some several times: of each image as its rarest label needs, by LVIS's rule.

    A label on a share f of the images asks for sqrt(rare_share / f). What is left of rounding goes to the next image.
    """
    frequency = Counter(label for found in labels for label in set(found.tolist()))
    wanted = [
        max([1.0, *(math.sqrt(rare_share * len(labels) / frequency[label]) for label in set(found.tolist()))])
        for found in labels
    ]
    ends = np.floor(np.cumsum(wanted) + 0.5).astype(int)
    return [int(i) for i in np.repeat(np.arange(len(labels)), np.diff(ends, prepend=0))]


def training_batches(
    examples: Examples, order: Sequence[Sequence[int]], seed: int, epoch: int, views: Views = USUAL
) -> Iterator[Batch]:
    """Augmented batches in the given order: of each this process's share. An image's view hangs on its place alone.

    Where views are cut out, each square is put together from several.
    """
    first, stride = distributed.rank(), distributed.world_size()
    seen_as = partial(cut_outs, across=crops_across(examples, views.crop)) if views.crop else view
    for step, indices in enumerate(order):
        examples.squares.prepare(i for few in order[step : step + 2] for i in few[first::stride])
        mine = list(enumerate(indices))[first::stride]
        seen = [seen_as(examples, i, _rng(seed, epoch, step, place), views) for place, i in mine]
        squares = torch.from_numpy(np.stack([square for square, _, _ in seen]))
        yield squares, [target(boxes, labels) for _, boxes, labels in seen]


def _rng(*place: int) -> np.random.Generator:
    return np.random.default_rng(place)


def view(examples: Examples, i: int, rng: np.random.Generator, views: Views) -> View:
    if views.mosaic_chance and rng.random() < views.mosaic_chance:
        return mosaic(examples, i, rng, views)
    return augment(examples.squares[i], examples.boxes[i], examples.labels[i], rng, views)


def mosaic(examples: Examples, i: int, rng: np.random.Generator, views: Views) -> View:
    """Image `i` and three of any in one square, each from half as large as alone to as large, but only in part."""
    side = examples.squares.shape[1]
    small = replace(views, crop=math.ceil(side / 2), zoom_min=views.zoom_min / 2, mosaic_chance=0.0)
    images = [i, *rng.integers(len(examples), size=3).tolist()]
    return _put_together([view(examples, image, rng, small) for image in images], side)


def crops_across(examples: Examples, side: int) -> int:
    """How many cut-outs across and down share a square of `side` pixels: more where all boxes are small."""
    boxes = np.concatenate([np.zeros((0, 4), np.float32), *examples.boxes])
    return cut_outs_across(((boxes[:, 2:] - boxes[:, :2]).max(1) * examples.squares.shape[1]).tolist(), side)


def cut_outs(examples: Examples, i: int, rng: np.random.Generator, views: Views, across: int) -> View:
    """Crops in one square of `views.crop` pixels, a row of image `i` and the others of any: small boxes in numbers."""
    small = replace(views, crop=math.ceil(views.crop / across), mosaic_chance=0.0)
    images = [i, *rng.integers(len(examples), size=across - 1).tolist()]
    return _put_together([view(examples, image, rng, small) for image in images for _ in range(across)], views.crop)


def _put_together(parts: Sequence[View], side: int) -> View:
    """A square of `side` pixels from as many parts across as down, row by row."""
    across = math.isqrt(len(parts))
    square = np.empty((side, side, 3), np.uint8)
    all_boxes = []
    for place, (part, boxes, _) in enumerate(parts):
        part_side = part.shape[0]
        top, left = (number * part_side for number in divmod(place, across))
        square[top : top + part_side, left : left + part_side] = part[: side - top, : side - left]
        corners = (boxes * part_side + np.array([left, top] * 2, np.float32)) / side
        all_boxes.append(corners.clip(max=1.0))
    return square, np.concatenate(all_boxes), np.concatenate([labels for _, _, labels in parts])


def plain_batch(examples: Examples, indices: Sequence[int]) -> Batch:
    """The images as they are."""
    squares = torch.from_numpy(np.stack([examples.squares[i] for i in indices]))
    return squares, [target(examples.boxes[i], examples.labels[i]) for i in indices]


def target(boxes: np.ndarray, labels: np.ndarray) -> LearningTarget:
    return LearningTarget(torch.from_numpy(boxes.astype(np.float32)), torch.from_numpy(labels))
