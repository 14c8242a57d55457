"""What becomes of each staged image, worked out before anything is locked: its revision, and the rows that make it.

Ids are made from what an annotation says, so that importing the same twice adds nothing.
"""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from annotations.dataset.edits import AnnotationContent, Edit
from annotations.dataset.findings import Finding, Rule
from annotations.dataset.records import NO_ATTRIBUTES, Box
from annotations.imports.known_images import Held, KnownImage, edit_of, held_images, known_images
from annotations.imports.label_mapping import LabelMapping, Mapped
from annotations.imports.report import Report
from annotations.imports.staged_rows import GONE, StagedRow
from annotations.labeling.annotation_rows import AnnotationRow, Upserts, to_row
from annotations.labeling.revising import Sides, planned
from annotations.models import Import, StagedImage
from annotations.queue_moves import queue_after
from boxwright import limits
from boxwright.projects.models import TaskKind
from boxwright.teams.models import User

NAMESPACE = uuid.UUID("0f6a4d0e-6f0b-5d0c-9a53-6c1b6f78a6b1")


COUNTED = (
    *("images_created", "images_duplicate", "images_changed"),
    *("annotations_created", "annotations_existing", "annotations_left_out"),
)


@dataclass(frozen=True, slots=True)
class PlannedImage:
    """`image`: one that the project has, as it was when this was worked out; else it is made.

    `queue`, `revision` and `annotation_count` are those afterwards; `upserted` is None where there is no new revision.
    `counts` are what the import counts of it, as in COUNTED.
    """

    ordinal: int
    sha256: str
    image: KnownImage | None
    queue: str
    revision: int
    annotation_count: int
    split: str
    group: str
    upserted: Sequence[Mapping[str, Any]] | None
    deleted: Sequence[str]
    inserts: Sequence[tuple[Any, ...]]
    removals: Sequence[tuple[uuid.UUID, int]]
    counts: tuple[int, ...]

    @property
    def changes(self) -> bool:
        """Whether anything is to be written."""
        image = self.image
        return image is None or self.upserted is not None or (self.split, self.group) != (image.split, image.group)


class Planner:
    def __init__(self, job: Import, mapping: LabelMapping, report: Report, now: datetime) -> None:
        self.job, self.mapping, self.report, self.now = job, mapping, report, now
        self.author: User | None = job.created_by
        self.draws_boxes = job.project.task == TaskKind.DETECTION
        self.on_known: str = job.decisions.get("on_known", "add")
        self.takes_splits = job.decisions.get("splits", True) and has_splits(job)
        self.takes_groups = job.decisions.get("splits", True)
        self.is_anew = False

    def plan(self, batch: Sequence[StagedRow]) -> list[PlannedImage]:
        """Those that change something.

        Notes what is left out, and counts those that change nothing.
        """
        held = held_images(known_images(self.job, [staged.sha256 for staged in batch]))
        found = [one for staged in batch if (one := self._planned(staged, held.get(staged.sha256)))]
        for one in found:
            if not one.changes:
                self.report.counts.update(dict(zip(COUNTED, one.counts, strict=True)))
        return [one for one in found if one.changes]

    def plan_anew(self, batch: Sequence[StagedRow]) -> list[PlannedImage]:
        """What their annotations lack was noted the first time."""
        self.is_anew = True
        return self.plan(batch)

    def _planned(self, staged: StagedRow, held: Held | None) -> PlannedImage | None:
        contents = self._contents(staged)
        left_out = len(staged.annotations) - len(contents)
        if held:
            return self._known(staged, held, contents, left_out)
        if staged.is_known:
            self.report.note(Finding(Rule.IMAGE_GONE, staged.source, GONE))
            self.report.counts["annotations_left_out"] += len(staged.annotations)
            return None
        return self._new(staged, contents, left_out)

    def _contents(self, staged: StagedRow) -> list[AnnotationContent]:
        """Its annotations with the project's labels, without those that it can't carry."""
        seen: Counter[str] = Counter()
        contents: list[AnnotationContent] = []
        for number, sides, score, attributes, line in staged.annotations:
            mapped, box = self.mapping.by_number[number], Box(*sides) if sides else None
            if self._is_left_out(staged, mapped, box, contents, line) or mapped.label is None:
                continue
            key = said_of(mapped.name.casefold(), sides)
            id_ = uuid.uuid5(NAMESPACE, f"{self.job.project_id}/{staged.sha256}/{key}/{seen[key]}")
            contents.append(AnnotationContent(id_, mapped.label, box, "import", score, attributes or {}))
            seen[key] += 1
        return contents

    def _is_left_out(
        self, staged: StagedRow, mapped: Mapped, box: Box | None, before: Sequence[Any], line: int | None
    ) -> bool:
        rule, fault = Rule.UNKNOWN_LABEL, mapped.reason
        if mapped.label is not None:
            rule, fault = Rule.WRONG_KIND, self._misfit(mapped.name, box, before)
        if fault and not self.is_anew:
            self.report.note(Finding(rule, staged.source, fault, line))
        return bool(fault)

    def _misfit(self, label: str, box: Box | None, before: Sequence[Any]) -> str:
        """Why the project's images can't carry it beside those `before`; empty where they can."""
        if self.draws_boxes:
            return "" if box else f"{label!r} has no box; left out"
        if box:
            return f"the box of {label!r} is left out: this project labels whole images"
        return f"an image carries one label; {label!r} is left out" if before else ""

    def _known(self, staged: StagedRow, held: Held, contents: list[AnnotationContent], left_out: int) -> PlannedImage:
        image = held.image
        edit, existing = edit_of(self.on_known, held, contents)
        if fault := self._too_much(held, edit):
            rule, reason = fault
            self.report.note(Finding(rule, staged.source, reason))
            edit = Edit()
        labels = {a.id: a.label_id for a in held.annotations}
        changed = [content.id for content in edit.upsert if content.id in labels]
        count = len(labels) - len(edit.delete) + len(edit.upsert) - len(changed)
        is_new = _is_labelled(staged, contents) and queue_after(image.queue, len(labels), count) == "unlabelled"
        queue, names = "labelled" if is_new else "", self.mapping.names
        plan, added = planned(image, held.annotations, self.author, edit, queue, names), len(edit.upsert)
        return PlannedImage(
            ordinal=staged.ordinal,
            sha256=staged.sha256,
            image=image,
            queue=plan.queue if plan else image.queue,
            revision=plan.number if plan else image.revision,
            annotation_count=len(plan.after) if plan else image.annotation_count,
            split=self._kept(staged.split if self.takes_splits else "", image.split),
            group=self._kept(staged.group if self.takes_groups else "", image.group),
            upserted=plan.upserted if plan else None,
            deleted=plan.deleted if plan else (),
            inserts=plan.upserts.rows if plan else (),
            removals=[(id_, labels[id_]) for id_ in (*edit.delete, *changed)],
            counts=(0, 1, int(plan is not None), added, existing, left_out + len(contents) - added - existing),
        )

    def _too_much(self, held: Held, edit: Edit) -> tuple[Rule, str] | None:
        if self.draws_boxes and len(held.annotations) + len(edit.upsert) <= limits.BOXES_AN_IMAGE:
            return None
        stays = {a.id for a in held.annotations} - set(edit.delete)
        if len(stays | {content.id for content in edit.upsert}) > limits.BOXES_AN_IMAGE:
            return Rule.TOO_MANY, "its image would carry too many annotations; left out"
        if edit.upsert and stays and not self.draws_boxes:
            return Rule.HAS_LABEL, "its image has a label already; this one is left out"
        return None

    def _new(self, staged: StagedRow, contents: list[AnnotationContent], left_out: int) -> PlannedImage:
        is_labelled, names = _is_labelled(staged, contents), self.mapping.names
        rows = [_row(content, self.job.created_by_id, self.now) for content in contents]
        return PlannedImage(
            ordinal=staged.ordinal,
            sha256=staged.sha256,
            image=None,
            queue="labelled" if is_labelled else "unlabelled",
            revision=int(is_labelled),
            annotation_count=len(contents),
            split=staged.split if self.takes_splits else "",
            group=staged.group if self.takes_groups else "",
            upserted=[to_row(row, names[row.label_id]) for row in rows] if is_labelled else None,
            deleted=(),
            inserts=Upserts(0, rows, self.now).rows,
            removals=(),
            counts=(1, 0, 0, len(contents), 0, left_out),
        )

    def _kept(self, theirs: str, ours: str) -> str:
        """Of a split or a group."""
        return theirs or ours if self.on_known == "replace" else ours or theirs


def has_splits(job: Import) -> bool:
    """Whether images lie in more than one: one alone says nothing."""
    rows = StagedImage.objects.filter(job=job).exclude(split="").order_by()
    return len(rows.values_list("split", flat=True).distinct()[:2]) > 1


def _row(content: AnnotationContent, author: int | None, now: datetime) -> AnnotationRow:
    box = content.box
    sides: Sides = (box.x_min, box.y_min, box.x_max, box.y_max) if box else (None, None, None, None)
    said = (content.score, content.attributes or NO_ATTRIBUTES)
    return AnnotationRow(content.id, content.label, *sides, "import", *said, 1, now, now, author, None)


def said_of(name: str, sides: Sequence[float] | None) -> str:
    """As `(name, Box(*sides))` is shown, in less time: ids that were made of it stay."""
    box = "Box(x_min={!r}, y_min={!r}, x_max={!r}, y_max={!r})".format(*sides) if sides else None
    return f"({name!r}, {box})"


def _is_labelled(staged: StagedRow, contents: Sequence[AnnotationContent]) -> bool:
    """An annotation file that names nothing makes a negative; one whose annotations were all left out makes nothing."""
    return bool(contents) or (staged.annotated and not staged.annotations and not staged.left_out)
