import subprocess
import sys

import numpy as np
import pytest
import torch

from training.engine import torchvision_ops


def by_brute_force(boxes: np.ndarray, scores: np.ndarray, threshold: float) -> list[int]:
    """The definition, box against box."""
    kept: list[int] = []
    for i in sorted(range(len(boxes)), key=lambda i: (-scores[i], i)):
        if all(iou(boxes[i], boxes[j]) <= threshold for j in kept):
            kept.append(i)
    return kept


def iou(a: np.ndarray, b: np.ndarray) -> float:
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - width * height
    return float(width * height / union)


@pytest.mark.parametrize("seed", range(20))
def test_nms_is_what_brute_force_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    corners = rng.uniform(0, 80, (60, 2))
    boxes = np.hstack([corners, corners + rng.uniform(5, 40, (60, 2))]).astype(np.float32)
    scores = rng.permutation(60).astype(np.float32)
    kept = torchvision_ops.nms(torch.from_numpy(boxes), torch.from_numpy(scores), 0.5)
    assert kept.tolist() == by_brute_force(boxes, scores, 0.5)


def test_nms_of_nothing_is_nothing() -> None:
    assert torchvision_ops.nms(torch.zeros(0, 4), torch.zeros(0), 0.5).tolist() == []


def test_boxes_without_area_stay() -> None:
    point = torch.tensor([[5.0, 5.0, 5.0, 5.0]] * 2)
    assert torchvision_ops.nms(point, torch.tensor([0.5, 0.9]), 0.5).tolist() == [1, 0]


NEW_PROCESS = """
import sys, torch, training.engine.commands
from torchvision.ops import nms, roi_align
print(nms(torch.tensor([[0., 0, 9, 9], [0, 0, 9, 8]]), torch.tensor([.1, .2]), .5).tolist())
print("torch._dynamo" in sys.modules)
print(sys.modules[roi_align.__module__].is_compile_supported("cpu"), "torch._dynamo" in sys.modules)
"""


@pytest.mark.full
def test_torchvision_imports_and_finds_an_nms_in_a_new_process() -> None:
    """torch's compiler is loaded by nothing but the question whether it can compile."""
    out = subprocess.run([sys.executable, "-c", NEW_PROCESS], check=True, capture_output=True, text=True).stdout
    assert out.splitlines() == ["[1]", "False", "True True"]


def test_where_the_compiled_operators_load_they_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    torchvision_ops.install()  # here they may not load: torchvision is imported before we say that they do
    monkeypatch.setattr(torchvision_ops, "_library", [])
    monkeypatch.setattr(torchvision_ops, "_compiled_operators_load", lambda: True)
    assert torchvision_ops.install() is False
    assert torchvision_ops._library == []
