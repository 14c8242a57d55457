"""Reads the checkpoints of YOLOX: `yolox_tiny.pth`, or what its own trainer wrote of either edition.

Its networks take BGR, 0 to 255, and begin by taking the picture apart into four quarters of its pixels. Here both are
part of the first convolution, which takes RGB, 0 to 1.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy._core.multiarray import scalar
from torch import Tensor

from training.engine.errors import WeightsError
from training.engine.families import build_network
from training.engine.model_info import ModelInfo
from training.engine.weight_files import State, renamed

NAMES = (
    (r"^backbone\.(?!backbone\.)", "neck."),
    (r"^backbone\.backbone\.stem\.conv\.", "backbone.stem."),
    (r"^backbone\.backbone\.", "backbone."),
)
STEM = "backbone.stem.conv.weight"
LABELS = "head.cls_preds."
QUARTERS = ((0, 0), (1, 0), (0, 1), (1, 1))
"""Row and column of the pixel that each quarter has of each four."""
BGR = [2, 1, 0]
NUMPY_NUMBERS: list[Any] = [
    *((scalar, f"numpy.{core}.multiarray.scalar") for core in ("core", "_core")),
    *(np.dtype, np.dtypes.Float64DType),
]
"""What the AP is made of that its trainer writes beside the weights."""


def read(path: Path, info: ModelInfo) -> State:
    """The `WeightReader`. Heads of another number of labels are left out.

    Raises WeightsError where the file is of another network.
    """
    state = renamed(_model(path), NAMES)
    expected = build_network(info, info.weights.label_count, info.image_size).state_dict()
    if STEM in state and state[STEM].shape[1:] == (12, 3, 3):
        state[STEM] = whole_picture(state[STEM].float())
    fitting = {name: tensor for name, tensor in state.items() if tensor.shape == expected.get(name, tensor).shape}
    missing = [name for name in expected if name not in fitting and not name.startswith(LABELS)]
    if missing:
        raise WeightsError(f"{path.name} holds no {info.title}: {missing[0]} is not there, or of another shape.")
    return {name: fitting[name] for name in expected if name in fitting}


def whole_picture(weight: Tensor) -> Tensor:
    """Weights [out, 12, 3, 3] over the quarters in BGR, as [out, 3, 6, 6] over the picture in RGB and shares of 255."""
    whole = weight.new_zeros(len(weight), 3, 6, 6)
    for (row, column), quarter in zip(QUARTERS, weight.view(-1, 4, 3, 3, 3).unbind(1), strict=True):
        whole[:, :, row::2, column::2] = quarter[:, BGR]
    return whole * 255


def _model(path: Path) -> State:
    with torch.serialization.safe_globals(NUMPY_NUMBERS):
        content = torch.load(path, map_location="cpu", weights_only=True)
    state: State = content.get("model", content)
    return state
