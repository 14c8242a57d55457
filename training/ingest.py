"""Pictures from where a model works: each goes into the unlabelled queue with what the model found as suggestions."""

from collections.abc import Sequence
from typing import NamedTuple

from annotations.imaging import Refused, unlikeness
from annotations.models import Image
from annotations.stored_images import known_images, look_of, sha256_of
from annotations.uploads import Sent, add_images
from boxwright import limits
from boxwright.errors import Invalid
from boxwright.projects.models import Project
from boxwright.teams import attempts
from boxwright.teams.models import User
from training import suggestions
from training.models import BEST, Artifact, Run, SentPicture, Suggestions
from training.suggestions import SHOWN_SCORE, Mark, Origin

ALIKE = 5
"""Bits in which two looks of one scene differ at most: one of 79,800 pairs of different pictures was as near, and each
picture that was packed harder, scaled, brightened or grainier."""


class Ingested(NamedTuple):
    """`suggested`: boxes kept; those with labels that the project has not are left out. `resembles`: the picture was
    dropped, as `image` shows the same."""

    image: Image
    is_new: bool
    suggested: int
    resembles: bool = False


def ingest(
    *, project: Project, author: User, file: Sent, sha256: str, found: Sequence[Mark], drop_alike: bool = True
) -> Ingested:
    """Of a picture that the project has, nothing changes, but where it is unlabelled and nobody suggested anything.

    `sha256`: of the artifact or checkpoint that found the boxes. `drop_alike`: unless a person chose the picture.
    Raises Invalid, TooOften, OverQuota.
    """
    if project.task != "detection":
        raise Invalid("Boxes are suggested in projects that draw boxes; this one labels whole images.")
    attempts.send_picture(author, project.pk)
    try:
        look = look_of(file.file)
    except Refused as refusal:
        raise Invalid("This is no picture that can be taken.", {"file": refusal.reason}) from refusal
    if drop_alike and (same := _resembled(project, file, look, found)):
        return Ingested(same, False, _suggested(same), resembles=True)
    answer = add_images(project=project, author=author, files=[file])
    if answer.rejected:
        raise Invalid("This is no picture that can be taken.", {"file": answer.rejected[0].reason})
    image = answer.created[0] if answer.created else answer.duplicates[0].image
    if image.queue == "unlabelled" and not Suggestions.objects.filter(image=image).exists():
        origin = Origin(sha256, _run_of(project, sha256), SHOWN_SCORE)
        suggestions.keep(project, origin, {image.pk: found})
    if answer.created:
        SentPicture.objects.get_or_create(image=image, defaults={"project": project, "look": look})
    return Ingested(image, bool(answer.created), _suggested(image))


def _suggested(image: Image) -> int:
    row = suggestions.of_image(image)
    return len(row.boxes) if row else 0


def _resembled(project: Project, file: Sent, look: int, found: Sequence[Mark]) -> Image | None:
    """Of the last pictures that were sent the nearest one that looks like this and has the same boxes: before a still
    camera, small things come and go that a look does not see."""
    if known_images(project, [sha256_of(file.file)]):
        return None
    sent = SentPicture.objects.filter(project=project).order_by("-image_id").values_list("image_id", "look")
    near = [(unlikeness(look, other), pk) for pk, other in sent[: limits.INGEST_LOOKS_BACK]]
    for _, pk in sorted(one for one in near if one[0] <= ALIKE):
        if (image := Image.objects.filter(pk=pk).first()) and suggestions.are_of(image, found):
            return image
    return None


def _run_of(project: Project, sha256: str) -> Run | None:
    artifact = Artifact.objects.filter(run__project=project, sha256=sha256).select_related("run").first()
    if artifact is not None:
        return artifact.run
    runs = Run.objects.filter(project=project, status="succeeded").annotate(best=BEST)
    return runs.filter(best=sha256).order_by("-pk").first()
