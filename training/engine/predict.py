"""From squares to annotations: what a network sees in pictures, in pixels of the pictures."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from annotations.dataset.records import AnnotationRecord
from training.engine import catalog
from training.engine.checkpoint import Checkpoint, network_of
from training.engine.config import Config
from training.engine.data import read_square
from training.engine.device import choose_device
from training.engine.network import Network, normalise
from training.engine.tasks import TASKS

BATCH_PIXELS = 16 * 320 * 320
"""Pixels of a batch: an image of 320 comes with 15 others, one of 1024 alone."""


def predict(checkpoint: Checkpoint, images: Sequence[Path]) -> list[list[AnnotationRecord]]:
    """The annotations of each image, best first, in pixels of the upright image. Raises DataError on a damaged file."""
    squares = [torch.from_numpy(read_square(path, checkpoint.image_size).copy()) for path in images]
    sizes = [_upright_size(path) for path in images]
    network = network_of(checkpoint).to(choose_device())
    return list(predicted_annotations(network, checkpoint.info, checkpoint.labels, checkpoint.config, squares, sizes))


def predicted_annotations(
    network: Network,
    info: catalog.ModelInfo,
    labels: Sequence[str],
    config: Config,
    squares: Sequence[Tensor],
    sizes: Sequence[tuple[int, int]],
    check_stop: Callable[[], None] = lambda: None,
) -> Iterator[list[AnnotationRecord]]:
    """The annotations of uint8 squares [S, S, 3], whose pictures have the given (width, height).

    Detection: boxes by falling score. Classification: every label by falling score, without a box. `config`: of the
    network's run, for its thresholds.
    """
    network.eval()
    rules = TASKS[info.task].rules
    batch = max(1, BATCH_PIXELS // (squares[0].shape[0] * squares[0].shape[1])) if squares else 1
    for start in range(0, len(squares), batch):
        check_stop()
        few = torch.stack(list(squares[start : start + batch])).to(next(network.parameters()).device)
        with torch.inference_mode():
            said = network.predictions(normalise(few, info.mean, info.std))
        yield from rules.annotations(said, info.scoring, labels, sizes[start : start + batch], config)


def _upright_size(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        turned = image.getexif().get(0x0112, 1) >= 5
        return (image.height, image.width) if turned else image.size
