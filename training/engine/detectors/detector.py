"""What all detectors with fixed anchors share: their boxes, which anchors answer for which truth, and their labels."""

from abc import abstractmethod
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from training.engine.anchor_layout import AnchorLayout, Shape
from training.engine.detectors import anchors as anchor_boxes
from training.engine.network import Detector, LearningTarget


class AnchorDetector(Detector):
    """A family gives `forward`: images to logits [B, A, columns] and box deltas [B, A, 4] over A anchors.

    It looks at images `magnified`, where its row has a layout of anchors.
    """

    anchors: Tensor
    magnify = 1
    match_iou, near_iou = anchor_boxes.MATCH_IOU, anchor_boxes.MATCH_IOU

    def place_anchors(self, anchors: Tensor) -> None:
        """`anchors` [A, 4]: corners as shares of the image; they are not kept in the state dict."""
        self.register_buffer("anchors", anchors, persistent=False)
        self.decoder = anchor_boxes.Decoder(anchors)

    def place_layout(self, layout: AnchorLayout, image_size: int) -> None:
        """The same network on images of another size, once magnified, or with its anchors of other sizes."""
        device = next(self.parameters()).device
        self.place_anchors(anchor_boxes.laid_out(layout, image_size).to(device))

    def magnified(self, images: Tensor) -> Tensor:
        """The images, `magnify` times larger."""
        if self.magnify == 1:
            return images
        return F.interpolate(images, scale_factor=float(self.magnify), mode="bilinear", align_corners=False)

    def add_fine_anchors(self, shapes: Sequence[Shape]) -> None:
        """Give the network outputs for anchors of these shapes, after its own: see `anchors.laid_out`."""
        raise NotImplementedError(f"{type(self).__name__} has no place for fine anchors")

    @abstractmethod
    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]: ...

    def predictions(self, images: Tensor) -> tuple[Tensor, Tensor]:
        logits, deltas = self(images)
        return self.scores(logits), self.decoder(deltas)

    @torch.no_grad()
    def likeness(self, images: Tensor, targets: Sequence[LearningTarget], label_count: int) -> Tensor:
        scores = self.scores(self(images)[0])[..., self.scoring.first_label :]
        labels, _ = self.assigned(targets)
        mix = torch.ones(label_count, self.label_count)
        for label in range(label_count):
            fired = scores[labels == label]
            if len(fired):
                mix[label] = fired.mean(0)
        return mix / mix.sum(1, keepdim=True)

    def assigned(self, targets: Sequence[LearningTarget]) -> tuple[Tensor, Tensor]:
        """Per anchor the label [B, A], else NOTHING or UNSURE, and the deltas [B, A, 4] that would hit its box."""
        shape = (len(targets), len(self.anchors))
        labels = torch.empty(shape, dtype=torch.int64, device=self.anchors.device)
        deltas = torch.zeros((*shape, 4), device=self.anchors.device)
        for i, target in enumerate(targets):
            box = anchor_boxes.box_of_anchors(target.boxes, self.anchors, self.match_iou, self.near_iou)
            labels[i] = box.clamp(max=anchor_boxes.NOTHING)
            matched = (box >= 0).nonzero()[:, 0]
            labels[i, matched] = target.labels[box[matched]]
            deltas[i, matched] = anchor_boxes.encode(target.boxes[box[matched]], self.anchors[matched])
        return labels, deltas
