"""Tiny-YOLOv3: the layers of darknet's yolov3-tiny.cfg, numbered as there, so that its weights and its users find them.

A score is objectness times label, both sigmoids; the anchors are pixels of the network's input, whatever its size.
"""

import math
from collections import OrderedDict
from collections.abc import Iterable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.engine.detectors.anchors import pairwise_iou
from training.engine.detectors.cells import CellDecoder, cell_anchors, cell_sides
from training.engine.detectors.detector import AnchorDetector
from training.engine.detectors.heads import mixed, rows
from training.engine.distributed import mean_count
from training.engine.model_info import ModelInfo
from training.engine.network import LearningTarget, Stage, fold_batch_norm
from training.engine.scoring import Scoring

STRIDES = (16, 32)
ANCHORS = (((10, 14), (23, 27), (37, 58)), ((81, 82), (135, 169), (344, 319)))
"""Per map, in pixels."""
ANCHORS_PER_CELL = 3
ANCHORS_PER_COARSE_CELL = 5 * ANCHORS_PER_CELL
"""Of both maps: the fine one has four cells there."""

LEAK = 0.1
BOX_TERMS = 5
"""x, y, w, h and objectness stand before an anchor's labels."""

TRUNK_LAYERS = 13
HEADS = (15, 22)
TRUNK_SHARE, NECK_SHARE, HEAD_SHARE = 0.025, 0.1, 0.5
"""Of the rate that suits random weights, whose BatchNorm is not folded: what knows images already learns slower."""

RARE = -math.log(0.99 / 0.01)
"""Where the objectness of random heads starts: an object is at one of a hundred anchors."""
BOX_WEIGHT = 2.0
"""A box costs less than what it is and whether it is there: CIoU is 1 where cross-entropies are 3."""
IGNORED_IOU = 0.7
"""An anchor that does not answer for a box, but says a box that is so near to it, is not wrong."""


class LastRepeated(nn.Module):
    """Adds a row and a column to the right and below: what darknet's 2x2 pooling at stride 1 sees beyond the edge."""

    def forward(self, seen: Tensor) -> Tensor:
        seen = torch.cat([seen, seen[:, :, -1:]], 2)
        return torch.cat([seen, seen[..., -1:]], 3)


class TinyYolov3(AnchorDetector):
    """Label logits [B, A, C] and box terms [B, A, 5], by map (the fine one first), row, column and shape.

    `layers` are darknet's, 0 to 23; its routes and detection layers do nothing in there.
    """

    scoring = Scoring.SIGMOID
    bf16_pays_on_cpu = True  # 13 images a CPU-second for 7 at 416 pixels

    def __init__(self, label_count: int, image_size: int) -> None:
        super().__init__()
        self.label_count = label_count
        self.layers = nn.ModuleList(_layers(ANCHORS_PER_CELL * (BOX_TERMS + label_count)))
        _start_rare(self.layers[index] for index in HEADS)
        self.place_anchors(_anchors(image_size))
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def place_anchors(self, anchors: Tensor) -> None:
        self.register_buffer("anchors", anchors, persistent=False)
        coarse = math.isqrt(len(anchors) // ANCHORS_PER_COARSE_CELL)
        cells = cell_sides((2 * coarse, coarse), ANCHORS_PER_CELL)
        self.cells = CellDecoder(anchors, cells.to(anchors.device))

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        of_cells = BOX_TERMS + self.label_count
        said = torch.cat([rows(of_map, of_cells) for of_map in self._maps(images)], 1)
        return said[..., BOX_TERMS:], said[..., :BOX_TERMS]

    def predictions(self, images: Tensor) -> tuple[Tensor, Tensor]:
        logits, terms = self(images)
        return torch.sigmoid(terms[..., 4:]) * torch.sigmoid(logits), self.cells(terms[..., :4])

    def losses(self, images: Tensor, targets: Sequence[LearningTarget]) -> dict[str, Tensor]:
        """CIoU and cross-entropy of the labels where an anchor answers; cross-entropy of objectness."""
        from torchvision.ops import complete_box_iou_loss  # the package's __init__ made it importable

        logits, terms = (part.float() for part in self(images))
        boxes = self.cells.unclipped(terms[..., :4])
        labels, wanted = self.assigned(targets)
        there = labels >= 0
        count = mean_count(there.sum())
        named = F.one_hot(labels[there], self.label_count).to(logits)
        objectness = F.binary_cross_entropy_with_logits(terms[..., 4], there.to(terms), reduction="none")
        counted = there | ~_near(boxes.detach(), targets)
        return {
            "box": complete_box_iou_loss(boxes[there], wanted[there], reduction="sum") / count * BOX_WEIGHT,
            "object": (objectness * counted).sum() / count,
            "class": F.binary_cross_entropy_with_logits(logits[there], named, reduction="sum") / count,
        }

    def assigned(self, targets: Sequence[LearningTarget]) -> tuple[Tensor, Tensor]:
        """Per anchor the label [B, A], -1 where nothing is, and the box [B, A, 4] that it answers for."""
        shape = (len(targets), len(self.anchors))
        labels = torch.full(shape, -1, dtype=torch.int64, device=self.anchors.device)
        wanted = torch.zeros((*shape, 4), device=self.anchors.device)
        for i, target in enumerate(targets):
            matched, box = self.cells.match(target.boxes)
            labels[i, matched] = target.labels[box]
            wanted[i, matched] = target.boxes[box]
        return labels, wanted

    def stages(self) -> list[Stage]:
        neck = [layer for layer in self.layers[TRUNK_LAYERS:] if not isinstance(layer, nn.Conv2d)]
        return [
            Stage(TRUNK_SHARE, _parameters(self.layers[:TRUNK_LAYERS]), is_trunk=True),
            Stage(NECK_SHARE, _parameters(neck)),
            Stage(HEAD_SHARE, _parameters(self.layers[index] for index in HEADS)),
        ]

    @torch.no_grad()
    def replace_head(self, mix: Tensor) -> None:
        with_terms = torch.block_diag(torch.eye(BOX_TERMS), mix)  # type: ignore[no-untyped-call]
        for index in HEADS:
            self.layers[index] = mixed(self.layers[index], with_terms)
        self.label_count = len(mix)

    def fold(self) -> None:
        fold_batch_norm(self)

    def _maps(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """What the heads of the fine and of the coarse map say, by darknet's routes."""
        sixteenth = self._through(images, 0, 8)
        middle = self._through(sixteenth, 9, 13)
        fine = torch.cat([self._through(middle, 18, 19), sixteenth], 1)
        return self._through(fine, 21, 22), self._through(middle, 14, 15)

    def _through(self, seen: Tensor, first: int, last: int) -> Tensor:
        for index in range(first, last + 1):
            seen = self.layers[index](seen)
        return seen


def build(info: ModelInfo, label_count: int, image_size: int) -> TinyYolov3:  # noqa: ARG001 one shape for all families
    return TinyYolov3(label_count, image_size)


def _layers(outputs: int) -> list[nn.Module]:
    return [
        *(_convolution(3, 16, 3), nn.MaxPool2d(2)),  # 0
        *(_convolution(16, 32, 3), nn.MaxPool2d(2)),  # 2
        *(_convolution(32, 64, 3), nn.MaxPool2d(2)),  # 4
        *(_convolution(64, 128, 3), nn.MaxPool2d(2)),  # 6
        *(_convolution(128, 256, 3), nn.MaxPool2d(2)),  # 8
        *(_convolution(256, 512, 3), nn.Sequential(LastRepeated(), nn.MaxPool2d(2, 1))),  # 10
        *(_convolution(512, 1024, 3), _convolution(1024, 256, 1)),  # 12
        *(_convolution(256, 512, 3), nn.Conv2d(512, outputs, 1), nn.Identity()),  # 14: the coarse map
        *(nn.Identity(), _convolution(256, 128, 1), nn.Upsample(scale_factor=2.0)),  # 17: from 13
        *(nn.Identity(), _convolution(384, 256, 3), nn.Conv2d(256, outputs, 1), nn.Identity()),  # 20: with 8, fine
    ]


def _convolution(channels: int, out: int, kernel: int) -> nn.Sequential:
    conv = nn.Conv2d(channels, out, kernel, padding=kernel // 2, bias=False)
    nn.init.kaiming_normal_(conv.weight, LEAK, nonlinearity="leaky_relu")
    parts = {"conv": conv, "norm": nn.BatchNorm2d(out), "activation": nn.LeakyReLU(LEAK, inplace=True)}
    return nn.Sequential(OrderedDict(parts))


def _start_rare(heads: Iterable[nn.Module]) -> None:
    for head in heads:
        assert isinstance(head, nn.Conv2d)
        assert head.bias is not None
        nn.init.constant_(head.bias.data.view(ANCHORS_PER_CELL, -1)[:, BOX_TERMS - 1], RARE)


def _anchors(image_size: int) -> Tensor:
    shapes = [[(width / image_size, height / image_size) for width, height in of_map] for of_map in ANCHORS]
    return cell_anchors([image_size // stride for stride in STRIDES], shapes)


def _near(boxes: Tensor, targets: Sequence[LearningTarget]) -> Tensor:
    """Which of the said boxes [B, A, 4] overlap a true one so well that they are not wrong."""
    overlaps = [pairwise_iou(target.boxes, said) for target, said in zip(targets, boxes, strict=True)]
    near = [iou.amax(0) > IGNORED_IOU if len(iou) else iou.new_zeros(iou.shape[1]).bool() for iou in overlaps]
    return torch.stack(near)


def _parameters(modules: Iterable[nn.Module]) -> list[nn.Parameter]:
    return [parameter for module in modules for parameter in module.parameters()]
