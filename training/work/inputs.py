"""What an engine process finds in its folder: laid there from the database and the object store."""

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from annotations.dataset.manifest import read_manifest
from annotations.dataset.records import ImageRecord, Task
from annotations.needed_objects import about_of, manifest_of
from annotations.originals import originals_of
from boxwright.errors import Conflict, DomainError
from boxwright.jobs import Beat, UserFault
from boxwright.storage import ObjectStore, registry
from boxwright.storage.named import Named
from training import base_weights, small_boxes
from training.engine.config import Config
from training.engine.export_images import images_of_export
from training.models import Artifact, Run
from training.run_files import CHECKPOINT, files_of
from training.work import image_cache

FETCHERS = 8
UPLOADED = "uploaded"
"""The folder, inside a run's, of the file that somebody brought: it keeps its name there."""


@dataclass(frozen=True)
class Site:
    """A job's folder while it is being laid."""

    beat: Beat
    objects: ObjectStore

    @property
    def folder(self) -> Path:
        return self.beat.folder

    def fetch(self, wanted: Named, name: str) -> None:
        """Raises ObjectMissing, ObjectDamaged."""
        target = self.folder / name
        with ThreadPoolExecutor(1) as pool:
            self.beat.wait_for([pool.submit(wanted.fetch, self.objects, target)])

    def put(self, key: str, file: BinaryIO) -> None:
        registry.announce([key])
        with ThreadPoolExecutor(1) as pool:
            self.beat.wait_for([pool.submit(self.objects.put, key, file)])

    def fetch_images(self, team_id: int, hashes: Iterable[str]) -> None:
        """Into `images`, each under its sha256."""
        place, originals = self.folder / "images", originals_of(team_id, hashes)
        place.mkdir()
        with ThreadPoolExecutor(FETCHERS) as pool:
            try:
                self.beat.wait_for(
                    [
                        pool.submit(image_cache.link_image, self.objects, original, place / sha256)
                        for sha256, original in originals.items()
                    ]
                )
            finally:
                pool.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class TrainingInputs:
    """What was laid for a run: the labelled images of each split, its whole config, and what the log says of that."""

    images: dict[str, int]
    config: Config
    note: str


def lay_training(run: Run, site: Site) -> TrainingInputs:
    """Everything that `train` reads.

    A checkpoint goes there by `lay_checkpoint`.
    """
    (site.folder / "out").mkdir()
    splits = ("train", "val")
    images = _lay_snapshot(run, site, lambda found: [image for image in found if image.split in splits])
    _lay_base(run, site)
    base_weights.lay(run, site)
    config, note = small_boxes.config_of(run, [image for image in images if image.split == "train"])
    (site.folder / "config.json").write_text(json.dumps(config.to_dict()), encoding="utf-8")
    counts = {split: sum(image.split == split for image in images) for split in splits}
    return TrainingInputs(counts, config, note)


def _lay_base(run: Run, site: Site) -> None:
    """A checkpoint that the run begins with. An uploaded file becomes one in the child: only there it is loaded."""
    if run.base != "checkpoint":
        return
    if run.base_run is not None:
        site.fetch(_best_of(run.base_run), "base.pt")
    elif run.base_file is not None:
        site.fetch(run.base_file.content, f"{UPLOADED}/{run.base_file.name}")
    else:
        raise UserFault("base_deleted", "What this run was to begin with was deleted: start one from another base.")


def uploaded_base(run: Run, folder: Path) -> Path | None:
    """Where `lay_training` has laid the file that somebody brought."""
    return folder / UPLOADED / run.base_file.name if run.base_file else None


def lay_checkpoint(run: Run, site: Site) -> None:
    """What an earlier attempt has saved, all of it or nothing. Raises ObjectMissing, ObjectDamaged.

    Before its first evaluation a run has `last.pt` alone.
    """
    found = files_of(run)
    if "last.pt" not in found:
        return
    try:
        for name in CHECKPOINT:
            if name in found:
                site.fetch(found[name], f"out/{name}")
    except DomainError:
        for name in CHECKPOINT:
            (site.folder / "out" / name).unlink(missing_ok=True)
        raise


def lay_export(artifact: Artifact, site: Site) -> None:
    """Everything that `export` reads: the best checkpoint, the images to calibrate and compare on, and whose it is."""
    run = artifact.run
    site.fetch(_best_of(run), "checkpoint.pt")
    (site.folder / "out").mkdir()
    if "evaluation.json" in files_of(run):
        site.fetch(files_of(run)["evaluation.json"], "out/evaluation.json")
    (site.folder / "origin.json").write_text(json.dumps(_origin(run)), encoding="utf-8")
    task: Task = run.project.task  # type: ignore[assignment]
    _lay_snapshot(run, site, lambda images: images_of_export(images, task, artifact.quantization))


def lay_best(run: Run, site: Site) -> None:
    """What `predict` asks."""
    site.fetch(_best_of(run), "checkpoint.pt")


def lay_holdout(run: Run, site: Site) -> None:
    """Everything that `evaluate --split test` reads."""
    site.fetch(_best_of(run), "checkpoint.pt")
    _lay_snapshot(run, site, lambda found: [image for image in found if image.split == "test"])


def _lay_snapshot(run: Run, site: Site, choose: Callable[[list[ImageRecord]], list[ImageRecord]]) -> list[ImageRecord]:
    """Those of the snapshot's labelled images that `choose` wants."""
    site.fetch(about_of(run.snapshot), "snapshot.json")
    site.fetch(manifest_of(run.snapshot), "manifest.jsonl")
    images = choose([image for image in read_manifest(site.folder / "manifest.jsonl") if image.is_labelled])
    site.fetch_images(run.project.team_id, (image.sha256 for image in images))
    return images


def _origin(run: Run) -> dict[str, object]:
    """What the bundle says of the run: no person is named, as it goes to strangers."""
    return {"team": run.project.team.name, "project": run.project.name, "number": run.number}


def _best_of(run: Run) -> Named:
    try:
        return files_of(run)["best.pt"]
    except KeyError:
        raise Conflict(f"Run {run.number} has no checkpoint.") from None
