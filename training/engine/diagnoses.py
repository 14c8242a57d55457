"""Why a run found next to nothing, as far as its config, its data and its curve tell: torch-free."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from annotations.dataset.records import Dataset, ImageRecord
from training.engine import anchor_fit
from training.engine.config import Config
from training.engine.model_info import ModelInfo
from training.engine.tasks import TASKS, TaskInfo

NEAR_ZERO = 0.05
"""A headline below this is no success: for classification, so little above chance."""
FEW_IMAGES = 20
MOSTLY = 0.5
"""From this share of boxes without an anchor on, that is a reason."""
SMALLER_RATE = 5.0

Curve = Sequence[Mapping[str, float | None]]
"""The values of each epoch."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`code` for programs; `detail`: what was measured and what to try."""

    code: str
    detail: str

    def to_dict(self) -> dict[str, str]:
        return {"code": self.code, "detail": self.detail}


def diagnoses(
    config: Config, info: ModelInfo, dataset: Dataset, headline: float | None, curve: Curve
) -> list[Diagnosis]:
    """The reasons for a `headline` near zero; none where it is not."""
    if not is_near_zero(headline, info, dataset):
        return []
    training = [image for image in dataset.split("train") if TASKS[dataset.task].can_use(image)]
    validation = [image for image in dataset.split("val") if TASKS[dataset.task].can_use(image)]
    found = [
        *_without_anchor(config, info, training),
        *_few_images(training),
        *_unmeasured(dataset.labels, training, validation),
        *_diverged(config, curve),
    ]
    return found or [_still_learning(config, TASKS[dataset.task])]


def is_near_zero(headline: float | None, info: ModelInfo, dataset: Dataset) -> bool:
    if headline is None:
        return False
    chance = 1 / len(dataset.labels) if info.task == "classification" else 0.0
    return headline < chance + NEAR_ZERO


def _without_anchor(config: Config, info: ModelInfo, training: Sequence[ImageRecord]) -> list[Diagnosis]:
    boxes = anchor_fit.box_shares(training, config)
    if info.anchors is None or not boxes:
        return []
    layout = anchor_fit.layout_of(config, info.anchors)
    share = 1 - anchor_fit.share_of_served(layout, config.magnified_size, boxes)
    if share < MOSTLY:
        return []
    way = "more tiles" if config.fits_anchors or config.tiles > 1 else "set fit to auto"
    return [
        Diagnosis(
            "no_anchor",
            f"{share:.0%} of the training boxes are too small for this model at {config.image_size} px: no anchor "
            f"overlaps them by half. Use a larger image size, or {way}.",
        )
    ]


def _few_images(training: Sequence[ImageRecord]) -> list[Diagnosis]:
    with_objects = sum(bool(image.annotations) for image in training)
    if with_objects >= FEW_IMAGES:
        return []
    return [
        Diagnosis(
            "few_images", f"Only {with_objects} images with a label train this model. Label more: 50 are a start."
        )
    ]


def _unmeasured(
    labels: Iterable[str], training: Sequence[ImageRecord], validation: Sequence[ImageRecord]
) -> list[Diagnosis]:
    taught, asked = _labels_on(training), _labels_on(validation)
    never_asked = [label for label in labels if label in taught and label not in asked]
    never_taught = [label for label in labels if label in asked and label not in taught]
    found = []
    if never_asked:
        names = ", ".join(never_asked)
        found.append(
            Diagnosis("not_in_val", f"No validation image shows {names}: nothing measures it. Label more of it.")
        )
    if never_taught:
        names = ", ".join(never_taught)
        found.append(
            Diagnosis("not_in_train", f"No training image shows {names}: it can't be learned. Label more of it.")
        )
    return found


def _labels_on(images: Iterable[ImageRecord]) -> set[str]:
    return {annotation.label for image in images for annotation in image.annotations}


def _diverged(config: Config, curve: Curve) -> list[Diagnosis]:
    """The loss is higher at the end than it was at first."""
    losses = [loss for values in curve if (loss := values.get("loss")) is not None]
    if len(losses) < 2 or losses[-1] <= losses[0]:
        return []
    smaller = config.learning_rate / SMALLER_RATE
    return [
        Diagnosis(
            "diverged",
            f"The loss grew from {losses[0]:.2f} to {losses[-1]:.2f}: the learning rate {config.learning_rate:g} is "
            f"too high. Try {smaller:g}.",
        )
    ]


def _still_learning(config: Config, task: TaskInfo) -> Diagnosis:
    return Diagnosis(
        "unknown",
        f"Nothing measurable stands out after {config.epochs} epochs. Try more epochs, and look at the validation "
        f"images: {task.to_look_at}",
    )
