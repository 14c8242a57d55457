"""How long a run will take: from what earlier runs took, else from the catalogue's figures."""

import os

from annotations.models import Snapshot
from boxwright.jobs import Status
from boxwright.projects.models import Project
from training.engine import catalog
from training.engine.config import Config
from training.engine.effort import FEWEST_STEPS
from training.models import Metric, Run

VAL_SHARE = 0.2
SAME = ("freeze", "image_size", "crop", "magnify", "tiles")
"""Settings that decide how long an image takes; an earlier run counts when it had the same, and saw all its images."""


def images_in(project: Project, snapshot: Snapshot | None) -> dict[str, int]:
    """Labelled images in train and val: counted, or for a snapshot still to be made, about what they will be."""
    if snapshot is not None and snapshot.status == Status.SUCCEEDED:
        return {split: snapshot.splits.get(split, 0) for split in ("train", "val")}
    counts = project.counts
    labelled = counts["labelled"] + counts["review"] + counts["done"]
    val = round(labelled * VAL_SHARE)
    return {"train": labelled - val, "val": val}


def seen_of(images: dict[str, int], config: Config, base: Run | None) -> dict[str, int]:
    """Of these images those that an epoch sees: of a run that replays what is new, as far as counts tell, and old ones.

    Images that were labelled anew are not counted.
    """
    if not config.replay or base is None or base.images is None:
        return images
    new = max(1, images["train"] - base.images["train"])
    places = max(round(new / (1 - config.replay)), FEWEST_STEPS * config.batch_size)
    return images | {"train": min(images["train"], places)}


def seconds_for(project: Project, config: Config, images: dict[str, int]) -> float:
    """Seconds from start to end."""
    epochs = catalog.epochs_of(config, images["train"])
    pictures = catalog.pictures_of(config, images["train"], images["val"], epochs)
    if (pace := _pace(project, config)) is not None:
        return catalog.STARTUP_SECONDS + pace * pictures
    return catalog.estimate_seconds(config.model, pictures, os.cpu_count() or 1)


def _pace(project: Project, config: Config) -> float | None:
    """Seconds a picture took in the newest like run of this team, which has the machines we will have."""
    runs = Run.objects.filter(project__team_id=project.team_id, model=config.model, status=Status.SUCCEEDED)
    for run in runs.exclude(images=None).order_by("-pk")[:5]:
        saw_all = not run.config.get("replay")
        same = saw_all and all(run.config.get(name) == getattr(config, name) for name in SAME)
        seconds = list(Metric.objects.filter(run=run).values_list("seconds", flat=True))
        if same and seconds and run.images:
            theirs = Config.from_dict(run.config | {"model": run.model})
            if pictures := catalog.pictures_of(theirs, run.images["train"], run.images["val"], len(seconds)):
                return sum(seconds) / pictures
    return None
