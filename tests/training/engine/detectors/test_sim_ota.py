"""Which cells answer for which boxes: near the middle, as many as they overlap, the cheapest first."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from training.engine.detectors.grid import grid
from training.engine.detectors.sim_ota import answers, assigned, label_costs, near_cells
from training.engine.network import LearningTarget

CELLS = grid([8])
"""Row by row, each an eighth of the image."""


def boxes(*corners: tuple[float, float, float, float]) -> Tensor:
    """In cells."""
    return torch.tensor(corners).reshape(-1, 4) / 8


def free(wanted: Tensor) -> Tensor:
    return torch.zeros(len(wanted), len(CELLS))


def cell(column: int, row: int) -> int:
    return row * 8 + column


def test_cells_are_near_within_one_and_a_half() -> None:
    near = near_cells(boxes((3, 3, 5, 5), (2.6, 2.6, 3.6, 3.6)), CELLS)
    assert near[0].nonzero()[:, 0].tolist() == [cell(x, y) for y in (3, 4) for x in (3, 4)]
    assert near[1].nonzero()[:, 0].tolist() == [cell(x, y) for y in (2, 3, 4) for x in (2, 3, 4)]


def test_a_box_that_nobody_says_has_one_cell() -> None:
    wanted = boxes((3.1, 3.1, 3.9, 3.9))
    found, _, _ = assigned(wanted, torch.zeros(64, 4), CELLS, free(wanted))
    assert len(found) == 1


def test_a_box_has_as_many_cells_as_overlap_it() -> None:
    wanted = boxes((1, 1, 5, 5))
    said = torch.zeros(64, 4)
    said[[cell(x, 2) for x in (2, 3)]] = wanted[0]
    said[cell(2, 3)] = boxes((1, 1, 5, 4))[0]
    said[cell(3, 3)] = boxes((1, 1, 5, 2))[0]
    found, of, ious = assigned(wanted, said, CELLS, free(wanted))  # 1 + 1 + 3/4 + 1/4 = 3
    assert found.tolist() == [cell(2, 2), cell(3, 2), cell(2, 3)]
    assert of.tolist() == [0, 0, 0]
    assert ious.tolist() == pytest.approx([1, 1, 0.75])


def test_the_label_decides_between_cells_that_say_the_same_box() -> None:
    wanted, said = boxes((3, 3, 5, 5)), torch.zeros(64, 4)
    said[[cell(3, 3), cell(4, 4)]] = boxes((3, 3, 5, 4.2))[0]
    costs = free(wanted)
    costs[0, cell(3, 3)] = 2.0
    assert assigned(wanted, said, CELLS, costs)[0].tolist() == [cell(4, 4)]


def test_a_cell_that_two_boxes_want_answers_for_the_cheaper_one() -> None:
    wanted = boxes((3, 3, 5, 5), (3, 3, 5, 4.6))
    said = torch.zeros(64, 4)
    said[cell(3, 3)] = wanted[1]
    found, of, ious = assigned(wanted, said, CELLS, free(wanted))
    assert (found.tolist(), of.tolist()) == ([cell(3, 3)], [1])
    assert ious.tolist() == pytest.approx([1])


def test_label_costs_are_cross_entropies() -> None:
    torch.manual_seed(0)
    scores, labels = torch.rand(64, 5), torch.tensor([4, 0, 4])
    scores[0] = torch.tensor([0.0, 1, 0, 0, 1])
    expected = [
        F.binary_cross_entropy(scores, F.one_hot(label, 5).float().expand(64, 5), reduction="none").sum(1)
        for label in labels
    ]
    torch.testing.assert_close(label_costs(scores, labels), torch.stack(expected))


def test_answers_name_their_image() -> None:
    wanted = boxes((3.1, 3.1, 3.9, 3.9))
    none = LearningTarget(wanted[:0], torch.zeros(0, dtype=torch.int64))
    found = answers(CELLS.expand(3, 64, 4), CELLS, [none, LearningTarget(wanted, torch.tensor([7])), none])
    assert (found.images.tolist(), found.cells.tolist(), found.labels.tolist()) == ([1], [cell(3, 3)], [7])
    assert torch.equal(found.boxes, wanted)
