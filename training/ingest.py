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
from training.models import Artifact, Run, SentPicture, Suggestions
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


class _Alike(Exception):
    """This one, which looks the same, came meanwhile."""

    def __init__(self, image: Image) -> None:
        super().__init__(image)
        self.image = image


def ingest(
    *, project: Project, author: User, file: Sent, sha256: str, found: Sequence[Mark], drop_alike: bool = True
) -> Ingested:
    """Of a picture that the project has, nothing changes, but where it is unlabelled and nobody suggested anything.

    `sha256`: of the artifact or checkpoint that found the boxes, or labels. `drop_alike`: unless a person chose the
    picture. Raises Invalid, TooOften, OverQuota.
    """
    attempts.send_picture(author, project.pk)
    try:
        look = look_of(file.file)
    except Refused as refusal:
        raise Invalid("This is no picture that can be taken.", {"file": refusal.reason}) from refusal
    origin = Origin(sha256, _run_of(project, sha256), SHOWN_SCORE)

    def keep_beside(created: Sequence[Image]) -> None:
        for image in created:
            Project.objects.select_for_update().get(pk=project.pk)  # of two alike that come at once one is dropped
            if drop_alike:
                _expect_unlike(project, look, found)
            suggestions.keep(project, origin, {image.pk: found})
            SentPicture.objects.create(image=image, project=project, look=look)

    try:
        if drop_alike and not known_images(project, [sha256_of(file.file)]):
            _expect_unlike(project, look, found)
        answer = add_images(project=project, author=author, files=[file], beside=keep_beside)
    except _Alike as alike:
        return Ingested(alike.image, False, _suggested(alike.image), resembles=True)
    if answer.rejected:
        raise Invalid("This is no picture that can be taken.", {"file": answer.rejected[0].reason})
    if answer.created:
        return Ingested(answer.created[0], True, _suggested(answer.created[0]))
    image = answer.duplicates[0].image
    if image.queue == "unlabelled" and not Suggestions.objects.filter(image=image).exists():
        suggestions.keep(project, origin, {image.pk: found})
    return Ingested(image, False, _suggested(image))


def _suggested(image: Image) -> int:
    row = suggestions.of_image(image)
    return len(row.boxes) if row else 0


def _expect_unlike(project: Project, look: int, found: Sequence[Mark]) -> None:
    """Raises _Alike with the nearest of the last pictures that were sent, where one looks like this and has the same
    boxes or labels: before a still camera, small things come and go that a look does not see."""
    sent = SentPicture.objects.filter(project=project).order_by("-image_id").values_list("image_id", "look")
    near = [(unlikeness(look, other), pk) for pk, other in sent[: limits.INGEST_LOOKS_BACK]]
    for _, pk in sorted(one for one in near if one[0] <= ALIKE):
        if (image := Image.objects.filter(pk=pk).first()) and suggestions.are_of(image, found):
            raise _Alike(image)


def _run_of(project: Project, sha256: str) -> Run | None:
    artifact = Artifact.objects.filter(run__project=project, sha256=sha256).select_related("run").first()
    if artifact is not None:
        return artifact.run
    return Run.objects.filter(project=project, status="succeeded", best=sha256).order_by("-pk").first()
