"""Whether boxes are too small for a model: in a project's newest images before a run, in all that train in it."""

from collections.abc import Sequence
from itertools import chain

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
    return anchor_fit.fit(config, catalog.model_info(config.model), _newest_images(project))


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


def _newest_images(project: Project) -> list[ImageRecord]:
    newest = [
        Image.objects.filter(project=project, queue=queue).order_by("-id").values_list("id", flat=True)[:MOST_IMAGES]
        for queue in sorted(LABELLED_QUEUES)
    ]
    found = Annotation.objects.filter(image__in=list(chain.from_iterable(newest)), x_min__isnull=False)
    columns = ("image", "image__width", "image__height", "label__name", "x_min", "y_min", "x_max", "y_max")
    boxes: dict[tuple[int, int, int], list[AnnotationRecord]] = {}
    for image, width, height, label, *corners in found.values_list(*columns)[:MOST_BOXES]:
        boxes.setdefault((image, width, height), []).append(AnnotationRecord(label, Box(*corners)))
    return [
        ImageRecord("", "", width, height, 0, "labelled", "train", tuple(of_image))
        for (_, width, height), of_image in boxes.items()
    ]
