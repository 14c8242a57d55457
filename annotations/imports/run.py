"""The stages of an import, as a worker goes through them; or goes on where another one died."""

from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models.functions import Now

from annotations.dataset.findings import Finding, Rule
from annotations.formats.listing import Listing
from annotations.imports.applying import Applying
from annotations.imports.archives import ArchiveRefused
from annotations.imports.archives_inside import archives_inside
from annotations.imports.format_choice import format_of, misfit
from annotations.imports.image_sum import ImageSum
from annotations.imports.label_rules import may_add_labels
from annotations.imports.planning import has_splits
from annotations.imports.repeats import earlier_of, repeat
from annotations.imports.report import Report
from annotations.imports.sources import lay_files
from annotations.imports.staged_rows import delete_staged
from annotations.imports.staging import Staging
from annotations.imports.unknown_labels import UnknownLabels, expect_known_labels
from annotations.models import Import, StagedImage, StagedLabel
from boxwright import limits
from boxwright.errors import OverQuota
from boxwright.jobs import PROGRESS, Beat, UserFault


def run_import(job: Import, beat: Beat) -> None:
    """Raises UserFault, with what was found out."""
    try:
        _work(job, beat)
    except ArchiveRefused as refused:
        reason = f"{refused.reason[:1].upper()}{refused.reason[1:]}."
        raise _failed(job, refused.code, reason, refused.findings) from refused
    except OverQuota as error:
        ended = Finding(Rule.ENDED, "", f"the import ended here: {error.detail}")
        raise _failed(job, "over_quota", error.detail, (ended,)) from error


def _work(job: Import, beat: Beat) -> None:
    seen = None
    if job.stage == Import.Stage.READING:
        if earlier := earlier_of(job, beat):
            return repeat(job, beat, earlier)
        report, seen = _read(job, beat)
        _note_splits(job, report)
        report.end_reading()
        if job.review:
            return _wait(job, beat, report)
        _go_on(job, beat, report)
    Applying(job, beat, seen).run()
    delete_staged(job)
    return None


def _read(job: Import, beat: Beat) -> tuple[Report, ImageSum | None]:
    tree = beat.folder / "files"
    tree.mkdir()
    found = lay_files(job, beat, tree)
    listing = Listing(tree, beat.folder)
    found += archives_inside(listing)
    try:
        staging = Staging(job, beat, listing, format_of(job, listing))
        return staging.run(found), staging.seen
    except UnknownLabels:
        raise
    except ArchiveRefused as refused:
        left_out = () if Report.of(job).has_begun else found
        raise ArchiveRefused(misfit(job, listing, refused.reason), left_out + refused.findings) from refused


def _note_splits(job: Import, report: Report) -> None:
    """One split for all is what tools write that know of none."""
    splits = StagedImage.objects.filter(job=job).exclude(split="").order_by()
    if (split := splits.values_list("split", flat=True).first()) and not has_splits(job):
        report.note(Finding(Rule.ONE_SPLIT, "", f"all images that have a split are in {split}; no split is taken"))


def _wait(job: Import, beat: Beat, report: Report) -> None:
    until = Now() + timedelta(days=limits.REVIEW_DAYS)
    with transaction.atomic():
        beat.lay_aside(stage=Import.Stage.REVIEW, expires_at=until, **report.columns)
        report.keep_findings(job)


def _go_on(job: Import, beat: Beat, report: Report) -> None:
    """Raises UnknownLabels."""
    if not may_add_labels(job):
        expect_known_labels(job, StagedLabel.objects.filter(job=job))
    with transaction.atomic():
        beat.write(stage=Import.Stage.APPLYING, **report.columns, **PROGRESS)
        report.keep_findings(job)


def _failed(job: Import, code: str, detail: str, findings: tuple[Finding, ...]) -> UserFault:
    """The fault, whose findings are kept in the transaction that writes it."""
    report = Report.of(job)
    report.note(*findings)
    return UserFault(code, detail, also=partial(report.keep_findings, job), **report.columns)
