"""What all classifiers of one vector of logits share: their scores, their loss, and what their labels look like."""

from collections.abc import Iterable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.engine.distributed import mean_count
from training.engine.network import Classifier, LearningTarget, Stage, fold_batch_norm
from training.engine.scoring import Scoring

SMOOTHING = 0.05
"""How much of the truth a softmax gives to all labels alike."""

TRUNK_SHARE = 0.2
"""The trunk knows images already: it learns at a share of the head's rate."""


class LogitClassifier(Classifier):
    """A family gives `forward`, images [B, 3, S, S] to logits [B, C]."""

    def predictions(self, images: Tensor) -> Tensor:
        return self.scores(self(images))

    def losses(self, images: Tensor, targets: Sequence[LearningTarget]) -> dict[str, Tensor]:
        """Cross-entropy: over the labels of a softmax, of each label of a sigmoid."""
        logits = self(images).float()
        labels = torch.cat([target.labels for target in targets])
        count = mean_count(torch.tensor(len(labels), device=labels.device))
        if self.scoring is Scoring.SIGMOID:
            wanted = F.one_hot(labels, self.label_count).to(logits)
            return {"class": F.binary_cross_entropy_with_logits(logits, wanted, reduction="sum") / count}
        return {"class": F.cross_entropy(logits, labels, label_smoothing=SMOOTHING, reduction="sum") / count}

    @torch.no_grad()
    def likeness(self, images: Tensor, targets: Sequence[LearningTarget], label_count: int) -> Tensor:
        scores = self.predictions(images)
        labels = torch.cat([target.labels for target in targets])
        mix = torch.ones(label_count, self.label_count)
        for label in set(labels.tolist()):
            mix[label] = scores[labels == label].mean(0)
        return mix / mix.sum(1, keepdim=True)

    def fold(self) -> None:
        fold_batch_norm(self)


def trunk_stages(parts: Iterable[nn.Module]) -> list[Stage]:
    """A stage for each of `parts`, which come from the pixels on."""
    return [Stage(TRUNK_SHARE, list(part.parameters()), is_trunk=True) for part in parts]


def pooled(maps: Tensor) -> Tensor:
    """The mean [B, C] of each of the maps [B, C, H, W]."""
    return F.adaptive_avg_pool2d(maps, 1).flatten(1)


@torch.no_grad()
def mixed(old: nn.Linear, mix: Tensor) -> nn.Linear:
    """A last layer whose rows are mixtures of the old rows: see `Network.replace_head`."""
    new = nn.Linear(old.in_features, len(mix))
    new.weight.copy_(mix @ old.weight)
    new.bias.copy_(mix @ old.bias)
    return new
