"""Convolutions over a map's cells that say something of each anchor there."""

import math

import torch
from torch import Tensor, nn

from training.engine.scoring import Scoring

RARE = 0.01
"""The score that every anchor of a new head starts with: objects are few."""


def rows(scores: Tensor, columns: int) -> Tensor:
    """A head's map [B, K * columns, H, W] as rows [B, H * W * K, columns], one an anchor."""
    return scores.permute(0, 2, 3, 1).reshape(scores.shape[0], -1, columns)


def mixed(conv: nn.Module, mix: Tensor) -> nn.Conv2d:
    """A head whose columns are mixtures `mix` [new, old] of the old one's, of the same kernel and padding."""
    assert isinstance(conv, nn.Conv2d)
    assert conv.bias is not None
    columns, old_columns = mix.shape
    places = conv.out_channels // old_columns
    weight = torch.einsum("no,poc->pnc", mix, conv.weight.reshape(places, old_columns, -1))
    bias = torch.einsum("no,po->pn", mix, conv.bias.view(places, old_columns))
    new = nn.Conv2d(conv.in_channels, places * columns, conv.kernel_size, padding=conv.padding)  # type: ignore[arg-type]
    new.weight = nn.Parameter(weight.reshape(places * columns, *conv.weight.shape[1:]))
    new.bias = nn.Parameter(bias.reshape(-1))
    return new.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


@torch.no_grad()
def start_rare(head: nn.Module, scoring: Scoring, columns: int) -> None:
    """Let the biases alone say RARE of each anchor's `columns`: of each sigmoid, or of all but the background."""
    assert isinstance(head, nn.Conv2d)
    assert head.bias is not None
    if scoring is Scoring.SIGMOID:
        head.bias.fill_(math.log(RARE / (1 - RARE)))
    else:
        head.bias[::columns] = math.log((1 - RARE) / RARE * (columns - 1))
