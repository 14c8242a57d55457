"""What an import has read, as rows that wait: written in its batches, deleted in short transactions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.db import transaction
from django.db.models import Exists, OuterRef

from annotations.file_names import file_name, one_line
from annotations.formats.reading import Found
from annotations.models import Image, Import, ImportFinding, StagedImage, StagedLabel
from annotations.object_keys import keys_of_image
from annotations.stored_images import confirm_images
from boxwright import limits
from boxwright.jobs import OPEN, Status
from boxwright.storage import registry

AT_ONCE = 500
FACTS = ("name", "width", "height")


@dataclass(frozen=True, slots=True)
class Pictures:
    """The pictures of a batch by their hashes. `known`: the project's, with name, width and height.

    `staged`: the file that brought each to this import before; a batch adds its own.
    """

    hashes: Sequence[str]
    known: Mapping[str, tuple[str, int, int]]
    staged: dict[str, str]

    @classmethod
    def of(cls, job: Import, hashes: Sequence[str]) -> Self:
        asked = {sha256 for sha256 in hashes if sha256}
        known = Image.objects.filter(project=job.project_id, sha256__in=asked).values_list("sha256", *FACTS)
        staged = StagedImage.objects.filter(job=job, sha256__in=asked).values_list("sha256", "source")
        return cls(hashes, {sha256: facts for sha256, *facts in known}, dict(staged))

    def facts_of(self, sha256: str) -> dict[str, Any]:
        """Empty where the project has it not."""
        facts = self.known.get(sha256)
        return {**dict(zip(FACTS, facts, strict=True)), "is_known": True} if facts else {}


def staged_row(
    job: Import, ordinal: int, found: Found, sha256: str, facts: Mapping[str, Any], annotations: list[Any], strange: int
) -> StagedImage:
    """`strange`: annotations that were left out beside those that the reader left out."""
    return StagedImage(
        job=job,
        ordinal=ordinal,
        sha256=sha256,
        source=one_line(found.source, limits.FINDING_CHARACTERS),
        split=found.split or "",
        group=one_line(found.group, 100),
        annotated=found.annotated,
        left_out=found.left_out + strange,
        annotation_count=len(annotations),
        annotations=annotations,
        **{"name": file_name(found.name or found.image or ""), **facts},
    )


def confirm_pictures(job: Import, rows: Iterable[StagedImage]) -> None:
    """In the transaction that writes the rows, last. Raises Vanished."""
    confirm_images(job.project.team_id, (row.sha256 for row in rows if not row.is_known))


def delete_staged(job: Import) -> None:
    """All of it, with the findings of an import that begins anew; may stop in the middle and run again.

    The collector looks at pictures that nothing names any more.
    """
    rows = StagedImage.objects.filter(job=job).order_by("pk")
    while batch := list(rows.values_list("pk", "sha256", "is_known")[:AT_ONCE]):
        with transaction.atomic():
            StagedImage.objects.filter(pk__in=[pk for pk, _, _ in batch]).delete()
            if job.status != Status.SUCCEEDED:
                stored = (sha256 for _, sha256, is_known in batch if not is_known)
                registry.release(key for sha256 in stored for key in keys_of_image(job.project.team_id, sha256))
    StagedLabel.objects.filter(job=job).delete()
    if job.status == Status.RUNNING:
        ImportFinding.objects.filter(job=job).delete()


def delete_staged_of_ended() -> None:
    """What a worker left that died, or that was canceled while it wrote."""
    left = Exists(StagedImage.objects.filter(job=OuterRef("pk"))) | Exists(
        StagedLabel.objects.filter(job=OuterRef("pk"))
    )
    for job in Import.objects.filter(left).exclude(status__in=OPEN).select_related("project").order_by("pk")[:AT_ONCE]:
        delete_staged(job)
