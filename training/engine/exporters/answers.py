"""What a model says of an image, whichever runtime it runs in: the thing that parity compares."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from annotations.dataset.records import Task
from training.engine.checkpoint import Checkpoint
from training.engine.config import Config
from training.engine.detectors.postprocess import Detections, Suppression, detections
from training.engine.errors import ParityError
from training.engine.network import normalise
from training.engine.scoring import Scoring
from training.engine.squares import Square

Floats = NDArray[np.float32]
Squares = NDArray[np.uint8]
"""Images [n, S, S, 3], RGB, stretched to the model's input size."""
BACKGROUND = "BACKGROUND"
"""What the label of no object is called: label 0, where a file has a line for it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One image's raw outputs, and for a detector what is left of them after suppression.

    Detection: scores [A, C + 1], background first under every scoring, and boxes [A, 4], corners 0..1.
    Classification: scores [C].
    """

    scores: Floats
    boxes: Floats | None = None
    detections: Detections | None = None
    floor: float = 0.0
    """The score of the least candidate that suppression looked at, where it looks at so many at most."""


def expect_boxes(scores: Floats, boxes: Floats) -> None:
    """Raises ParityError where `boxes` are not four numbers for each row of `scores`."""
    if boxes.shape != (len(scores), 4):
        raise ParityError(f"The model gives boxes of the shape {list(boxes.shape)} for {len(scores)} rows of scores.")


def with_detections(config: Config, scores: Floats, boxes: Floats) -> Answer:
    expect_boxes(scores, boxes)
    raw, suppression = (torch.from_numpy(scores), torch.from_numpy(boxes)), Suppression.of(config)
    return Answer(scores, boxes, detections(*raw, Scoring.SOFTMAX_WITH_BACKGROUND, suppression))


def without_detections(_config: Config, scores: Floats) -> Answer:
    return Answer(scores)


@dataclass(frozen=True, slots=True)
class Outputs:
    """What the artifacts of one task give: `names`, in the order of the export form.

    `answer` takes the run's config, for its thresholds, and one image's raw outputs in that order, of a runtime that
    leaves suppression to its caller.
    """

    names: tuple[str, ...]
    answer: Callable[..., Answer]
    has_background: bool
    """Whether column 0 of `scores` is the background."""


OUTPUTS: dict[Task, Outputs] = {
    "detection": Outputs(("scores", "boxes"), with_detections, has_background=True),
    "classification": Outputs(("scores",), without_detections, has_background=False),
}


@torch.inference_mode()
def ask_torch(
    form: nn.Module, checkpoint: Checkpoint, squares: Squares, milliseconds: list[float] | None = None
) -> list[Answer]:
    """The answers of a `form` in torch. Those of the checkpoint's own are what every artifact is held against."""
    info, answer = checkpoint.info, OUTPUTS[checkpoint.task].answer
    answers = []
    for square in squares:
        image = normalise(torch.from_numpy(square[None]), info.mean, info.std)
        with lap(milliseconds):
            outputs = form(image)
        few = outputs if isinstance(outputs, tuple) else (outputs,)
        answers.append(answer(checkpoint.config, *(output[0].numpy() for output in few)))
    return answers


@contextmanager
def lap(milliseconds: list[float] | None) -> Iterator[None]:
    """Appends how long the block took."""
    start = time.perf_counter()
    yield
    if milliseconds is not None:
        milliseconds.append(1000 * (time.perf_counter() - start))


def scaled(squares: Iterable[Square], mean: Sequence[float], std: Sequence[float]) -> Iterator[Floats]:
    """What an application does to pixels before it asks an artifact: (pixel - mean) / std, of one after the other."""
    middle, spread = np.asarray(mean, np.float32), np.asarray(std, np.float32)
    for square in squares:
        values = square.astype(np.float32)
        values -= middle
        values /= spread
        yield values
