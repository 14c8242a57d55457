"""A real family of tiny networks: a detector and a classifier for each kind of scores."""

from collections.abc import Sequence
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.engine.catalog import MODELS
from training.engine.classifiers.classifier import LogitClassifier
from training.engine.detectors.detector import AnchorDetector
from training.engine.model_info import ImageSizes, ModelInfo
from training.engine.network import LearningTarget, Network, Stage, fold_batch_norm
from training.engine.scoring import Scoring

STRIDE = 8
SIDES = (0.2, 0.45)
"""Of the anchors of each cell, as shares of the image."""


def trunk() -> nn.Sequential:
    """Images to maps of an eighth of their size."""
    widths = ((3, 8), (8, 16), (16, 32))
    layers = [(nn.Conv2d(a, b, 3, 2, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU()) for a, b in widths]
    return nn.Sequential(*(layer for three in layers for layer in three))


class TinyClassifier(LogitClassifier):
    def __init__(self, scoring: Scoring, label_count: int) -> None:
        super().__init__()
        self.scoring, self.label_count = scoring, label_count
        self.trunk, self.last = trunk(), nn.Linear(32, scoring.columns(label_count))

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.last(self.trunk(images).mean((2, 3)))
        return logits

    def stages(self) -> list[Stage]:
        return [Stage(0.2, list(self.trunk.parameters()), is_trunk=True), Stage(1.0, list(self.last.parameters()))]

    @torch.no_grad()
    def replace_head(self, mix: Tensor) -> None:
        new = nn.Linear(32, len(mix))
        new.weight.copy_(mix @ self.last.weight)
        new.bias.copy_(mix @ self.last.bias)
        self.last, self.label_count = new, len(mix)

    def fold(self) -> None:
        fold_batch_norm(self)


class TinyDetector(AnchorDetector):
    def __init__(self, scoring: Scoring, label_count: int, image_size: int) -> None:
        super().__init__()
        self.scoring, self.label_count = scoring, label_count
        self.trunk = trunk()
        self.names = nn.ModuleList(nn.Conv2d(32, scoring.columns(label_count), 1) for _ in SIDES)
        self.boxes = nn.ModuleList(nn.Conv2d(32, 4, 1) for _ in SIDES)
        centres = (torch.arange(image_size // STRIDE) + 0.5) * STRIDE / image_size
        y, x = torch.meshgrid(centres, centres, indexing="ij")
        middle = torch.stack([x, y, x, y], -1).reshape(-1, 4)
        halves = torch.tensor([[-side / 2, -side / 2, side / 2, side / 2] for side in SIDES])
        self.place_anchors((middle + halves[:, None]).reshape(-1, 4))

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        seen = self.trunk(images)
        logits, deltas = (
            [part(seen).flatten(2).transpose(1, 2) for part in parts] for parts in (self.names, self.boxes)
        )
        return torch.cat(logits, 1), torch.cat(deltas, 1)

    def losses(self, images: Tensor, targets: Sequence[LearningTarget]) -> dict[str, Tensor]:
        logits, deltas = self(images)
        labels, wanted = self.assigned(targets)
        there = labels >= 0
        truth = F.one_hot(labels + 1, self.label_count + 1).to(logits)
        if self.scoring is Scoring.SIGMOID:
            named = F.binary_cross_entropy_with_logits(logits, truth[..., 1:], reduction="sum")
        else:
            named = F.cross_entropy(logits.flatten(0, 1), truth.flatten(0, 1), reduction="sum")
        box = F.smooth_l1_loss(deltas[there], wanted[there], reduction="sum")
        count = there.sum().clamp(min=1)
        return {"box": box / count, "class": named / count}

    def stages(self) -> list[Stage]:
        first = list(self.trunk[:3].parameters())
        rest = list(self.trunk[3:].parameters())
        last = [*self.names.parameters(), *self.boxes.parameters()]
        return [Stage(0.0, first, is_trunk=True), Stage(0.5, rest, is_trunk=True), Stage(1.0, last)]

    @torch.no_grad()
    def replace_head(self, mix: Tensor) -> None:
        if self.scoring.first_label:
            mix = torch.block_diag(torch.ones(1, 1), mix)  # type: ignore[no-untyped-call]
        for i, old in enumerate(list(self.names)):
            assert isinstance(old, nn.Conv2d)
            assert old.bias is not None
            new = nn.Conv2d(32, len(mix), 1)
            new.weight.copy_((mix @ old.weight.flatten(1))[..., None, None])
            assert new.bias is not None
            new.bias.copy_(mix @ old.bias)
            self.names[i] = new
        self.label_count = len(mix) - self.scoring.first_label

    def fold(self) -> None:
        fold_batch_norm(self)


def build(info: ModelInfo, label_count: int, image_size: int) -> Network:
    if info.task == "classification":
        return TinyClassifier(info.scoring, label_count)
    return TinyDetector(info.scoring, label_count, image_size)


def row(sibling: str, scoring: Scoring) -> ModelInfo:
    """A row that differs from its sibling in the module and the scoring; its weights are nowhere."""
    info = MODELS[sibling]
    name = f"tiny_{info.task}_{scoring}"
    config = replace(info.default_config, model=name, base="none", image_size=64, learning_rate=0.05, batch_size=4)
    weights = replace(
        info.weights, source="https://weights.example/none.pth", file_name="none.pth", other_file_names=()
    )
    return replace(
        info,
        name=name,
        title=f"Tiny, {scoring}",
        module=__name__,
        default_config=config,
        scoring=scoring,
        anchors=None,
        weights=weights,
        image_sizes=ImageSizes(32, 256, 16),
    )


ROWS = (
    row("ssdlite320_mobilenet_v3_large", Scoring.SOFTMAX_WITH_BACKGROUND),
    row("ssdlite320_mobilenet_v3_large", Scoring.SIGMOID),
    row("mobilenet_v2", Scoring.SOFTMAX),
    row("mobilenet_v2", Scoring.SIGMOID),
)
DETECTOR = ROWS[0].name
