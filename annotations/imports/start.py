"""Foreign archives on their way in: sent, queued, worked through, reported."""

from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction

from annotations.dataset.findings import Finding, Rule
from annotations.file_names import file_name
from annotations.formats import FORMATS
from annotations.formats.listing import Listing
from annotations.imports.archives import ArchiveRefused, kind_of
from annotations.imports.format_choice import as_chosen, format_of, misfit
from annotations.imports.report import Report
from annotations.imports.sources import lay_files
from annotations.imports.unknown_labels import UnknownLabels
from annotations.imports.upload_file import opened
from annotations.imports.uploads import waiting
from annotations.imports.work import Importing
from annotations.models import ArchiveUpload, Import
from annotations.object_keys import archive_key
from boxwright import limits
from boxwright.errors import Conflict, Invalid, NotAllowed, NotFound, OverQuota, TooLarge
from boxwright.jobs import Beat, UserFault
from boxwright.projects.models import Project
from boxwright.projects.queries import may_make_labels
from boxwright.projects.quotas import expect_room, expect_slot
from boxwright.storage import registry
from boxwright.storage.named import sha256_of
from boxwright.teams import audit
from boxwright.teams.models import User


def start_import(
    *,
    project: Project,
    author: User,
    name: str,
    archive: BinaryIO,
    format_name: str = "",
    create_labels: bool | None = None,
) -> Import:
    """Keep the archive and queue its import. `create_labels`: None: where the author may.

    Raises NotAllowed, Invalid, TooLarge, OverQuota or Unavailable, with no row written.
    """
    makes_labels = _may_create(project, author, create_labels)
    _check_format(format_name)
    _check_archive(archive)
    with transaction.atomic():
        expect_room(project.team_id, images=1, size=1)
        expect_slot(project.team_id)
    sha256 = sha256_of(archive)
    key = archive_key(project.pk, sha256)
    archive.seek(0)
    registry.keep(key, archive, "application/octet-stream")
    named = {"archive_name": file_name(name), "archive_key": key, "archive_sha256": sha256}
    with transaction.atomic():
        job = _queue(project, author, format_name, makes_labels, **named)
        registry.confirm([key])
    return job


def start_import_of_upload(
    *, upload: ArchiveUpload, format_name: str = "", create_labels: bool | None = None
) -> Import:
    """Queue the import of an archive that has arrived in parts; asked again, answer the same import.

    Raises as `start_import` does, and Conflict where parts are missing.
    """
    makes_labels = _may_create(upload.project, upload.author, create_labels)
    _check_format(format_name)
    if upload.offset < upload.length:
        raise Conflict("This archive has not arrived yet.", offset=upload.offset)
    with opened(upload) as archive:
        _check_archive(archive)
    with transaction.atomic():
        if not waiting().select_for_update().filter(pk=upload.pk).exists():
            raise NotFound("There is no such upload.")
        if job := Import.objects.filter(upload=upload).first():
            return job
        return _queue(upload.project, upload.author, format_name, makes_labels, archive_name=upload.name, upload=upload)


def import_of_path(
    *, project: Project, author: User, path: Path, format_name: str = "", create_labels: bool | None = None
) -> Import:
    """The import of a folder or an archive on this machine, not sent to any worker. Raises as `start_import` does."""
    makes_labels = _may_create(project, author, create_labels)
    _check_format(format_name)
    if path.is_file():
        with path.open("rb") as archive:
            _check_archive(archive)
    with transaction.atomic():
        expect_room(project.team_id, images=1, size=1)
        named = {"archive_name": file_name(path.name), "path": str(path), "source": Import.Source.PATH}
        return _created(project, author, format_name, makes_labels, **named)


def _queue(project: Project, author: User, format_name: str, makes_labels: bool, **archive: Any) -> Import:
    """Inside a transaction."""
    job = _created(project, author, format_name, makes_labels, **archive)
    job.send()
    return job


def _created(project: Project, author: User, format_name: str, makes_labels: bool, **archive: Any) -> Import:
    expect_slot(project.team_id)
    job = Import.objects.create(
        project=project,
        created_by=author,
        format=format_name,
        format_reason=as_chosen(format_name),
        create_labels=makes_labels,
        **archive,
    )
    audit.record(project.team, "imported", job.archive_name, by=author, project=project.name)
    return job


def _may_create(project: Project, author: User, asked: bool | None) -> bool:
    may_create = may_make_labels(author, project)
    if asked and not may_create:
        raise NotAllowed("Only managers make labels: import without adding labels, or ask one to do it.")
    return may_create if asked is None else asked


def _check_format(name: str) -> None:
    if name and (name not in FORMATS or not FORMATS[name].reads):
        raise Invalid("There is no such format.", {"format": f"expected one of {', '.join(FORMATS)}"})


def _check_archive(archive: BinaryIO) -> None:
    size = archive.seek(0, 2)
    archive.seek(0)
    if size > limits.ARCHIVE_BYTES:
        raise TooLarge(f"An archive may have {limits.ARCHIVE_BYTES / 2**20:.0f} MB.")
    if kind_of(archive) is None:
        raise Invalid("This is no archive that can be read.", {"archive": "expected a zip, tar or tar.gz"})


def run_import(job: Import, beat: Beat) -> None:
    """Work an import through, or go on with it where another worker died."""
    try:
        _work(job, beat)
    except ArchiveRefused as refused:
        reason = f"{refused.reason[:1].upper()}{refused.reason[1:]}."
        raise _failed(job, refused.code, reason, refused.findings) from refused
    except OverQuota as error:
        ended = Finding(Rule.ENDED, "", f"the import ended here: {error.detail}")
        raise _failed(job, "over_quota", error.detail, (ended,)) from error


def _work(job: Import, beat: Beat) -> None:
    tree = beat.folder / "files"
    tree.mkdir()
    found = lay_files(job, beat, tree)
    listing = Listing(tree)
    try:
        Importing(job, beat, listing, format_of(job, listing)).run(found)
    except UnknownLabels:
        raise
    except ArchiveRefused as refused:
        raise ArchiveRefused(misfit(job, listing, refused.reason), refused.findings) from refused


def _failed(job: Import, code: str, detail: str, findings: tuple[Finding, ...]) -> UserFault:
    """The fault, whose findings are kept in the transaction that writes it."""
    report = Report.of(job)
    report.note(*findings)
    return UserFault(code, detail, also=partial(report.keep_findings, job), **report.columns)
