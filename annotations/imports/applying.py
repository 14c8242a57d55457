"""The last stage of an import: what was read is planned beside the project, then lands in one short transaction.

Nothing is locked while the plan is made, in tables that only this connection sees; labelling goes on meanwhile. What
people changed since is planned anew in the transaction that locked it: few images, or none. A worker that dies leaves
nothing of this stage, and the next one begins it again.
"""

from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.utils import timezone

from annotations import counters
from annotations.counters import LabelGone
from annotations.imports import planned_rows
from annotations.imports.image_sum import ImageSum
from annotations.imports.label_mapping import LabelMapping, mapping_of
from annotations.imports.planning import Planner
from annotations.imports.repeats import asked_of, left_by
from annotations.imports.report import Report
from annotations.imports.staged_rows import staged_rows, staged_rows_at
from annotations.labeling.revising import revised
from annotations.models import Import, StagedImage
from boxwright.errors import Conflict, Invalid, OverQuota
from boxwright.jobs import PROGRESS, Beat
from boxwright.projects.labels import add_labels
from boxwright.projects.quotas import expect_room

BATCH = 512
TRIES = 5


class Applying:
    def __init__(self, job: Import, beat: Beat, seen: ImageSum | None = None) -> None:
        """`seen`: the project's images as this import's reader saw them."""
        self.job, self.beat, self.seen = job, beat, seen

    def run(self) -> None:
        """Raises OverQuota, UnknownLabels or UserFault, with nothing changed."""
        for attempt in range(TRIES):
            try:
                return self._try()
            except OverQuota:
                raise
            except (LabelGone, IntegrityError, Conflict, Invalid):
                if attempt == TRIES - 1:
                    raise
        return None

    def _try(self) -> None:
        """Somebody may make, delete or merge a label meanwhile, or upload a picture: then it is planned anew."""
        asked, mapping, report = asked_of(self.job), mapping_of(self.job), Report.of(self.job)
        self.left = self.seen.copy() if self.seen and asked else None
        with planned_rows.planned_rows():
            planner = Planner(self.job, mapping, report, timezone.now())
            self._plan(planner)
            planned_rows.analyse()
            self._land(planner, mapping)
            self._remember(mapping, asked)

    def _plan(self, planner: Planner) -> None:
        shown = Report(total=StagedImage.objects.filter(job=self.job).count())
        shown.set_out()
        for batch in staged_rows(self.job, BATCH):
            planned = planner.plan(batch)
            planned_rows.write_plan(planned)
            if self.left:
                self.left.change(planned)
            shown.done += len(batch)
            self.beat.write(progress={**shown.progress, "consumed": planner.report.consumed}, **PROGRESS)

    def _land(self, planner: Planner, mapping: LabelMapping) -> None:
        job, report = self.job, planner.report
        with transaction.atomic():
            count, size = planned_rows.new_images(job)
            expect_room(job.project.team_id, images=count, size=size)
            self._plan_anew(planner, planned_rows.lock_images(job))
            count, size = planned_rows.new_images(job)
            planned_rows.land(job, planner.now)
            if suggested := planned_rows.suggested_images():
                revised.send(sender=Import, project=job.project_id, images=suggested)
            if not mapping.new:
                planned_rows.check_references()
            self._count(mapping, size)
            report.counts.update(planned_rows.counts())
            report.end()
            self.beat.finish(**report.columns)
            report.keep_findings(job)

    def _remember(self, mapping: LabelMapping, asked: str) -> None:
        """Once all has landed and nobody waits for it. Without this the same archive is read again."""
        if self.left is None or (self.left.is_searched and planned_rows.new_images(self.job) != (0, 0)):
            return
        for row in planned_rows.made_images(self.job):
            self.left.add(row)
        Import.objects.filter(pk=self.job.pk).update(asked=asked, left=left_by(self.left, mapping))

    def _plan_anew(self, planner: Planner, ordinals: Collection[int]) -> None:
        """What changed since; in the transaction that locked it."""
        if not ordinals:
            return
        self.left = None
        planned_rows.forget(ordinals)
        planned_rows.write_plan(planner.plan_anew(staged_rows_at(self.job, ordinals)))

    def _count(self, mapping: LabelMapping, size: int) -> None:
        """New labels are made after those that are there were locked, as everybody locks them."""
        deltas, project = planned_rows.label_deltas(), self.job.project
        new = {label.pk: deltas.pop(label.pk, 0) for label in mapping.new if label.pk}
        counters.move(project.pk, queues=planned_rows.queue_deltas(), labels=deltas, size=size)
        if new:
            add_labels(project, mapping.new)
            counters.move(project.pk, labels=new)
        counters.publish_counts(project.pk)
