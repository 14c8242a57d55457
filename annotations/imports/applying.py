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
from annotations.imports.label_mapping import LabelMapping, mapping_of
from annotations.imports.planning import Planner
from annotations.imports.report import Report
from annotations.models import Image, Import, StagedImage
from boxwright.errors import Conflict, Invalid, OverQuota
from boxwright.jobs import PROGRESS, Beat
from boxwright.projects.labels import add_labels
from boxwright.projects.quotas import expect_room

BATCH = 512
TRIES = 5


class Applying:
    def __init__(self, job: Import, beat: Beat) -> None:
        self.job, self.beat = job, beat

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
        mapping, report = mapping_of(self.job), Report.of(self.job)
        with planned_rows.planned_rows():
            planner = Planner(self.job, mapping, report, timezone.now())
            self._plan(planner)
            planned_rows.analyse()
            self._land(planner, mapping)

    def _plan(self, planner: Planner) -> None:
        rows = StagedImage.objects.filter(job=self.job).order_by("ordinal")
        shown = Report(total=rows.count())
        shown.set_out()
        last = -1
        while batch := list(rows.filter(ordinal__gt=last)[:BATCH]):
            last = batch[-1].ordinal
            planned_rows.write_plan(planner.plan(batch, self._images(batch)))
            shown.done += len(batch)
            self.beat.write(progress={**shown.progress, "consumed": planner.report.consumed}, **PROGRESS)

    def _images(self, batch: Collection[StagedImage]) -> dict[str, Image]:
        asked = [staged.sha256 for staged in batch]
        return {i.sha256: i for i in Image.objects.filter(project=self.job.project_id, sha256__in=asked)}

    def _land(self, planner: Planner, mapping: LabelMapping) -> None:
        job, report = self.job, planner.report
        with transaction.atomic():
            count, size = planned_rows.new_images(job)
            expect_room(job.project.team_id, images=count, size=size)
            self._plan_anew(planner, planned_rows.lock_images(job))
            count, size = planned_rows.new_images(job)
            planned_rows.land(job, planner.now)
            self._count(mapping, size)
            report.counts.update(planned_rows.counts())
            report.end()
            self.beat.finish(**report.columns)
            report.keep_findings(job)

    def _plan_anew(self, planner: Planner, ordinals: Collection[int]) -> None:
        """What changed since; in the transaction that locked it."""
        if not ordinals:
            return
        planned_rows.forget(ordinals)
        batch = list(StagedImage.objects.filter(job=self.job, ordinal__in=ordinals).order_by("ordinal"))
        planned_rows.write_plan(planner.plan_anew(batch, self._images(batch)))

    def _count(self, mapping: LabelMapping, size: int) -> None:
        """New labels are made after those that are there were locked, as everybody locks them."""
        deltas, project = planned_rows.label_deltas(), self.job.project
        new = {label.pk: deltas.pop(label.pk, 0) for label in mapping.new if label.pk}
        counters.move(project.pk, queues=planned_rows.queue_deltas(), labels=deltas, size=size)
        if new:
            add_labels(project, mapping.new)
            counters.move(project.pk, labels=new)
        counters.publish_counts(project.pk)
