"""What every network can do, whatever its family: the seam between the training loop and the models.

Only a family's own module knows the names of its submodules: where the head is, what the trunk is, what folds.
"""

import itertools
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from training.engine.origin import Origin
from training.engine.scoring import Scoring


@dataclass(frozen=True, slots=True)
class LearningTarget:
    """The truth of one square image: `boxes` [n, 4] corners 0..1, `labels` [n] indices into the labels.

    For classification `boxes` is empty and `labels` has one entry.
    """

    boxes: Tensor
    labels: Tensor


@dataclass(frozen=True, slots=True)
class Stage:
    """Parameters that learn at `share` of the run's rate; share 0 keeps published weights as they are.

    `is_trunk`: what freezing the trunk freezes.
    """

    share: float
    parameters: list[nn.Parameter]
    is_trunk: bool = False


class Network(nn.Module):
    """A model family's network. Images come as NCHW floats, normalised by the catalogue's mean and std."""

    scoring: Scoring
    label_count: int
    parameter_prefix = ""
    """What our names of parameters have before those that users know."""
    bf16_pays_on_cpu = False
    """Whether a step was measured to be quicker in bf16 on a CPU that has it; depthwise-heavy trunks lose."""
    origin: Origin | None = None
    """Where the weights come from, once they are there: `weights.starting_network`."""

    @abstractmethod
    def losses(self, images: Tensor, targets: Sequence[LearningTarget]) -> dict[str, Tensor]:
        """The parts of the loss, scalars; their sum is minimised. A mean divides by `distributed.mean_count`."""

    @abstractmethod
    def predictions(self, images: Tensor) -> Any:
        """What the network says in eval mode, on a batch."""

    def exported(self, images: Tensor) -> Any:
        """`predictions` as every artifact of the task gives them: what converters trace."""
        return self.predictions(images)

    @abstractmethod
    def stages(self) -> list[Stage]:
        """All parameters, each in one stage, from the pixels to the head."""

    @abstractmethod
    def replace_head(self, mix: Tensor) -> None:
        """Give the head one row a label, a mixture of the old rows: `mix` [new, old], whose rows sum to 1."""

    @abstractmethod
    def likeness(self, images: Tensor, targets: Sequence[LearningTarget], label_count: int) -> Tensor:
        """How much the old labels' rows fire on each new label: a mix [new labels, old labels], rows sum to 1."""

    @abstractmethod
    def fold(self) -> None:
        """Fold BatchNorm into the convolutions, in place and into eval mode: the same function, a quarter faster."""

    def scores(self, logits: Tensor) -> Tensor:
        """Logits [..., columns] as scores: see `scoring`."""
        return torch.sigmoid(logits) if self.scoring is Scoring.SIGMOID else torch.softmax(logits, -1)


class Detector(Network):
    """Finds boxes of labels. `anchors` [A, 4]: the box that each row of scores starts from, corners as shares.

    In two stages the rows are fewer: the first stage chooses which anchors to look at, as it sees the image.
    """

    anchors: Tensor

    @abstractmethod
    def predictions(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Scores [B, A, columns] as `scoring` says, and boxes [B, A, 4], corners 0..1 clipped."""

    def exported(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Scores [B, A, 1 + labels], whatever the scoring, and boxes: see `scoring` on artifacts."""
        scores, boxes = self.predictions(images)
        return with_background(scores, self.scoring), boxes


class Classifier(Network):
    """Names the whole image. A family gives `forward`: images [B, 3, S, S] to logits [B, columns]."""

    @abstractmethod
    def predictions(self, images: Tensor) -> Tensor:
        """Scores [B, columns] as `scoring` says."""


class ExportForm(nn.Module):
    """Normalised image [1, 3, S, S] to the outputs of `exported`, with one image."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> Any:
        return self.network.exported(image)


def export_form(network: Network) -> nn.Module:
    """The network itself as converters can trace it: in eval mode, on the CPU, in plain memory order, no gradients."""
    return contiguous(ExportForm(network).cpu().eval().requires_grad_(False))


def with_background(scores: Tensor, scoring: Scoring) -> Tensor:
    """A detector's scores [..., columns] as artifacts give them, [..., 1 + labels]: see `scoring`."""
    if scoring.first_label == 1:
        return scores
    return torch.cat([1 - scores.amax(-1, keepdim=True), scores], -1)


def fold_batch_norm(network: nn.Module) -> None:
    """`Network.fold` of a family that registers each BatchNorm2d right after the Conv2d whose output it takes.

    A convolution without a bias gets one, which does not learn: its `requires_grad` is False.
    """
    network.eval()
    for module in list(network.modules()):
        children = list(module.named_children())
        for (conv_name, conv), (norm_name, norm) in itertools.pairwise(children):
            if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                setattr(module, conv_name, fuse_conv_bn_eval(conv, norm))
                setattr(module, norm_name, nn.Identity())
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def normalise(squares: Tensor, mean: Sequence[float], std: Sequence[float]) -> Tensor:
    """uint8 squares [N, S, S, 3] as a network's input: floats [N, 3, S, S], channels last."""
    images = squares.permute(0, 3, 1, 2).to(torch.float32, memory_format=torch.channels_last)
    factor = torch.tensor(std, device=images.device).reciprocal()
    offset = torch.tensor(mean, device=images.device) * factor
    return images.mul_(factor[:, None, None]).sub_(offset[:, None, None])


def contiguous(network: nn.Module) -> nn.Module:
    """Put every parameter and buffer into plain memory order, in place: converters mix up channels-last constants."""
    tensors: dict[str, Any] = dict(network.named_parameters()) | dict(network.named_buffers())
    for tensor in tensors.values():
        tensor.data = tensor.data.contiguous()
    return network
