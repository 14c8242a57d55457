"""From squares to annotations: what a network sees in pictures, in pixels of the pictures."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from annotations.dataset.records import AnnotationRecord
from training.engine import catalog
from training.engine.checkpoint import Checkpoint, network_of
from training.engine.config import Config
from training.engine.data import read_square
from training.engine.device import choose_device
from training.engine.errors import DataError
from training.engine.network import Network, normalise
from training.engine.squares import Squares, cut
from training.engine.tasks import TASKS

BATCH_PIXELS = 16 * 320 * 320
"""Pixels of a batch: an image of 320 comes with 15 others, one of 1280 alone; its tiles of 320 come together."""


def predict(
    checkpoint: Checkpoint, images: Sequence[Path], check_stop: Callable[[], None] = lambda: None
) -> Iterator[list[AnnotationRecord]]:
    """The annotations of each image, best first, in pixels of the upright image. Raises DataError on a damaged file.

    A few images are in memory at once.
    """
    network, config, size = network_of(checkpoint).to(choose_device()), checkpoint.config, checkpoint.picture_size
    squares = Squares.streaming(len(images), lambda i: read_square(images[i], size), size)
    sizes = [upright_size(path) for path in images]
    return predicted_annotations(network, checkpoint.info, checkpoint.labels, config, squares, sizes, check_stop)


def predicted_annotations(
    network: Network,
    info: catalog.ModelInfo,
    labels: Sequence[str],
    config: Config,
    squares: Squares,
    sizes: Sequence[tuple[int, int]],
    check_stop: Callable[[], None] = lambda: None,
) -> Iterator[list[AnnotationRecord]]:
    """The annotations of pictures of the given (width, height).

    Detection: boxes by falling score. Classification: every label by falling score, without a box. `config`: of the
    network's run, for its thresholds and what it magnifies.
    """
    network.eval()
    rules = TASKS[info.task].rules
    batch = max(1, BATCH_PIXELS // (squares.shape[1] * squares.shape[2]))
    for start in range(0, len(sizes), batch):
        check_stop()
        few = torch.from_numpy(cut(squares[start : start + batch], config.image_size, config.tiles))
        said = _said(network, info, few, config.magnify)
        yield from rules.annotations(said, info.scoring, labels, sizes[start : start + batch], config)


@torch.inference_mode()
def _said(network: Network, info: catalog.ModelInfo, squares: Tensor, magnify: int) -> Any:
    """The network's predictions on uint8 squares [n, S, S, 3], asked in parts where one batch would be too large."""
    device, at_once = next(network.parameters()).device, max(1, BATCH_PIXELS // (squares.shape[1] * magnify) ** 2)
    said = [
        network.predictions(normalise(part.to(device), info.mean, info.std)) for part in torch.split(squares, at_once)
    ]
    return said[0] if len(said) == 1 else tuple(torch.cat(parts) for parts in zip(*said, strict=True))


def upright_size(path: Path) -> tuple[int, int]:
    """Width and height after EXIF orientation. Raises DataError."""
    try:
        with Image.open(path) as image:
            turned = image.getexif().get(0x0112, 1) >= 5
            return (image.height, image.width) if turned else image.size
    except OSError as error:
        raise DataError(f"{path.name} can't be decoded: {error}.") from error
