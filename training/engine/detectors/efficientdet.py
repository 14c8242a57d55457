"""EfficientDet-D0, in the editions whose weights are published. Parameters are named as effdet names them.

Its anchors are pixels of the network's input, as published, whatever the size of that.
"""

import math
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn

from training.engine.detectors.bifpn import LEVELS, BiFpn
from training.engine.detectors.cells import Shape, cell_anchors
from training.engine.detectors.detector import AnchorDetector
from training.engine.detectors.efficientdet_heads import Head
from training.engine.detectors.efficientdet_layers import PYTORCH, TENSORFLOW, Edition
from training.engine.detectors.efficientnet_trunk import TAP_CHANNELS, EfficientNetTrunk
from training.engine.detectors.heads import mixed, rows
from training.engine.detectors.losses import focal_losses
from training.engine.model_info import ModelInfo
from training.engine.network import LearningTarget, Stage, fold_batch_norm
from training.engine.scoring import Scoring

EDITIONS = {"efficientdet_d0": PYTORCH, "tf_efficientdet_d0": TENSORFLOW}

FINEST_STRIDE = 8
ANCHOR_STRIDES = 4
"""The side of a level's smallest square anchor, in strides of the level."""
OCTAVES = tuple(2 ** (third / 3) for third in range(3))
ASPECTS = ((1.0, 1.0), (1.4, 0.7), (0.7, 1.4))
"""Width and height."""
ANCHORS_PER_CELL = len(OCTAVES) * len(ASPECTS)

STEM_BLOCKS = 2
"""The trunk's first stages, down to a quarter of the image: edges and textures. A step goes a fifth faster without."""
TRUNK_SHARE, NECK_SHARE = 0.1, 0.25
"""Trunk and neck know images already: they learn at a share of the heads' rate, as SSD-MobileNetV1's do."""
SHARPNESS = 3
"""Of the likeness: of 90 sigmoids the many that hardly fire would outweigh the right ones, see SSD-MobileNetV1."""

RARE = -math.log(0.99 / 0.01)
"""Where the sigmoids of random heads start: an object is at one of a hundred anchors."""


class EfficientDet(AnchorDetector):
    """Logits [B, A, C] and box deltas [B, A, 4], by level (the fine one first), row, column and shape."""

    scoring = Scoring.SIGMOID

    def __init__(self, edition: Edition, label_count: int, image_size: int) -> None:
        super().__init__()
        self.label_count = label_count
        self.backbone = EfficientNetTrunk(edition)
        self.fpn = BiFpn(edition, TAP_CHANNELS)
        self.class_net = Head(edition, ANCHORS_PER_CELL * label_count)
        self.box_net = Head(edition, ANCHORS_PER_CELL * 4)
        self._start()
        self.place_anchors(_anchors(image_size))
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        maps = self.fpn(self.backbone(images))
        logits = [rows(of_map, self.label_count) for of_map in self.class_net(maps)]
        deltas = [rows(of_map, 4) for of_map in self.box_net(maps)]
        return torch.cat(logits, 1), torch.cat(deltas, 1)

    def losses(self, images: Tensor, targets: Sequence[LearningTarget]) -> dict[str, Tensor]:
        logits, deltas = self(images)
        labels, wanted = self.assigned(targets)
        return focal_losses(logits, deltas, labels, wanted)

    def likeness(self, images: Tensor, targets: Sequence[LearningTarget], label_count: int) -> Tensor:
        mix = super().likeness(images, targets, label_count) ** SHARPNESS
        return mix / mix.sum(1, keepdim=True)

    def stages(self) -> list[Stage]:
        trunk = self.backbone
        stem = [trunk.conv_stem, trunk.bn1, *trunk.blocks[:STEM_BLOCKS]]
        return [
            Stage(0.0, _parameters(stem), is_trunk=True),
            Stage(TRUNK_SHARE, _parameters(trunk.blocks[STEM_BLOCKS:]), is_trunk=True),
            Stage(NECK_SHARE, _parameters([self.fpn])),
            Stage(1.0, _parameters([self.class_net, self.box_net])),
        ]

    @torch.no_grad()
    def replace_head(self, mix: Tensor) -> None:
        last = self.class_net.predict
        last.conv_pw = mixed(last.conv_pw, mix)
        self.label_count = len(mix)

    def fold(self) -> None:
        fold_batch_norm(self)
        self.class_net.fold()
        self.box_net.fold()

    def _start(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="linear")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        assert self.class_net.predict.conv_pw.bias is not None
        nn.init.constant_(self.class_net.predict.conv_pw.bias, RARE)


def build(info: ModelInfo, label_count: int, image_size: int) -> EfficientDet:
    return EfficientDet(EDITIONS[info.name], label_count, image_size)


def _anchors(image_size: int) -> Tensor:
    sides = [image_size // (FINEST_STRIDE * 2**level) for level in range(LEVELS)]
    return cell_anchors(sides, [_shapes(side) for side in sides])


def _shapes(side: int) -> list[Shape]:
    """Of the anchors of a level with `side` cells across and down."""
    square = ANCHOR_STRIDES / side
    return [(square * octave * width, square * octave * height) for octave in OCTAVES for width, height in ASPECTS]


def _parameters(modules: Iterable[nn.Module]) -> list[nn.Parameter]:
    return [parameter for module in modules for parameter in module.parameters()]
