"""What a model says of an image, whichever runtime it runs in: the thing that parity compares."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from training.engine.detectors.postprocess import Detections, detections
from training.engine.network import normalise

Floats = NDArray[np.float32]
Squares = NDArray[np.uint8]
"""Images [n, S, S, 3], RGB, stretched to the model's input size."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One image's raw outputs, and for a detector what is left of them after suppression.

    Detection: scores [A, C + 1], background first, and boxes [A, 4], corners 0..1. Classification: probabilities [C].
    """

    scores: Floats
    boxes: Floats | None = None
    detections: Detections | None = None


def answer_of(scores: Floats, boxes: Floats | None) -> Answer:
    """The answer behind the raw outputs of a runtime that leaves suppression to its caller."""
    if boxes is None:
        return Answer(scores)
    return Answer(scores, boxes, detections(torch.from_numpy(scores), torch.from_numpy(boxes)))


@torch.inference_mode()
def ask_torch(form: nn.Module, squares: Squares, mean: Sequence[float], std: Sequence[float]) -> list[Answer]:
    """The checkpoint's own answers: what every artifact is held against."""
    answers = []
    for square in squares:
        outputs = form(normalise(torch.from_numpy(square[None]), mean, std))
        scores, boxes = outputs if isinstance(outputs, tuple) else (outputs, None)
        answers.append(answer_of(scores[0].numpy(), None if boxes is None else boxes[0].numpy()))
    return answers


def scaled(squares: Squares, mean: Sequence[float], std: Sequence[float]) -> Floats:
    """What an application does to pixels before it asks an artifact: (pixel - mean) / std, [n, S, S, 3]."""
    values = (squares.astype(np.float32) - np.asarray(mean, np.float32)) / np.asarray(std, np.float32)
    return values.astype(np.float32)
