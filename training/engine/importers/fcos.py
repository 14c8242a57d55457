"""torchvision's FCOS: its file has a row for the background, which no loss ever taught and our head has not."""

from pathlib import Path

from training.engine import weight_files
from training.engine.model_info import ModelInfo
from training.engine.weight_files import State

LABELS = "head.classification_head.cls_logits."


def read(path: Path, info: ModelInfo) -> State:
    """The `WeightReader` of `fcos_resnet50_fpn_coco-….pth`, and of files that torchvision's own FCOS saved."""
    state = weight_files.read(path, info)
    return {name: value[1:] if name.startswith(LABELS) else value for name, value in state.items()}
