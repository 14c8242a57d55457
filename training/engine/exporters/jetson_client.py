"""What jetson-inference does before and after the network, rewritten from its sources.

dusty-nv/jetson-inference at 45da40a: `gpuTensorNormMean` of c/tensorConvert.cu, `preProcess`, `postProcessSSD_ONNX` and
`clusterDetections` of c/detectNet.cpp, `preProcess` of c/imageNet.cpp.
"""

import numpy as np
import torch

from training.engine.data import Picture
from training.engine.detectors.postprocess import Detections
from training.engine.exporters.answers import Floats
from training.engine.exporters.rescaling import Scale
from training.engine.model_zoo import IMAGENET_MEAN, IMAGENET_STD, SIGNED_UNIT
from training.engine.squares import Square

DETECT_NET: Scale = (SIGNED_UNIT, SIGNED_UNIT)
IMAGE_NET: Scale = (IMAGENET_MEAN, IMAGENET_STD)
CLUSTERING = 0.75
"""detectNet's default of `--clustering`."""


def sampled(picture: Picture, side: int) -> Square:
    """A picture [H, W, 3] stretched to a square by its nearest pixels, counted from the left and the top."""
    height, width = picture.shape[:2]
    rows, columns = ((np.arange(side) * (length / side)).astype(int) for length in (height, width))
    square: Square = picture[rows[:, None], columns]
    return square


def detected(scores: Floats, boxes: Floats, threshold: float, clustering: float = CLUSTERING) -> Detections:
    """detectNet's boxes, of scores [A, C + 1] and boxes [A, 4]: each row's best label, in the order of the rows.

    One that shares more than `clustering` of the larger area with an earlier one of its label is united with it.
    """
    labels, best = scores[:, 1:].argmax(1), scores[:, 1:].max(1)
    found: list[tuple[Floats, float, int]] = []
    for row in np.flatnonzero(best >= threshold):
        box, score, label = boxes[row], float(best[row]), int(labels[row])
        for i, (known, known_score, known_label) in enumerate(found):
            if known_label == label and _shared(box, known) > clustering:
                united = np.concatenate([np.minimum(known[:2], box[:2]), np.maximum(known[2:], box[2:])])
                found[i] = (united, max(known_score, score), label)
                break
        else:
            found.append((box, score, label))
    found.sort(key=lambda one: -one[1])
    columns = list(zip(*found, strict=True)) or [(), (), ()]
    corners = np.array(columns[0], np.float32).reshape(-1, 4)
    return Detections(torch.from_numpy(corners), torch.tensor(columns[1]), torch.tensor(columns[2], dtype=torch.int64))


def _shared(first: Floats, second: Floats) -> float:
    """The area that two boxes share, by that of the larger one."""
    sides = np.minimum(first[2:], second[2:]) - np.maximum(first[:2], second[:2])
    if (sides <= 0).any():
        return 0.0
    larger = max(float(np.prod(box[2:] - box[:2])) for box in (first, second))
    return float(np.prod(sides)) / max(larger, 1e-12)
