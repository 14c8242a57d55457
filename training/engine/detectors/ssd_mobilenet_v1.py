"""SSD with a MobileNetV1 trunk, in the editions whose weights are published: TensorFlow's and pytorch-ssd's.

They differ in padding, activation, anchors and scores, so weights of one are of no use to the other.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from training.engine.anchor_layout import Shape
from training.engine.detectors.anchors import FINE_MATCH_IOU, FINE_NEAR_IOU
from training.engine.detectors.detector import AnchorDetector
from training.engine.detectors.fine_map import FineMap, fine_head
from training.engine.detectors.heads import mixed, rows, start_rare
from training.engine.detectors.losses import focal_losses, softmax_losses
from training.engine.detectors.relu6 import ReLU6
from training.engine.detectors.same_padding import SameConv2d
from training.engine.detectors.ssd_mobilenet_v1_anchors import pytorch_anchors, tensorflow_anchors
from training.engine.model_info import ModelInfo
from training.engine.network import LearningTarget, Stage, fold_batch_norm
from training.engine.scoring import Scoring

CHANNELS = (32, 64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)
STRIDES = (2, 1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)
"""Of the trunk's blocks, at width 1."""
TAPS = (11, 13)
"""The blocks whose maps the heads look at; the other four maps are the extra blocks'."""
EXTRA_CHANNELS = ((256, 512), (128, 256), (128, 256), (64, 128))
MAPS = (*TAPS, *range(len(CHANNELS), len(CHANNELS) + len(EXTRA_CHANNELS)))
"""All six, by their block: the extra ones are counted behind the trunk's."""

STEM_BLOCKS = 6
"""The trunk's first blocks, down to an eighth of the image: edges and textures."""
FINE_MAPS = (3, 5, 11)
"""The trunk's last blocks at a quarter, an eighth and a sixteenth of the image."""
STEM_SHARE = 0.0
TRUNK_SHARE = 0.1
EXTRA_SHARE = 0.25
"""The trunk and the extra layers know images already: they learn at a share of the heads' rate.

Raccoons, one split: AP 0.65 in 35 CPU-seconds; 0.64 with 0.3 and 0.5. With all learning (0.2, 0.2, 0.4), from heads
that were not sharpened, 0.61 in 79.
"""
FINE_SHARE = 2.0
"""The fine map begins at random: it has further to go than the heads."""

SHARPNESS = 3
"""Raccoons before any training: AP 0.46 without it, 0.51 with 2, 0.53 with 4, 0.48 with the best row alone."""


@dataclass(frozen=True, slots=True)
class Edition:
    """What tells the published networks apart; TensorFlow's at width 1 if nothing is said."""

    width: float = 1.0
    scoring: Scoring = Scoring.SIGMOID
    convolution: type[nn.Conv2d] = SameConv2d
    padding: int = 0
    """Of 3x3 convolutions; 0 where `convolution` sees to it."""
    activation: type[nn.Module] = ReLU6
    head_kernel: int = 1
    extras_have_norm: bool = True
    extra_channels: tuple[tuple[int, int], ...] = EXTRA_CHANNELS
    anchors: Callable[[int], Tensor] = tensorflow_anchors
    """By the image's side in pixels."""
    anchors_per_cell: tuple[int, ...] = (3, 6, 6, 6, 6, 6)

    def channels(self, at_width_1: int) -> int:
        return int(at_width_1 * self.width)


PYTORCH = Edition(
    scoring=Scoring.SOFTMAX_WITH_BACKGROUND,
    convolution=nn.Conv2d,
    padding=1,
    activation=nn.ReLU,
    head_kernel=3,
    extras_have_norm=False,
    extra_channels=((256, 512), (128, 256), (128, 256), (128, 256)),
    anchors=pytorch_anchors,
    anchors_per_cell=(6, 6, 6, 6, 6, 6),
)
EDITIONS = {
    "ssd_mobilenet_v1_075": Edition(width=0.75),
    "ssd_mobilenet_v1": Edition(),
    "ssd_mobilenet_v1_jetson": PYTORCH,
}


class SsdMobilenetV1(AnchorDetector):
    """Logits [B, A, columns] and box deltas [B, A, 4] over the anchors of six maps."""

    bf16_pays_on_cpu = True  # a step of 16 images takes 0.65 CPU-seconds for 1.07 at width 0.75

    def __init__(self, edition: Edition, label_count: int, image_size: int) -> None:
        super().__init__()
        self.edition, self.scoring, self.label_count = edition, edition.scoring, label_count
        self.features = nn.ModuleList(_trunk(edition))
        self.extras = nn.ModuleList(_extras(edition))
        columns = self.scoring.columns(label_count)
        self.class_heads = nn.ModuleList(_heads(edition, columns))
        self.box_heads = nn.ModuleList(_heads(edition, 4))
        if self.scoring is Scoring.SIGMOID:
            for head in self.class_heads:
                start_rare(head, self.scoring, columns)
        self.fine: FineMap | None = None
        self.place_anchors(edition.anchors(image_size))
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        maps = self._maps(images)
        columns = self.scoring.columns(self.label_count)
        logits = [rows(head(f), columns) for f, head in zip(maps, self.class_heads, strict=True)]
        deltas = [rows(head(f), 4) for f, head in zip(maps, self.box_heads, strict=True)]
        return torch.cat(logits, 1), torch.cat(deltas, 1)

    def losses(self, images: Tensor, targets: Sequence[LearningTarget]) -> dict[str, Tensor]:
        logits, deltas = self(images)
        labels, wanted = self.assigned(targets)
        losses = focal_losses if self.scoring is Scoring.SIGMOID else softmax_losses
        return losses(logits, deltas, labels, wanted)

    def likeness(self, images: Tensor, targets: Sequence[LearningTarget], label_count: int) -> Tensor:
        """Sharpened where each label is scored for itself: the many that hardly fire would outweigh the right ones."""
        mix = super().likeness(images, targets, label_count)
        mix = mix**SHARPNESS if self.scoring is Scoring.SIGMOID else mix
        return mix / mix.sum(1, keepdim=True)

    def stages(self) -> list[Stage]:
        own = len(MAPS)
        old = (*self.class_heads[:own], *self.box_heads[:own])
        new = (*self.class_heads[own:], *self.box_heads[own:])
        fine = [] if self.fine is None else [Stage(FINE_SHARE, _parameters([self.fine, *new]))]
        return [
            Stage(STEM_SHARE, _parameters(self.features[:STEM_BLOCKS]), is_trunk=True),
            Stage(TRUNK_SHARE, _parameters(self.features[STEM_BLOCKS:]), is_trunk=True),
            Stage(EXTRA_SHARE, _parameters(self.extras)),
            *fine,
            Stage(1.0, _parameters(old)),
        ]

    @torch.no_grad()
    def replace_head(self, mix: Tensor) -> None:
        self.label_count = len(mix)
        if self.scoring.first_label:
            mix = torch.block_diag(torch.ones(1, 1), mix)  # type: ignore[no-untyped-call]
        for i, head in enumerate(list(self.class_heads)):
            self.class_heads[i] = mixed(head, mix)

    @torch.no_grad()
    def add_fine_anchors(self, shapes: Sequence[Shape]) -> None:
        """On a map of their own, as SSDlite's: see there."""
        self.match_iou, self.near_iou = FINE_MATCH_IOU, FINE_NEAR_IOU
        quarter, eighth, sixteenth = (self.edition.channels(CHANNELS[i]) for i in FINE_MAPS)
        self.fine = FineMap((quarter, eighth, sixteenth))
        columns = self.scoring.columns(self.label_count)
        self.class_heads.append(fine_head(len(shapes) * columns))
        self.box_heads.append(fine_head(len(shapes) * 4))
        start_rare(self.class_heads[-1], self.scoring, columns)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def fold(self) -> None:
        fold_batch_norm(self)

    def _maps(self, images: Tensor) -> list[Tensor]:
        """From a sixteenth of the image on, then the fine one if there is one."""
        seen, kept = self.magnified(images), {}
        for i, block in enumerate((*self.features, *self.extras)):
            seen = block(seen)
            if i in MAPS or i in FINE_MAPS:
                kept[i] = seen
        maps = [kept[i] for i in MAPS]
        return maps if self.fine is None else [*maps, self.fine(*(kept[i] for i in FINE_MAPS))]


def build(info: ModelInfo, label_count: int, image_size: int) -> SsdMobilenetV1:
    return SsdMobilenetV1(EDITIONS[info.name], label_count, image_size)


def _trunk(edition: Edition) -> Iterator[nn.Module]:
    first = edition.channels(CHANNELS[0])
    yield nn.Sequential(*_convolved(edition, 3, first, 3, STRIDES[0]))
    for (before, after), stride in zip(itertools.pairwise(CHANNELS), STRIDES[1:], strict=True):
        channels, out = edition.channels(before), edition.channels(after)
        depthwise = _convolved(edition, channels, channels, 3, stride, groups=channels)
        yield nn.Sequential(*depthwise, *_convolved(edition, channels, out, 1))


def _extras(edition: Edition) -> Iterator[nn.Module]:
    channels, norm = edition.channels(CHANNELS[-1]), edition.extras_have_norm
    for between, after in edition.extra_channels:
        narrow, out = edition.channels(between), edition.channels(after)
        squeeze = _convolved(edition, channels, narrow, 1, norm=norm)
        yield nn.Sequential(*squeeze, *_convolved(edition, narrow, out, 3, 2, norm=norm))
        channels = out


def _convolved(
    edition: Edition, channels: int, out: int, kernel: int, stride: int = 1, groups: int = 1, norm: bool = True
) -> list[nn.Module]:
    """Convolution, BatchNorm if `norm`, activation."""
    padding = edition.padding if kernel > 1 else 0
    conv = edition.convolution(channels, out, kernel, stride, padding, groups=groups, bias=not norm)
    return [conv, *([nn.BatchNorm2d(out)] if norm else []), edition.activation(inplace=True)]


def _heads(edition: Edition, columns: int) -> Iterator[nn.Module]:
    kernel = edition.head_kernel
    seen = [CHANNELS[tap] for tap in TAPS] + [out for _, out in edition.extra_channels]
    for channels, places in zip(seen, edition.anchors_per_cell, strict=True):
        yield nn.Conv2d(edition.channels(channels), places * columns, kernel, padding=kernel // 2)


def _parameters(modules: Iterable[nn.Module]) -> list[nn.Parameter]:
    return [parameter for module in modules for parameter in module.parameters()]
