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
    rows = np.flatnonzero(best >= threshold)
    corners, highest, of = np.empty((len(rows), 4), np.float32), np.empty(len(rows), np.float32), labels[rows]
    count = 0
    for box, score, label in zip(boxes[rows], best[rows], labels[rows], strict=True):
        alike = (of[:count] == label) & (_shared(corners[:count], box) > clustering)
        if alike.any():
            i = int(alike.argmax())
            corners[i] = np.concatenate([np.minimum(corners[i, :2], box[:2]), np.maximum(corners[i, 2:], box[2:])])
            highest[i] = max(highest[i], score)
        else:
            corners[count], highest[count], of[count] = box, score, label
            count += 1
    order = np.argsort(-highest[:count], kind="stable")
    return Detections(*(torch.from_numpy(values[order]) for values in (corners, highest, of)))


def _shared(boxes: Floats, box: Floats) -> Floats:
    """The area [N] that each box [N, 4] shares with one [4], by that of the larger one."""
    sides = np.minimum(boxes[:, 2:], box[2:]) - np.maximum(boxes[:, :2], box[:2])
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    share: Floats = sides.clip(0).prod(1) / np.maximum(np.maximum(areas, (box[2:] - box[:2]).prod()), 1e-12)
    return share
