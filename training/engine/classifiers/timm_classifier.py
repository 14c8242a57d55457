"""Any classifier of timm's registry, under timm's names and keys (Wightman, PyTorch Image Models, 2019)."""

from collections import Counter
from typing import Any

import timm
import torch
from timm.layers import BatchNormAct2d
from timm.layers.conv2d_same import Conv2dSame
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from training.engine.classifiers.classifier import TRUNK_SHARE, LogitClassifier, mixed
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
        """Only where a BatchNorm was seen to take what a convolution gave; others stay, and their statistics with them.

        The order in which timm's modules are registered does not tell: some norms come before their convolution.
        """
        self.eval()
        for conv_name, norm_name in self._pairs():
            conv, norm = self.timm.get_submodule(conv_name), self.timm.get_submodule(norm_name)
            self.timm.set_submodule(conv_name, fuse_conv_bn_eval(conv, norm))
            self.timm.set_submodule(norm_name, behind(norm))
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def _pairs(self) -> list[tuple[str, str]]:
        """Names of each convolution and of the BatchNorm that takes its output, as an image goes through."""
        convs = {name: one for name, one in self.timm.named_modules() if type(one) in (nn.Conv2d, Conv2dSame)}
        norms = {name: one for name, one in self.timm.named_modules() if type(one) in (nn.BatchNorm2d, BatchNormAct2d)}
        given: dict[int, tuple[str, Tensor]] = {}  # with the tensor, or its id would be another's
        pairs: list[tuple[str, str]] = []
        calls: Counter[str] = Counter()

        def gave(name: str, output: Tensor) -> None:
            calls[name] += 1
            given[id(output)] = (name, output)

        def took(name: str, seen: Tensor) -> None:
            calls[name] += 1
            if id(seen) in given:
                pairs.append((given[id(seen)][0], name))

        hooks = [
            *(
                conv.register_forward_hook(lambda _m, _i, output, name=name: gave(name, output))
                for name, conv in convs.items()
            ),
            *(
                norm.register_forward_pre_hook(lambda _m, inputs, name=name: took(name, inputs[0]))
                for name, norm in norms.items()
            ),
        ]
        if norms:
            with torch.no_grad():
                self.timm(next(self.parameters()).new_zeros(1, 3, self.least_side, self.least_side))
        for hook in hooks:
            hook.remove()
        takers = Counter(conv for conv, _ in pairs)
        return [(conv, norm) for conv, norm in pairs if calls[conv] == calls[norm] == takers[conv] == 1]


def behind(norm: nn.BatchNorm2d) -> nn.Module:
    """What a BatchNorm does besides normalising."""
    return nn.Sequential(norm.drop, norm.act) if isinstance(norm, BatchNormAct2d) else nn.Identity()


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
