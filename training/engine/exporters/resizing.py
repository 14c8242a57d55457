"""How clients stretch a picture to a network's square: none of them takes the mean of what it leaves out, as we do."""

from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

import numpy as np

from training.engine.checkpoint import Checkpoint
from training.engine.data import Picture
from training.engine.exporters.answers import Answer, Floats, Squares
from training.engine.exporters.exporter import Asked
from training.engine.squares import Square
from training.engine.targets import Verification

AT_ONCE = 64
"""Squares in memory."""

Ask = Callable[[Path, Checkpoint, Squares], Asked]
AskClient = Callable[[Path, Checkpoint, Iterable[Picture]], Asked]


def by_corners(picture: Picture, side: int) -> Square:
    """As MediaPipe and `tf.image.resizeBilinear` do: pixel i lies at i * length / side, between two of the picture."""
    return _between(picture, side, 0.0)


def by_centres(picture: Picture, side: int) -> Square:
    """As OpenCV's INTER_LINEAR does: the middle of pixel i lies at (i + 0.5) * length / side."""
    return _between(picture, side, 0.5)


def _between(picture: Picture, side: int, middle: float) -> Square:
    rows, columns = (_places(length, side, middle) for length in picture.shape[:2])
    (above, below, down), (left, right, along) = rows, columns
    down, along = down[:, None, None], along[:, None]
    lines = picture[above] * (1 - down) + picture[below] * down
    square: Square = np.rint(lines[:, left] * (1 - along) + lines[:, right] * along).astype(np.uint8)
    return square


def _places(length: int, side: int, middle: float) -> tuple[Squares, Squares, Floats]:
    """Of each of `side` pixels the two that it lies between, and its share of the second."""
    at = ((np.arange(side) + middle) * (length / side) - middle).clip(0, length - 1)
    first = at.astype(int)
    return first, np.minimum(first + 1, length - 1), (at - first).astype(np.float32)


def asked_after(
    ask: Ask,
    name: str,
    stretch: Callable[[Picture, int], Square],
    read: Callable[[Answer, Picture], Answer] = lambda answer, _: answer,
) -> AskClient:
    """What a client says that prepares pictures by `stretch`, and makes of the file's answers what `read` does."""

    def ask_client(folder: Path, checkpoint: Checkpoint, pictures: Iterable[Picture]) -> Asked:
        given, said = iter(pictures), []
        while few := list(islice(given, AT_ONCE)):
            squares = np.stack([stretch(picture, checkpoint.image_size) for picture in few])
            answers = ask(folder, checkpoint, squares).answers
            said += [read(answer, picture) for answer, picture in zip(answers, few, strict=True)]
        return Asked(Verification.RUN_HERE, name, said)

    return ask_client
