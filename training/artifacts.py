"""Making artifacts of a run: asking twice for the same gives the same."""

import io
import zipfile
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from django.db import transaction

from annotations.models import Image
from boxwright.errors import Conflict, Invalid, NotFound
from boxwright.jobs import MENDABLE, Status
from boxwright.projects.quotas import expect_slot
from boxwright.teams import audit
from boxwright.teams.models import User
from training.engine import catalog, targets
from training.engine.errors import EngineError
from training.models import Artifact, Run
from training.needed_objects import archive_of


def make_artifact(*, run: Run, author: User, target: str, quantization: str = "none") -> tuple[Artifact, bool]:
    """The artifact and whether it is queued by this call. One that failed is tried again. Raises Invalid, Conflict."""
    _check_target(run, target, quantization)
    if run.status != Status.SUCCEEDED:
        raise Conflict(f"Only a run that has succeeded can be published; this one is {run.status}.")
    with transaction.atomic():
        artifact, made = Artifact.objects.get_or_create(
            run=run, target=target, quantization=quantization, defaults={"created_by": author}
        )
        queued = made or artifact.queue_again(MENDABLE, parity=None, released=False)
        if queued:
            expect_slot(run.project.team_id, more=0)
            audit.record(run.project.team, "published", file_name(artifact))
        if made:
            artifact.send()
    return artifact, queued


def make_every_artifact(*, run: Run, author: User) -> list[Artifact]:
    """In 32 bits, of each target that the run's model can go to: as if each were asked for, all or none of them.

    Raises Invalid, Conflict.
    """
    info = catalog.model_info(run.model)
    names = [name for name, target in targets.TARGETS.items() if "none" in info.quantizations_of(target)]
    with transaction.atomic():
        return [make_artifact(run=run, author=author, target=name)[0] for name in names]


def release_artifact(artifact: Artifact) -> Artifact:
    """Have one that failed for its AP or accuracy alone made once more, to be given out. Raises Conflict."""
    parity = artifact.parity or {}
    with transaction.atomic():
        if not parity.get("misses_metric_alone") or not artifact.queue_again((Status.FAILED,), released=True):
            raise Conflict("Only an artifact that failed for what it loses of AP or accuracy alone can be released.")
        expect_slot(artifact.run.project.team_id, more=0)
        audit.record(artifact.run.project.team, "released", file_name(artifact))
    return artifact


def worst_pictures(artifact: Artifact) -> dict[str, Any]:
    """Each with the project's image that it is; none of an artifact that has not failed by its answers."""
    worst = (artifact.parity or {}).get("worst") or {"where": None, "pictures": []}
    known = Image.objects.filter(
        project=artifact.run.project_id, sha256__in=[picture["image"] for picture in worst["pictures"]]
    )
    images = {image.sha256: image for image in known}
    there = [picture for picture in worst["pictures"] if picture["image"] in images]
    return worst | {"pictures": [picture | {"image": images[picture["image"]]} for picture in there]}


def _check_target(run: Run, target: str, quantization: str) -> None:
    try:
        targets.target_info(target, quantization)
        catalog.model_info(run.model).check_target(target, quantization)
    except EngineError as error:
        field = "quantization" if target in targets.TARGETS else "target"
        raise Invalid("This can't be made.", {field: error.detail}) from error


def downloadable(artifact: Artifact) -> Artifact:
    """Raises Conflict unless the artifact was made and agrees with its checkpoint."""
    if artifact.status != Status.SUCCEEDED:
        raise Conflict(f"This artifact is {artifact.status}; only one that has succeeded can be downloaded.")
    return artifact


CONTENT_TYPES = {".js": "text/javascript", ".json": "application/json", ".wasm": "application/wasm"}
"""Of what a browser must know to run a model; the rest is bytes."""


def content_type_of(name: str) -> str:
    return CONTENT_TYPES.get(PurePosixPath(name).suffix, "application/octet-stream")


def expect_web_file(artifact: Artifact, name: str) -> None:
    """Only of TF.js, whose files are small, are single files given out. Raises NotFound, Conflict."""
    known = {file["name"] for file in downloadable(artifact).files}
    if artifact.target != "tfjs" or name not in known:
        raise NotFound("There is no such file in this artifact.")


def open_web_file(artifact: Artifact, name: str) -> BinaryIO:
    """As it is in the published zip. Raises ObjectMissing, ObjectDamaged."""
    with archive_of(artifact).open() as archive, zipfile.ZipFile(archive) as packed:
        return io.BytesIO(packed.read(name))


def file_name(artifact: Artifact) -> str:
    """`raccoons-run3-tflite-fp16.zip`."""
    run = artifact.run
    parts = [run.project.slug, f"run{run.number}", artifact.target]
    if artifact.quantization != "none":
        parts.append(artifact.quantization)
    return "-".join(parts) + ".zip"
