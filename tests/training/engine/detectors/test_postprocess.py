import torch

from training.engine.config import Config
from training.engine.detectors import postprocess
from training.engine.detectors.postprocess import Suppression


def test_overlapping_boxes_of_one_label_become_one() -> None:
    boxes = torch.tensor([[0.1, 0.1, 0.5, 0.5], [0.1, 0.1, 0.5, 0.48], [0.6, 0.6, 0.9, 0.9]])
    scores = torch.tensor([[0.1, 0.9, 0.0], [0.2, 0.8, 0.0], [0.3, 0.7, 0.0]])
    found = postprocess.detections(scores, boxes)
    torch.testing.assert_close(found.scores, torch.tensor([0.9, 0.7]))
    torch.testing.assert_close(found.boxes, boxes[[0, 2]])


def test_boxes_of_two_labels_may_overlap() -> None:
    boxes = torch.tensor([[0.1, 0.1, 0.5, 0.5]] * 2)
    found = postprocess.detections(torch.tensor([[0.1, 0.9, 0.0], [0.2, 0.0, 0.8]]), boxes)
    assert found.labels.tolist() == [0, 1]


def test_low_scores_are_dropped() -> None:
    found = postprocess.detections(torch.tensor([[0.995, 0.005]]), torch.rand(1, 4))
    assert (len(found.boxes), len(found.scores), len(found.labels)) == (0, 0, 0)


def test_a_run_may_ask_for_other_thresholds() -> None:
    boxes = torch.tensor([[0.1, 0.1, 0.5, 0.5], [0.1, 0.1, 0.5, 0.48], [0.6, 0.6, 0.9, 0.9]])
    scores = torch.tensor([[0.1, 0.9], [0.2, 0.8], [0.7, 0.3]])
    for config, left in (
        (Config("any"), [0.9, 0.3]),
        (Config("any", score_threshold=0.4), [0.9]),
        (Config("any", nms_threshold=1.0), [0.9, 0.8, 0.3]),
    ):
        found = postprocess.detections(scores, boxes, suppression=Suppression.of(config))
        torch.testing.assert_close(found.scores, torch.tensor(left))


def test_at_most_a_hundred_detections() -> None:
    corners = torch.rand(500, 2) * 0.9
    boxes = torch.cat([corners, corners + 0.01], 1)
    scores = torch.rand(500, 3)
    found = postprocess.detections(scores, boxes)
    assert len(found.scores) == postprocess.MAX_DETECTIONS
    assert found.scores.diff().max() <= 0


def test_an_object_is_found_behind_many_answers_for_surer_ones() -> None:
    objects, answers = 12, 60
    left = torch.arange(objects).repeat_interleave(answers) / objects
    boxes = torch.stack([left, left, left + 0.05, left + 0.05], 1)
    label = 0.9 - left / 2
    found = postprocess.detections(torch.stack([1 - label, label], 1), boxes)
    assert len(found.scores) == objects
