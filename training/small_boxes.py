"""Whether boxes are too small for a model: a project's newest ones before a run, all that train at its start."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from annotations.dataset.records import LABELLED_QUEUES, AnnotationRecord, Box, ImageRecord
from annotations.models import Annotation, Image
from boxwright.projects.models import Project
from training.engine import anchor_fit, catalog
from training.engine.anchor_fit import AnchorFit
from training.engine.config import Config
from training.models import Run

MOST_IMAGES = 100
"""Newest images of each queue that are looked at: a project of any size costs the same."""
MOST_BOXES = 1000


def fit_for(project: Project, config: Config) -> AnchorFit | None:
    """What a run with this config would choose; None where nothing is to choose."""
    return anchor_fit.fit(config, catalog.model_info(config.model), [_as_image(*row) for row in _newest_boxes(project)])


def brought_by(base: Run, config: Config) -> Config:
    """The config of a run of the base's model, with the anchors and the size that the base's weights hang on."""
    known = _config_of(base)
    return anchor_fit.as_in(known, config, catalog.model_info(config.model))[0] if known.fits_anchors else config


def config_of(run: Run, training: Sequence[ImageRecord]) -> tuple[Config, str]:
    """The run's config with anchors and image size that serve its training images, and what the log says of that."""
    config = catalog.complete_config(run.config | {"model": run.model, "base": run.base})
    base = _config_of(run.base_run) if run.base == "checkpoint" and run.base_run else None
    return anchor_fit.chosen(config, catalog.model_info(config.model), training, base)


def _config_of(run: Run) -> Config:
    return Config.from_dict(run.config | {"model": run.model})


def _newest_boxes(project: Project) -> list[Any]:
    newest = [
        Image.objects.filter(project=project, queue=queue).order_by("-id").values_list("id", flat=True)[:MOST_IMAGES]
        for queue in sorted(LABELLED_QUEUES)
    ]
    found = Annotation.objects.filter(image__in=list(chain.from_iterable(newest)), x_min__isnull=False)
    columns = ("label__name", "x_min", "y_min", "x_max", "y_max", "image__width", "image__height")
    return list(found.values_list(*columns)[:MOST_BOXES])


def _as_image(
    label: str, x_min: float, y_min: float, x_max: float, y_max: float, width: int, height: int
) -> ImageRecord:
    """An image of this size with this box alone."""
    box = AnnotationRecord(label, Box(x_min, y_min, x_max, y_max))
    return ImageRecord("", "", width, height, 0, "labelled", "train", (box,))
