"""The rows of an import's batch: new images with their annotations, and what is new on images that were there."""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotations.counters import Tally
from annotations.dataset.edits import SIDES, AnnotationContent, Edit
from annotations.dataset.findings import Finding, Rule
from annotations.dataset.records import AnnotationRecord
from annotations.formats.reading import Found
from annotations.imports.project_labels import ProjectLabels, labels_with
from annotations.imports.report import Report
from annotations.labeling.annotation_rows import to_row
from annotations.labeling.revising import locked_images, planned, state_of, write
from annotations.models import Annotation, Image, Import, Revision
from annotations.stored_images import Stored, confirm_images, known_images, row_of
from boxwright import limits
from boxwright.projects.models import TaskKind
from boxwright.projects.quotas import expect_room
from boxwright.teams.models import User

NAMESPACE = uuid.UUID("0f6a4d0e-6f0b-5d0c-9a53-6c1b6f78a6b1")


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a reader found, with what became of its picture."""

    found: Found
    sha256: str = ""
    stored: Stored | None = None
    is_known: bool = False
    twin_of: str = ""
    refused: Finding | None = None

    @property
    def counts(self) -> bool:
        """The first of its picture in this archive, and a picture."""
        return self.stored is not None or self.is_known


class Arrivals:
    def __init__(self, job: Import) -> None:
        self.job = job
        self.author: User | None = job.created_by
        self.draws_boxes = job.project.task == TaskKind.DETECTION

    def make_labels(self, batch: Iterable[Arrival]) -> ProjectLabels:
        """The project's labels, with those that the batch brings where the import may add them."""
        return labels_with(self.job, [one.label for a in batch if a.counts for one in a.found.annotations])

    def write(self, batch: Sequence[Arrival], labels: ProjectLabels, report: Report) -> None:
        """Write all rows of the batch and note what happened. Inside a transaction. Raises LabelGone, OverQuota."""
        hashes = {a.sha256 for a in batch if a.counts}
        self._expect_room(batch, known_images(self.job.project, hashes))
        known = {i.sha256: i for i in locked_images().filter(project=self.job.project, sha256__in=hashes)}
        tally = Tally()
        new: list[tuple[Arrival, list[AnnotationContent]]] = []
        for arrival in batch:
            self._note(arrival, report)
            if not arrival.counts:
                continue
            contents = self._contents(arrival, labels, report)
            if arrival.sha256 in known:
                self._add_to(known[arrival.sha256], arrival, contents, labels, report, tally)
            elif arrival.stored:
                new.append((arrival, contents))
            else:
                report.note(Finding(Rule.IMAGE_GONE, arrival.found.source, "its image was deleted during the import"))
        self._create(new, labels, report, tally)
        tally.move(self.job.project_id)
        confirm_images(self.job.project.team_id, (arrival.sha256 for arrival, _ in new))

    def _expect_room(self, batch: Sequence[Arrival], there: Mapping[str, Image]) -> None:
        """Asked before anything is locked. Raises OverQuota."""
        sizes = [a.stored.size for a in batch if a.stored and a.sha256 not in there]
        expect_room(self.job.project.team_id, images=len(sizes), size=sum(sizes))

    def _note(self, arrival: Arrival, report: Report) -> None:
        report.consumed += 1
        report.note(*([arrival.refused] if arrival.refused else arrival.found.findings))
        if arrival.found.image is None:
            return
        report.done += 1
        report.counts["files"] += 1
        report.unspoken += arrival.counts and not arrival.found.annotated
        if arrival.twin_of:
            report.counts["images_duplicate"] += 1
            count = len(arrival.found.annotations)
            left = f"; its {count} annotations were left out" if count else ""
            report.note(
                Finding(Rule.SAME_PICTURE, arrival.found.source, f"the same picture as {arrival.twin_of}{left}")
            )

    def _contents(self, arrival: Arrival, labels: ProjectLabels, report: Report) -> list[AnnotationContent]:
        found, seen = arrival.found, Counter[tuple[Any, ...]]()
        contents: list[AnnotationContent] = []
        for annotation, line in zip(found.annotations, found.lines, strict=True):
            label = labels.get(annotation.label)
            if label is None:
                report.note(Finding(Rule.UNKNOWN_LABEL, found.source, labels.why_not(annotation.label), line))
                continue
            if fault := self._misfit(annotation, contents):
                report.note(Finding(Rule.WRONG_KIND, found.source, fault, line))
                continue
            key = (annotation.label.casefold(), annotation.box)
            id_ = self._id(arrival.sha256, key, seen[key])
            said = ("import", annotation.score, dict(annotation.attributes))
            contents.append(AnnotationContent(id_, label.pk, annotation.box, *said))
            seen[key] += 1
        return contents

    def _misfit(self, annotation: AnnotationRecord, before: Sequence[AnnotationContent]) -> str:
        """Why the project's images can't carry it beside those `before`; empty where they can."""
        if self.draws_boxes:
            return "" if annotation.box else f"{annotation.label!r} has no box; left out"
        if annotation.box:
            return f"the box of {annotation.label!r} is left out: this project labels whole images"
        return f"an image carries one label; {annotation.label!r} is left out" if before else ""

    def _id(self, sha256: str, key: tuple[Any, ...], ordinal: int) -> uuid.UUID:
        """Made from what the annotation says: the same import gives the same ids."""
        return uuid.uuid5(NAMESPACE, f"{self.job.project_id}/{sha256}/{key}/{ordinal}")

    def _add_to(
        self,
        image: Image,
        arrival: Arrival,
        contents: list[AnnotationContent],
        labels: ProjectLabels,
        report: Report,
        tally: Tally,
    ) -> None:
        """Add what the image never had; what people have deleted since stays deleted."""
        state = state_of(image)
        deleted = Revision.objects.filter(image=image).values_list("deleted", flat=True)
        had = {a.id for a in state.annotations} | {uuid.UUID(id_) for ids in deleted for id_ in ids}
        new = tuple(content for content in contents if content.id not in had)
        if len(state.annotations) + len(new) > limits.BOXES_AN_IMAGE:
            report.note(
                Finding(Rule.TOO_MANY, arrival.found.source, "its image would carry too many annotations; left out")
            )
            new = ()
        if new and state.annotations and not self.draws_boxes:
            report.note(
                Finding(Rule.HAS_LABEL, arrival.found.source, "its image has a label already; this one is left out")
            )
            new = ()
        queue = "labelled" if _is_labelled(arrival.found, contents) and state.image.queue == "unlabelled" else ""
        if plan := planned(state, self.author, Edit(new), queue, labels.names):
            write(plan, image, tally)
        report.counts["images_duplicate"] += 1
        report.counts["annotations_created"] += len(new)
        report.counts["annotations_existing"] += len(contents) - len(new)

    def _create(
        self,
        new: Sequence[tuple[Arrival, list[AnnotationContent]]],
        labels: ProjectLabels,
        report: Report,
        tally: Tally,
    ) -> None:
        images = [self._image(arrival, contents) for arrival, contents in new]
        Image.objects.bulk_create(images)
        annotations = [
            self._annotation(image, content)
            for image, (_, contents) in zip(images, new, strict=True)
            for content in contents
        ]
        Annotation.objects.bulk_create(annotations, batch_size=500)
        names = labels.names
        Revision.objects.bulk_create(
            Revision(
                image=image,
                number=1,
                author=self.author,
                queue=image.queue,
                upserted=[to_row(content, names[content.label]) for content in contents],
            )
            for image, (_, contents) in zip(images, new, strict=True)
            if image.revision
        )
        tally.queues.update(image.queue for image in images)
        tally.labels.update(annotation.label_id for annotation in annotations)
        tally.size += sum(image.size for image in images)
        report.counts["images_created"] += len(images)
        report.counts["annotations_created"] += len(annotations)

    def _image(self, arrival: Arrival, contents: list[AnnotationContent]) -> Image:
        if arrival.stored is None:
            raise ValueError("only stored pictures become images")
        image = row_of(self.job.project, self.author, arrival.stored)
        if _is_labelled(arrival.found, contents):
            image.queue, image.revision, image.annotation_count = "labelled", 1, len(contents)
        return image

    def _annotation(self, image: Image, content: AnnotationContent) -> Annotation:
        sides = {side: getattr(content.box, side) for side in SIDES} if content.box else {}
        return Annotation(
            id=content.id,
            image=image,
            label_id=content.label,
            source="import",
            score=content.score,
            attributes=content.attributes or {},
            revision=1,
            created_by=self.author,
            **sides,
        )


def _is_labelled(found: Found, contents: Sequence[AnnotationContent]) -> bool:
    """An annotation file that names nothing makes a negative; one whose annotations were all left out makes nothing."""
    return bool(contents) or (found.annotated and not found.annotations and not found.left_out)
