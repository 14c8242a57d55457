"""Any classifier of timm's registry, under timm's names and keys (Wightman, PyTorch Image Models, 2019)."""

from typing import Any

import timm
import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from training.engine.classifiers.classifier import TRUNK_SHARE, LogitClassifier, mixed
from training.engine.classifiers.timm_folding import behind, folding_pairs
from training.engine.model_info import ModelInfo
from training.engine.network import Stage

PREFIX = "timm."
"""Before timm's own names in our state dicts."""


class TimmClassifier(LogitClassifier):
    """Logits [B, C] of images [B, 3, S, S]; the trunk is everything but the last layers."""

    parameter_prefix = PREFIX

    def __init__(self, info: ModelInfo, label_count: int) -> None:
        super().__init__()
        self.scoring, self.label_count = info.scoring, label_count
        self.least_side = info.image_sizes.least
        self.timm: Any = timm.create_model(info.name, num_classes=label_count)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.timm(images)
        return logits

    def stages(self) -> list[Stage]:
        head = [p for name in heads_of(self.timm) for p in self.timm.get_submodule(name).parameters()]
        in_head = {id(parameter) for parameter in head}
        trunk = [parameter for parameter in self.parameters() if id(parameter) not in in_head]
        return [Stage(TRUNK_SHARE, trunk, is_trunk=True), Stage(1.0, head)]

    def replace_head(self, mix: Tensor) -> None:
        for name in heads_of(self.timm):
            self.timm.set_submodule(name, mixed_layer(self.timm.get_submodule(name), mix))
        self.timm.num_classes = self.label_count = len(mix)

    def fold(self) -> None:
        """Only what `timm_folding` has seen; other BatchNorms stay, and their statistics with them."""
        self.eval()
        if any(isinstance(module, nn.BatchNorm2d) for module in self.modules()):
            image = next(self.parameters()).new_zeros(1, 3, self.least_side, self.least_side)
            for conv_name, norm_name in folding_pairs(self.timm, image):
                conv, norm = self.timm.get_submodule(conv_name), self.timm.get_submodule(norm_name)
                self.timm.set_submodule(conv_name, fuse_conv_bn_eval(conv, norm))
                self.timm.set_submodule(norm_name, behind(norm))
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def heads_of(network: Any) -> tuple[str, ...]:
    """Names of the last layers: two of a distilled network, whose logits are averaged."""
    names = network.pretrained_cfg["classifier"]
    return (names,) if isinstance(names, str) else tuple(names)


def has_linear_head(network: Any) -> bool:
    """Whether `replace_head` can mix its rows."""
    heads = [network.get_submodule(name) for name in heads_of(network)]
    return all((isinstance(head, nn.Linear) or is_pointwise(head)) and head.bias is not None for head in heads)


def is_pointwise(layer: nn.Module) -> bool:
    return isinstance(layer, nn.Conv2d) and layer.kernel_size == (1, 1) and layer.groups == 1


@torch.no_grad()
def mixed_layer(old: nn.Module, mix: Tensor) -> nn.Module:
    """See `classifier.mixed`; also of a convolution of one pixel."""
    if isinstance(old, nn.Linear):
        return mixed(old, mix)
    assert isinstance(old, nn.Conv2d)
    assert old.bias is not None
    new = nn.Conv2d(old.in_channels, len(mix), 1)
    new.weight.copy_((mix @ old.weight.flatten(1))[..., None, None])
    assert new.bias is not None
    new.bias.copy_(mix @ old.bias)
    return new


def build(info: ModelInfo, label_count: int, image_size: int) -> TimmClassifier:  # noqa: ARG001 of its fixed sizes
    return TimmClassifier(info, label_count)
