"""The table of tasks: torch-free; modules are named by dotted path and loaded when used.

What differs between detection and classification stands here and in the two modules. A third task is a module and a
row here, a word in `annotations.dataset.records.Task`, and a row in each table of `exporters`: `answers.OUTPUTS`,
`accuracy.JUDGES`, `jetson.PROGRAMS`, `litert.GRAPHS`, `onnx.EXAMPLES`, `tfjs.EXAMPLES`, `tflite.HEADS`.
"""

import importlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

from annotations.dataset.records import AnnotationRecord, ImageRecord, Task
from training.engine.config import Config

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from training.engine.scoring import Scoring

SHOWN_IMAGES = 200
"""Images whose predictions are written down for people to look at."""

Metrics = dict[str, float | None]
Found = Sequence[Sequence[AnnotationRecord]]
"""What a network found in each image, best first, boxes in pixels."""


Report = Callable[[], dict[str, Any]]
"""Called where it is written down only: intervals and curves take longer than the metrics of an epoch."""


@dataclass(frozen=True, slots=True)
class TaskInfo:
    """`metrics`: the numbers of a curve, by which checkpoints are compared; the first is the headline."""

    name: Task
    module: str
    """Dotted path of the module that is this task's `TaskRules`."""
    metrics: tuple[str, ...]
    of_label: str
    """The number of a label in a report's `labels` by which it is compared with an earlier run's."""
    to_look_at: str
    """What people should ask the validation images where a result is bad and nothing measurable says why."""
    has_negatives: bool
    """Whether a labelled image without an annotation says something: that nothing is there."""

    @property
    def headline(self) -> str:
        """The one number that says how good a model is."""
        return self.metrics[0]

    def can_use(self, image: ImageRecord) -> bool:
        """Whether the image teaches or tests something."""
        return image.is_labelled and (self.has_negatives or bool(image.annotations))

    @property
    def rules(self) -> "TaskRules":
        return cast("TaskRules", importlib.import_module(self.module))


class TaskRules(Protocol):
    """What a row's `module` is: from annotations to truth, from outputs to annotations, from annotations to numbers."""

    def truth(
        self, image: ImageRecord, labels: Sequence[str]
    ) -> "tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]":
        """What `LearningTarget` holds: boxes [k, 4] as corners 0..1, and labels [k] as indices."""

    def annotations(
        self,
        outputs: Any,
        scoring: "Scoring",
        labels: Sequence[str],
        sizes: Sequence[tuple[int, int]],
        config: Config,
    ) -> Iterator[list[AnnotationRecord]]:
        """A batch's `Network.predictions` as annotations of images of the given (width, height), best first.

        `config`: of the network's run, for its thresholds and tiles. Where there are tiles, the batch is all of them,
        image by image.
        """

    def evaluation(
        self, images: Sequence[ImageRecord], found: Found, labels: Sequence[str]
    ) -> "tuple[Metrics, Report]":
        """The row's `metrics`, and what makes the task's part of `evaluation.json` of the same."""


TASKS: dict[str, TaskInfo] = {
    info.name: info
    for info in (
        TaskInfo(
            name="detection",
            module="training.engine.tasks.detection",
            metrics=("AP", "AP50"),
            of_label="AP",
            to_look_at="are the boxes where they belong?",
            has_negatives=True,
        ),
        TaskInfo(
            name="classification",
            module="training.engine.tasks.classification",
            metrics=("accuracy", "macro_f1"),
            of_label="f1",
            to_look_at="can their labels be told from what they show?",
            has_negatives=False,
        ),
    )
}
