"""Pictures from where a model works: each goes into the unlabelled queue with what the model found as suggestions."""

from collections.abc import Sequence
from typing import NamedTuple

from annotations.models import Image
from annotations.uploads import Sent, add_images
from boxwright.errors import Invalid
from boxwright.projects.models import Project
from boxwright.teams import attempts
from boxwright.teams.models import User
from training import suggestions
from training.models import BEST, Artifact, Run, Suggestions
from training.suggestions import SHOWN_SCORE, Mark, Origin


class Ingested(NamedTuple):
    """`suggested`: boxes kept; those with labels that the project has not are left out."""

    image: Image
    is_new: bool
    suggested: int


def ingest(*, project: Project, author: User, file: Sent, sha256: str, found: Sequence[Mark]) -> Ingested:
    """Of a picture that the project has, nothing changes, but where it is unlabelled and nobody suggested anything.

    `sha256`: of the artifact or checkpoint that found the boxes. Raises Invalid, TooOften, OverQuota.
    """
    if project.task != "detection":
        raise Invalid("Boxes are suggested in projects that draw boxes; this one labels whole images.")
    attempts.send_picture(author, project.pk)
    answer = add_images(project=project, author=author, files=[file])
    if answer.rejected:
        raise Invalid("This is no picture that can be taken.", {"file": answer.rejected[0].reason})
    image = answer.created[0] if answer.created else answer.duplicates[0].image
    if image.queue == "unlabelled" and not Suggestions.objects.filter(image=image).exists():
        origin = Origin(sha256, _run_of(project, sha256), SHOWN_SCORE)
        suggestions.keep(project, origin, {image.pk: found})
    row = suggestions.of_image(image)
    return Ingested(image, bool(answer.created), len(row.boxes) if row else 0)


def _run_of(project: Project, sha256: str) -> Run | None:
    artifact = Artifact.objects.filter(run__project=project, sha256=sha256).select_related("run").first()
    if artifact is not None:
        return artifact.run
    runs = Run.objects.filter(project=project, status="succeeded").annotate(best=BEST)
    return runs.filter(best=sha256).order_by("-pk").first()
