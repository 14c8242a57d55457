"""The table of tasks: what one row promises, the others must keep too."""

import subprocess
import sys
from collections.abc import Sequence
from typing import get_args

import pytest
import torch
from torch import Tensor

from annotations.dataset.records import AnnotationRecord, Box, ImageRecord, Task
from boxwright.projects.models import TaskKind
from training.engine.config import Config
from training.engine.scoring import Scoring
from training.engine.tasks import TASKS, TaskInfo

LABELS = ("cat", "dog")
USUAL = Config(model="any")
NAMED = AnnotationRecord("dog")
BOXED = AnnotationRecord("dog", Box(10, 20, 60, 100))

every_task = pytest.mark.parametrize("task", TASKS.values(), ids=list(TASKS))


def image(*annotations: AnnotationRecord) -> ImageRecord:
    return ImageRecord("a.png", "0" * 64, 100, 200, queue="labelled", annotations=annotations)


def annotated(task: TaskInfo) -> ImageRecord:
    return image(BOXED if task.name == "detection" else NAMED)


def sure_of_the_dog(task: TaskInfo, scoring: Scoring) -> tuple[Tensor, Tensor] | Tensor:
    """Outputs for one image, as `Network.predictions` gives them."""
    scores = torch.full((1, 1, scoring.columns(2)), 0.1)
    scores[..., scoring.first_label + 1] = 0.8
    return (scores, torch.tensor([[[0.1, 0.1, 0.6, 0.5]]])) if task.name == "detection" else scores[:, 0]


def scorings(task: TaskInfo) -> Sequence[Scoring]:
    ordinary = Scoring.SOFTMAX_WITH_BACKGROUND if task.name == "detection" else Scoring.SOFTMAX
    return (ordinary, Scoring.SIGMOID)


def test_platform_records_and_engine_know_the_same_tasks() -> None:
    assert set(TASKS) == set(get_args(Task)) == set(TaskKind.values)


@every_task
def test_truth_is_boxes_and_labels(task: TaskInfo) -> None:
    boxes, labels = task.rules.truth(annotated(task), LABELS)
    assert (boxes.dtype.name, labels.dtype.name) == ("float32", "int64")
    assert boxes.shape[1:] == (4,)
    assert labels.tolist() == [1]


@every_task
def test_annotations_are_best_first_under_either_scoring(task: TaskInfo) -> None:
    for scoring in scorings(task):
        found = list(task.rules.annotations(sure_of_the_dog(task, scoring), scoring, LABELS, [(100, 200)], USUAL))
        assert len(found) == 1
        assert found[0][0].label == "dog"
        assert found[0][0].score == pytest.approx(0.8)
        assert [a.score for a in found[0]] == sorted((a.score or 0 for a in found[0]), reverse=True)


@every_task
def test_an_evaluation_has_the_metrics_of_the_row(task: TaskInfo) -> None:
    scoring = scorings(task)[0]
    found = list(task.rules.annotations(sure_of_the_dog(task, scoring), scoring, LABELS, [(100, 200)], USUAL))
    metrics, report = task.rules.evaluation([annotated(task)], found, LABELS)
    assert tuple(metrics) == task.metrics
    assert metrics[task.metrics[0]] == pytest.approx(1)
    written = report()
    assert [row["name"] for row in written["labels"]] == list(LABELS)
    assert len(written["predictions"]) == 1


@every_task
def test_nothing_to_measure_is_undefined(task: TaskInfo) -> None:
    metrics, report = task.rules.evaluation([], [], LABELS)
    assert metrics == dict.fromkeys(task.metrics)
    assert report()["intervals"] == {}
    assert report()["calibration"] == {"error": None, "bins": []}


@every_task
def test_an_unlabelled_image_teaches_nothing_and_a_negative_what_the_row_says(task: TaskInfo) -> None:
    assert task.can_use(annotated(task))
    assert task.can_use(image()) is task.has_negatives
    assert not task.can_use(ImageRecord("a.png", "0" * 64, 100, 200, annotations=(BOXED,)))


def test_the_web_process_gets_the_table_without_torch() -> None:
    code = (
        "import sys; from training.engine.tasks import TASKS; assert TASKS['detection'].metrics[0] == 'AP'; "
        "assert not {'torch', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
