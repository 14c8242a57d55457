"""Weights of timm's models as timm publishes them: safetensors, or a state dict; nothing in a file is executed."""

from pathlib import Path

import timm
from timm.models import load_state_dict

from training.engine.classifiers.timm_classifier import PREFIX
from training.engine.model_info import ModelInfo
from training.engine.weight_files import State


def read(path: Path, info: ModelInfo) -> State:
    """As timm itself loads it: names of older editions are mapped, an extra background label is left out."""
    state = load_state_dict(str(path), weights_only=True)
    count = _label_count(state, info)
    content = {"state_dict": state, "num_classes": count}
    network = timm.create_model(info.name, pretrained=True, num_classes=count, pretrained_cfg_overlay=content)
    return {PREFIX + name: value for name, value in network.state_dict().items()}


def _label_count(state: State, info: ModelInfo) -> int:
    """Of the file's head; that of the published one where it is older or has a background label."""
    cfg, published = timm.get_pretrained_cfg(info.name), info.weights.label_count
    name = cfg.classifier if isinstance(cfg.classifier, str) else cfg.classifier[0]
    rows = len(state[f"{name}.weight"]) if f"{name}.weight" in state else published
    return published if rows == published + (cfg.label_offset or 0) else rows
