"""SSDlite with a MobileNetV3 trunk: torchvision's network and weights, on batched tensors with anchors made once.

torchvision resizes, pads, matches and decodes image by image and makes its anchors anew each time; on a batch of equal
squares with cached anchors the same network trains 1.5-2 times faster. State dict keys are torchvision's own.
"""

import math
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn
from torchvision.models.detection import ssdlite320_mobilenet_v3_large
from torchvision.models.detection.image_list import ImageList

from training.engine.anchor_layout import Shape
from training.engine.detectors.anchors import FINE_MATCH_IOU, FINE_NEAR_IOU
from training.engine.detectors.detector import AnchorDetector
from training.engine.detectors.fine_map import FineMap, around, fine_head
from training.engine.detectors.heads import mixed, rows, start_rare
from training.engine.detectors.losses import softmax_losses
from training.engine.detectors.map_mean import use_map_means
from training.engine.model_info import ModelInfo
from training.engine.network import LearningTarget, Stage, fold_batch_norm
from training.engine.scoring import Scoring

STEM_BLOCKS = 7
"""The trunk's first blocks, down to an eighth of the image: edges and textures, half of the work of a step.

They learn where images are magnified: fine anchors hang on them, and the edges that they know are sharper.
"""

TRUNK_SHARE = 0.3
EXTRA_SHARE = 0.5
"""The trunk and the extra layers know images already: they learn at a share of the heads' rate."""
FINE_SHARE = 2.0
"""The fine map begins at random: it has further to go than the heads."""
QUARTER, EIGHTH, SIXTEENTH = 3, STEM_BLOCKS - 1, -1
"""Of the trunk's first blocks, the last at each share of the image."""
OWN_MAPS = 6
"""Of torchvision's network."""


class Ssdlite(AnchorDetector):
    """Scores [B, A, C + 1] (logits, background first) and box deltas [B, A, 4] over A anchors of six maps."""

    scoring = Scoring.SOFTMAX_WITH_BACKGROUND
    bf16_pays_on_cpu = True  # a step of 16 images takes 0.88 CPU-seconds for 1.16

    def __init__(self, label_count: int, image_size: int) -> None:
        super().__init__()
        whole = ssdlite320_mobilenet_v3_large(weights=None, weights_backbone=None, num_classes=label_count + 1)
        self.label_count = label_count
        use_map_means(whole)
        self.backbone = whole.backbone
        self.head = whole.head
        self.fine: FineMap | None = None
        self.place_anchors(_anchors(whole, image_size))
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        maps = self._maps(images)
        columns = self.scoring.columns(self.label_count)
        logits = [rows(block(f), columns) for f, block in zip(maps, self._class_blocks(), strict=True)]
        deltas = [rows(block(f), 4) for f, block in zip(maps, self._box_blocks(), strict=True)]
        return torch.cat(logits, 1), torch.cat(deltas, 1)

    def _maps(self, images: Tensor) -> list[Tensor]:
        """Those of torchvision's extractor, from a sixteenth of the image on, then the fine one if there is one."""
        trunk = self.backbone.features[0]
        quarter = trunk[: QUARTER + 1](self.magnified(images))
        eighth = trunk[QUARTER + 1 : EIGHTH + 1](quarter)
        maps = [trunk[EIGHTH + 1 :](eighth)]
        for part in (*self.backbone.features[1:], *self.backbone.extra):
            maps.append(part(maps[-1]))
        return maps if self.fine is None else [*maps, self.fine(quarter, eighth, maps[0])]

    def losses(self, images: Tensor, targets: Sequence[LearningTarget]) -> dict[str, Tensor]:
        logits, deltas = self(images)
        labels, wanted = self.assigned(targets)
        return softmax_losses(logits, deltas, labels, wanted)

    def stages(self) -> list[Stage]:
        blocks = [*self.backbone.features[0], *self.backbone.features[1]]
        heads = (self._class_blocks(), self._box_blocks())
        old = _parameters(block for of_maps in heads for block in of_maps[:OWN_MAPS])
        new = _parameters(block for of_maps in heads for block in of_maps[OWN_MAPS:])
        fine = [] if self.fine is None else [Stage(FINE_SHARE, [*self.fine.parameters(), *new])]
        stem_share = TRUNK_SHARE if fine and self.magnify > 1 else 0.0
        return [
            Stage(stem_share, _parameters(blocks[:STEM_BLOCKS]), is_trunk=True),
            Stage(TRUNK_SHARE, _parameters(blocks[STEM_BLOCKS:]), is_trunk=True),
            Stage(EXTRA_SHARE, _parameters([self.backbone.extra])),
            *fine,
            Stage(1.0, old),
        ]

    @torch.no_grad()
    def replace_head(self, mix: Tensor) -> None:
        with_background = torch.block_diag(torch.ones(1, 1), mix)  # type: ignore[no-untyped-call]
        for block in self._class_blocks():
            assert isinstance(block, nn.Sequential)
            block[1] = mixed(block[1], with_background)
        self.label_count = len(mix)
        self.head.classification_head.num_columns = len(mix) + 1

    @torch.no_grad()
    def add_fine_anchors(self, shapes: Sequence[Shape]) -> None:
        """On a map of their own, which has still to learn: stretched copies of the old heads were slower to."""
        self.match_iou, self.near_iou = FINE_MATCH_IOU, FINE_NEAR_IOU
        quarter, eighth, sixteenth = (self.backbone.features[0][i].out_channels for i in (QUARTER, EIGHTH, SIXTEENTH))
        self.fine = FineMap((quarter, eighth, sixteenth))
        columns = self.scoring.columns(self.label_count)
        classes = fine_head(len(shapes) * columns)
        start_rare(classes, self.scoring, columns)
        self._class_blocks().append(_block(classes))
        self._box_blocks().append(_block(fine_head(len(shapes) * 4)))
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def fold(self) -> None:
        fold_batch_norm(self)

    def _class_blocks(self) -> nn.ModuleList:
        blocks = self.head.classification_head.module_list
        assert isinstance(blocks, nn.ModuleList)
        return blocks

    def _box_blocks(self) -> nn.ModuleList:
        blocks = self.head.regression_head.module_list
        assert isinstance(blocks, nn.ModuleList)
        return blocks


def build(info: ModelInfo, label_count: int, image_size: int) -> Ssdlite:  # noqa: ARG001 one shape for all families
    return Ssdlite(label_count, image_size)


def _anchors(whole: nn.Module, image_size: int) -> Tensor:
    """torchvision's default boxes [A, 4] for this image size, corners as shares of the image."""
    image = torch.zeros(1, 3, image_size, image_size)
    sides = [math.ceil(image_size / 2**halvings) for halvings in range(4, 4 + OWN_MAPS)]
    maps = [torch.empty(1, 0, side, side) for side in sides]
    boxes: Tensor = whole.anchor_generator(ImageList(image, [(image_size, image_size)]), maps)[0]  # type: ignore[operator]
    return boxes / image_size


def _block(head: nn.Conv2d) -> nn.Sequential:
    """As torchvision's network has for each map: a look around each cell, then the head."""
    return nn.Sequential(nn.Sequential(around(), nn.ReLU6()), head)


def _parameters(modules: Iterable[nn.Module]) -> list[nn.Parameter]:
    return [parameter for module in modules for parameter in module.parameters()]
