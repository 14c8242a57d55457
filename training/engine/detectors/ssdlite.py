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

from training.engine.anchor_layout import FINE_CELLS, Shape
from training.engine.detectors.anchors import FINE_MATCH_IOU, FINE_NEAR_IOU
from training.engine.detectors.detector import AnchorDetector
from training.engine.detectors.heads import mixed, rows
from training.engine.detectors.losses import softmax_losses
from training.engine.model_info import ModelInfo
from training.engine.model_zoo import SSDLITE_ANCHORS
from training.engine.network import LearningTarget, Stage, fold_batch_norm
from training.engine.scoring import Scoring

STEM_BLOCKS = 7
"""The trunk's first blocks, down to an eighth of the image: edges and textures, half of the work of a step."""

TRUNK_SHARE = 0.3
EXTRA_SHARE = 0.5
"""The trunk and the extra layers know images already: they learn at a share of the heads' rate."""


class Ssdlite(AnchorDetector):
    """Scores [B, A, C + 1] (logits, background first) and box deltas [B, A, 4] over A anchors of six maps."""

    scoring = Scoring.SOFTMAX_WITH_BACKGROUND

    def __init__(self, label_count: int, image_size: int) -> None:
        super().__init__()
        whole = ssdlite320_mobilenet_v3_large(weights=None, weights_backbone=None, num_classes=label_count + 1)
        self.label_count = label_count
        self.backbone = whole.backbone
        self.head = whole.head
        self.place_anchors(_anchors(whole, image_size))
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        maps = list(self.backbone(images).values())
        columns = self.scoring.columns(self.label_count)
        logits = [rows(block(f), columns) for f, block in zip(maps, self._class_blocks(), strict=True)]
        deltas = [rows(block(f), 4) for f, block in zip(maps, self._box_blocks(), strict=True)]
        return torch.cat(logits, 1), torch.cat(deltas, 1)

    def losses(self, images: Tensor, targets: Sequence[LearningTarget]) -> dict[str, Tensor]:
        logits, deltas = self(images)
        labels, wanted = self.assigned(targets)
        return softmax_losses(logits, deltas, labels, wanted)

    def stages(self) -> list[Stage]:
        blocks = [*self.backbone.features[0], *self.backbone.features[1]]
        return [
            Stage(0.0, _parameters(blocks[:STEM_BLOCKS]), is_trunk=True),
            Stage(TRUNK_SHARE, _parameters(blocks[STEM_BLOCKS:]), is_trunk=True),
            Stage(EXTRA_SHARE, _parameters([self.backbone.extra])),
            Stage(1.0, _parameters([self.head])),
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
        """Each starts with the scores of the finest map's own anchor that is most like it in aspect."""
        self.match_iou, self.near_iou = FINE_MATCH_IOU, FINE_NEAR_IOU
        places = [place for shape in shapes for place in [_like_in_aspect(shape)] * FINE_CELLS**2]
        columns = self.scoring.columns(self.label_count)
        for blocks, width in ((self._class_blocks(), columns), (self._box_blocks(), 4)):
            finest = blocks[0]
            assert isinstance(finest, nn.Sequential)
            finest[1] = _with_copies(finest[1], places, width)

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
    with torch.no_grad():
        maps = list(whole.eval().backbone(image).values())  # type: ignore[operator]
        boxes: Tensor = whole.anchor_generator(ImageList(image, [(image_size, image_size)]), maps)[0]  # type: ignore[operator]
    whole.train()
    return boxes / image_size


def _parameters(modules: Iterable[nn.Module]) -> list[nn.Parameter]:
    return [parameter for module in modules for parameter in module.parameters()]


def _like_in_aspect(shape: Shape) -> int:
    """The place of that anchor among those of a cell of the finest map."""
    aspect = math.log(shape[0] / shape[1])
    aspects = [math.log(w / h) for w, h in SSDLITE_ANCHORS.shapes[0]]
    return min(range(len(aspects)), key=lambda place: abs(aspects[place] - aspect))


def _with_copies(conv: nn.Module, places: Sequence[int], columns: int) -> nn.Conv2d:
    """A 1x1 head that has, after its own outputs, copies of those of its `places`, each of so many columns."""
    assert isinstance(conv, nn.Conv2d)
    assert conv.bias is not None
    kept = torch.arange(conv.out_channels)
    rows = torch.cat([kept, *(kept[place * columns : (place + 1) * columns] for place in places)])
    new = nn.Conv2d(conv.in_channels, len(rows), 1)
    new.weight = nn.Parameter(conv.weight[rows].clone())
    new.bias = nn.Parameter(conv.bias[rows].clone())
    return new.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]
