"""What an import has read, as rows that wait: written in its batches, deleted in short transactions.

As tuples rather than models: an instance of each takes longer than all else that is done with it here.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from annotations.bulk_rows import insert_rows
from annotations.file_names import file_name, one_line
from annotations.formats.reading import Found
from annotations.models import Image, Import, ImportFinding, StagedImage, StagedLabel
from annotations.object_keys import keys_of_image
from annotations.stored_images import Stored, confirm_images
from boxwright import limits
from boxwright.jobs import OPEN, Status
from boxwright.storage import registry

AT_ONCE = 500
FACTS = ("name", "width", "height")
GONE = "its image was deleted during the import"


@dataclass(frozen=True, slots=True)
class Pictures:
    """The pictures of a batch by their hashes. `known`: the project's, with name, width and height.

    `staged`: the file that brought each to this import before; a batch adds its own. `new`: those that are in neither
    and were stored since, or why they were not.
    """

    hashes: Sequence[str]
    known: Mapping[str, tuple[str, int, int]]
    staged: dict[str, str]
    new: dict[str, Stored | str] = field(default_factory=dict)

    @classmethod
    def of(cls, job: Import, hashes: Sequence[str]) -> Self:
        asked = {sha256 for sha256 in hashes if sha256}
        known = Image.objects.filter(project=job.project_id, sha256__in=asked).values_list("sha256", *FACTS)
        staged = StagedImage.objects.filter(job=job, sha256__in=asked).values_list("sha256", "source")
        return cls(hashes, {sha256: facts for sha256, *facts in known}, dict(staged))

    def is_new(self, sha256: str) -> bool:
        return sha256 not in self.known and sha256 not in self.staged

    def facts_of(self, sha256: str) -> dict[str, Any] | str:
        """As a staged row keeps them, or why there are none."""
        if facts := self.known.get(sha256):
            return {**dict(zip(FACTS, facts, strict=True)), "is_known": True}
        stored = self.new.get(sha256, GONE)
        return stored if isinstance(stored, str) else _facts(stored)


def _facts(stored: Stored) -> dict[str, Any]:
    return {
        "width": stored.probe.width,
        "height": stored.probe.height,
        "size": stored.size,
        "content_type": stored.probe.content_type,
        "has_location": stored.has_location,
    }


class StagedRow(NamedTuple):
    """A `StagedImage` but its job; `annotations` as its column keeps them."""

    ordinal: int
    sha256: str
    source: str
    split: str
    group: str
    annotated: bool
    left_out: int
    annotation_count: int
    annotations: list[Any]
    name: str
    is_known: bool = False
    width: int = 0
    height: int = 0
    size: int = 0
    content_type: str = ""
    has_location: bool | None = None


COLUMNS = ("job_id", *StagedRow._fields)
ANNOTATIONS = StagedRow._fields.index("annotations")


def staged_row(
    ordinal: int, found: Found, sha256: str, facts: Mapping[str, Any], annotations: list[Any], strange: int
) -> StagedRow:
    """`strange`: annotations that were left out beside those that the reader left out."""
    return StagedRow(
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


def write_staged(job: Import, rows: Sequence[StagedRow]) -> None:
    """In a transaction, last. Raises Vanished."""
    written = [(job.pk, *row[:ANNOTATIONS], json.dumps(row.annotations), *row[ANNOTATIONS + 1 :]) for row in rows]
    insert_rows(StagedImage._meta.db_table, list(map(connection.ops.quote_name, COLUMNS)), written)
    confirm_images(job.project.team_id, (row.sha256 for row in rows if not row.is_known))


def staged_rows(job: Import, most: int) -> Iterator[list[StagedRow]]:
    """All of an import in their order, at most so many at once."""
    rows = StagedImage.objects.filter(job=job).order_by("ordinal").values_list(*StagedRow._fields)
    last = -1
    while batch := [StagedRow._make(row) for row in rows.filter(ordinal__gt=last)[:most]]:
        last = batch[-1].ordinal
        yield batch


def staged_rows_at(job: Import, ordinals: Collection[int]) -> list[StagedRow]:
    rows = StagedImage.objects.filter(job=job, ordinal__in=ordinals).order_by("ordinal")
    return [StagedRow._make(row) for row in rows.values_list(*StagedRow._fields)]


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
