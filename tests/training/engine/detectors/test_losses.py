"""What anchors add to the loss by their label."""

import pytest
import torch

from training.engine.detectors.anchors import NOTHING, UNSURE
from training.engine.detectors.losses import focal_losses, softmax_losses


@pytest.mark.parametrize(("losses", "columns"), [(softmax_losses, 3), (focal_losses, 2)])
def test_an_unsure_anchor_learns_nothing(losses: object, columns: int) -> None:
    assert callable(losses)
    logits = torch.randn(1, 5, columns, requires_grad=True)
    deltas = torch.randn(1, 5, 4, requires_grad=True)
    labels = torch.tensor([[1, NOTHING, UNSURE, NOTHING, UNSURE]])
    sum(losses(logits, deltas, labels, torch.zeros(1, 5, 4)).values()).backward()
    assert logits.grad is not None
    assert deltas.grad is not None
    assert (logits.grad[0].abs().sum(1) > 0).tolist() == [True, True, False, True, False]
    assert (deltas.grad[0].abs().sum(1) > 0).tolist() == [True, False, False, False, False]
