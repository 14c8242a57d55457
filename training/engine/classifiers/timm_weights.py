"""Weights of timm's models as timm publishes them: safetensors, or a state dict; nothing in a file is executed."""

from pathlib import Path

import timm
from timm.models import load_state_dict

from training.engine.classifiers.timm_classifier import PREFIX
from training.engine.model_info import ModelInfo
from training.engine.weight_files import State


def read(path: Path, info: ModelInfo) -> State:
    """As timm itself loads it: names of older editions are mapped, an extra background label is left out."""
    content = {"state_dict": load_state_dict(str(path), weights_only=True)}
    network = timm.create_model(
        info.name, pretrained=True, num_classes=info.weights.label_count, pretrained_cfg_overlay=content
    )
    return {PREFIX + name: value for name, value in network.state_dict().items()}
