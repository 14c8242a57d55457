"""Reads the checkpoints of effdet and timm, whole or as their training leaves them, into our EfficientDet.

Names are ours already. A box's terms are not: theirs are ty, tx, th, tw, ours tx, ty, tw, th times the weights that
`anchors` gives them.
"""

import re
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from training.engine.detectors.anchors import CENTRE_WEIGHT, SIZE_WEIGHT
from training.engine.errors import WeightsError
from training.engine.model_info import ModelInfo
from training.engine.weight_files import State

WRAPPERS = ("state_dict_ema", "state_dict", "model")
"""Under which a training checkpoint keeps the weights, the averaged ones first."""
PREFIX = re.compile(r"^(module\.)?(model\.)?")
ANCHORS = "anchors.boxes"
LEVEL_FIRST = re.compile(r"^(class_net|box_net)\.bn_rep\.(\d)\.(\d)\.(?!bn\.)")
"""How effdet names the heads' BatchNorm once it is prepared for TorchScript: level before repeat."""
LAST_OF_BOXES = ("box_net.predict.conv_pw.weight", "box_net.predict.conv_pw.bias")
ORDER = (1, 0, 3, 2)


def read(path: Path, info: ModelInfo) -> State:  # noqa: ARG001 the names are the same for both editions
    """The `WeightReader`. Raises WeightsError where the file is of another family."""
    state = {_renamed(name): tensor for name, tensor in _weights(path).items() if not name.endswith(ANCHORS)}
    for name in LAST_OF_BOXES:
        if name not in state:
            raise WeightsError(f"{path.name} is no EfficientDet of effdet: it has no {name}.")
        state[name] = _in_our_terms(state[name])
    return state


def _weights(path: Path) -> State:
    content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    state: State = next((content[name] for name in WRAPPERS if isinstance(content.get(name), dict)), content)
    return state


def _renamed(name: str) -> str:
    return LEVEL_FIRST.sub(r"\1.bn_rep.\3.\2.bn.", PREFIX.sub("", name))


def _in_our_terms(last: Tensor) -> Tensor:
    """Weights [K * 4, ...] or biases [K * 4] of the last convolution."""
    weights = torch.tensor([CENTRE_WEIGHT, CENTRE_WEIGHT, SIZE_WEIGHT, SIZE_WEIGHT])
    terms = last.float().reshape(-1, 4, last[0].numel())[:, ORDER] * weights[:, None]
    return terms.reshape(last.shape)
