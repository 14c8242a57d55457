"""Faster R-CNN with a MobileNetV3 trunk: torchvision's layers and weights, on squares and in shapes that are fixed.

torchvision filters, samples and suppresses image by image. Here an image always has PROPOSALS rows; each says what is
there and, for the likeliest label, where. State dict keys are torchvision's own; its BatchNorm is an ordinary one.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torchvision.models.detection import fasterrcnn_mobilenet_v3_large_320_fpn
from torchvision.models.detection.image_list import ImageList

from training.engine.classifiers.classifier import mixed
from training.engine.detectors import anchors as anchor_boxes
from training.engine.detectors.detector import AnchorDetector
from training.engine.detectors.heads import rows
from training.engine.detectors.losses import softmax_losses
from training.engine.detectors.proposals import best_proposals
from training.engine.detectors.regions import regions
from training.engine.model_info import ModelInfo
from training.engine.network import LearningTarget, Stage, fold_batch_norm
from training.engine.scoring import Scoring

PROPOSALS = 150
"""An image, as in torchvision's settings of this network."""
LEARNED = 64
"""Proposals an image that the second stage learns from: the loss looks at the truest and at few others."""
STEM_BLOCKS = 7
TRUNK_SHARE = 0.3
EXTRA_SHARE = 0.5
"""As SSDlite's, whose trunk is the same."""
Maps = list[Tensor]


class FasterRcnn(AnchorDetector):
    """Scores [B, K, C + 1] (logits, background first) and deltas [B, K, C + 1, 4] over K proposals.

    `anchors` [A, 4]: what the proposals are chosen from.
    """

    scoring = Scoring.SOFTMAX_WITH_BACKGROUND
    bf16_pays_on_cpu = True  # a step of 8 images at 320 pixels takes 0.9 CPU-seconds for 1.2

    def __init__(self, label_count: int, image_size: int) -> None:
        super().__init__()
        whole = fasterrcnn_mobilenet_v3_large_320_fpn(weights=None, weights_backbone=None, num_classes=label_count + 1)
        self.label_count = label_count
        self.backbone = whole.backbone
        self.rpn = nn.ModuleDict({"head": whole.rpn.head})
        parts = {name: getattr(whole.roi_heads, name) for name in ("box_head", "box_predictor")}
        self.roi_heads = nn.ModuleDict(parts)
        self.place_anchors(_anchors(whole, image_size))
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        maps = self._maps(images)
        return self._named(maps, self._proposed(maps, *self._objects(maps), PROPOSALS))

    def predictions(self, images: Tensor) -> tuple[Tensor, Tensor]:
        maps = self._maps(images)
        proposals = self._proposed(maps, *self._objects(maps), PROPOSALS)
        logits, deltas = self._named(maps, proposals)
        best = logits[..., 1:].argmax(-1) + 1
        return self.scores(logits), anchor_boxes.decode(_of(deltas, best), *anchor_boxes.centres_and_sizes(proposals))

    def losses(self, images: Tensor, targets: Sequence[LearningTarget]) -> dict[str, Tensor]:
        """Of both stages, each as SSD's: the second learns from what the first proposes, and from the true boxes."""
        maps = self._maps(images)
        objects, shifts = self._objects(maps)
        labels, wanted = self.assigned(targets)
        either = torch.stack([torch.zeros_like(objects), objects], -1)
        first = softmax_losses(either, shifts, labels.clamp(max=0), wanted)
        proposals = _with_truth(self._proposed(maps, objects, shifts, LEARNED), targets)
        logits, deltas = self._named(maps, proposals)
        labels, wanted = _assigned(proposals, targets)
        second = softmax_losses(logits, _of(deltas, labels + 1), labels, wanted)
        return {"proposal_box": first["box"], "proposal": first["class"], **second}

    @torch.no_grad()
    def likeness(self, images: Tensor, targets: Sequence[LearningTarget], label_count: int) -> Tensor:
        maps = self._maps(images)
        mix = torch.ones(label_count, self.label_count)
        fired: dict[int, list[Tensor]] = {}
        for i, target in enumerate(targets):
            if len(target.boxes):
                logits, _ = self._named([one[i : i + 1] for one in maps], target.boxes[None])
                for label, scores in zip(target.labels.tolist(), self.scores(logits)[0, :, 1:], strict=True):
                    fired.setdefault(label, []).append(scores)
        for label, scores in fired.items():
            mix[label] = torch.stack(scores).mean(0)
        return mix / mix.sum(1, keepdim=True)

    def stages(self) -> list[Stage]:
        blocks = list(self.backbone.body.children())
        return [
            Stage(0.0, _parameters(blocks[:STEM_BLOCKS]), is_trunk=True),
            Stage(TRUNK_SHARE, _parameters(blocks[STEM_BLOCKS:]), is_trunk=True),
            Stage(EXTRA_SHARE, _parameters([self.backbone.fpn])),
            Stage(1.0, _parameters([self.rpn, self.roi_heads])),
        ]

    @torch.no_grad()
    def replace_head(self, mix: Tensor) -> None:
        with_background = torch.block_diag(torch.ones(1, 1), mix)  # type: ignore[no-untyped-call]
        predictor: Any = self.roi_heads["box_predictor"]
        predictor.cls_score = mixed(predictor.cls_score, with_background)
        predictor.bbox_pred = mixed(predictor.bbox_pred, torch.kron(with_background, torch.eye(4)))
        self.label_count = len(mix)

    def fold(self) -> None:
        fold_batch_norm(self)

    def _maps(self, images: Tensor) -> Maps:
        return list(self.backbone(images).values())

    def _objects(self, maps: Maps) -> tuple[Tensor, Tensor]:
        """How likely each anchor has an object in it, logits [B, A], and the deltas [B, A, 4] to its box."""
        logits, deltas = self.rpn["head"](maps)
        weights = torch.tensor([anchor_boxes.CENTRE_WEIGHT] * 2 + [anchor_boxes.SIZE_WEIGHT] * 2, device=maps[0].device)
        shifts = torch.cat([rows(one, 4) for one in deltas], 1) * weights  # torchvision's first stage has no weights
        return torch.cat([rows(one, 1) for one in logits], 1)[..., 0], shifts

    @torch.no_grad()
    def _proposed(self, maps: Maps, objects: Tensor, shifts: Tensor, count: int) -> Tensor:
        """At most `count` boxes [B, K, 4] to look at: no gradient flows through where they are."""
        cells = [one.shape[2] * one.shape[3] for one in maps]
        levels = [len(self.anchors) // sum(cells) * count for count in cells]
        return best_proposals(objects.float(), self.decoder(shifts.float()), levels, min(count, len(self.anchors)))

    def _named(self, maps: Maps, proposals: Tensor) -> tuple[Tensor, Tensor]:
        """Logits [B, K, C + 1] and deltas [B, K, C + 1, 4] of `proposals` [B, K, 4].

        Both maps that torchvision pools from are a 32nd of the image: it takes the first for every region.
        """
        seen = regions(maps[0], proposals)
        logits, deltas = self.roi_heads["box_predictor"](self.roi_heads["box_head"](seen))
        batch, count = proposals.shape[:2]
        return logits.view(batch, count, -1), deltas.view(batch, count, -1, 4)


def build(info: ModelInfo, label_count: int, image_size: int) -> FasterRcnn:  # noqa: ARG001 one shape for all families
    return FasterRcnn(label_count, image_size)


def _with_truth(proposals: Tensor, targets: Sequence[LearningTarget]) -> Tensor:
    """The proposals [B, K, 4], the last of each image replaced by its true boxes."""
    proposals = proposals.clone()
    for of_image, target in zip(proposals, targets, strict=True):
        boxes = target.boxes[: len(of_image)]
        of_image[len(of_image) - len(boxes) :] = boxes
    return proposals


def _assigned(proposals: Tensor, targets: Sequence[LearningTarget]) -> tuple[Tensor, Tensor]:
    """Per proposal the label [B, K], -1 where nothing is, and the deltas [B, K, 4] that would hit its box."""
    labels = torch.full(proposals.shape[:2], -1, dtype=torch.int64, device=proposals.device)
    wanted = torch.zeros_like(proposals)
    for i, (of_image, target) in enumerate(zip(proposals, targets, strict=True)):
        matched, box = anchor_boxes.match(target.boxes, of_image)
        labels[i, matched] = target.labels[box]
        wanted[i, matched] = anchor_boxes.encode(target.boxes[box], of_image[matched])
    return labels, wanted


def _of(deltas: Tensor, columns: Tensor) -> Tensor:
    """The deltas [B, K, 4] of one column [B, K] each, of [B, K, C + 1, 4]."""
    return deltas.gather(2, columns[..., None, None].expand(-1, -1, 1, 4))[:, :, 0]


def _anchors(whole: nn.Module, image_size: int) -> Tensor:
    """torchvision's anchors [A, 4] for this image size, corners as shares of the image."""
    image = torch.zeros(1, 3, image_size, image_size)
    with torch.no_grad():
        maps = list(whole.eval().backbone(image).values())  # type: ignore[operator]
        boxes: Tensor = whole.rpn.anchor_generator(ImageList(image, [(image_size, image_size)]), maps)[0]  # type: ignore[operator, union-attr]
    whole.train()
    return boxes / image_size


def _parameters(modules: Iterable[nn.Module]) -> list[nn.Parameter]:
    return [parameter for module in modules for parameter in module.parameters()]
