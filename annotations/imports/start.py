"""Foreign archives on their way in: sent, queued, canceled."""

from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction

from annotations.file_names import file_name
from annotations.imports.archives import kind_of
from annotations.imports.format_choice import as_chosen
from annotations.imports.options import AS_USUAL, Options
from annotations.imports.staged_rows import delete_staged
from annotations.imports.upload_file import opened
from annotations.imports.uploads import waiting
from annotations.models import ArchiveUpload, Import
from annotations.object_keys import archive_key
from boxwright import limits
from boxwright.errors import Conflict, Invalid, NotFound, TooLarge
from boxwright.jobs import OPEN
from boxwright.projects.canceling import cancel
from boxwright.projects.models import Project
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
    options: Options = AS_USUAL,
) -> Import:
    """Keep the archive and queue its import.

    Raises NotAllowed, Invalid, TooLarge, OverQuota or Unavailable, with no row written.
    """
    columns = options.columns(project, author)
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
        job = _queue(project, author, options.format_name, **columns, **named)
        registry.confirm([key])
    return job


def start_import_of_upload(*, upload: ArchiveUpload, options: Options = AS_USUAL) -> Import:
    """Queue the import of an archive that has arrived in parts; asked again, answer the same import.

    Raises as `start_import` does, and Conflict where parts are missing.
    """
    columns = options.columns(upload.project, upload.author)
    if upload.offset < upload.length:
        raise Conflict("This archive has not arrived yet.", offset=upload.offset)
    with opened(upload) as archive:
        _check_archive(archive)
    with transaction.atomic():
        if not waiting().select_for_update().filter(pk=upload.pk).exists():
            raise NotFound("There is no such upload.")
        if job := Import.objects.filter(upload=upload).first():
            return job
        return _queue(
            upload.project, upload.author, options.format_name, **columns, archive_name=upload.name, upload=upload
        )


def import_of_path(*, project: Project, author: User, path: Path, options: Options = AS_USUAL) -> Import:
    """The import of a folder or an archive on this machine, not sent to any worker. Raises as `start_import` does."""
    columns = options.columns(project, author)
    if path.is_file():
        with path.open("rb") as archive:
            _check_archive(archive)
    with transaction.atomic():
        expect_room(project.team_id, images=1, size=1)
        named = {"archive_name": file_name(path.name), "path": str(path), "source": Import.Source.PATH}
        return _created(project, author, options.format_name, **columns, **named)


def _queue(project: Project, author: User, format_name: str, **columns: Any) -> Import:
    """Inside a transaction."""
    job = _created(project, author, format_name, **columns)
    job.send()
    return job


def _created(project: Project, author: User, format_name: str, **columns: Any) -> Import:
    expect_slot(project.team_id)
    if columns["review"]:
        _expect_few_reviews(project)
    job = Import.objects.create(
        project=project,
        created_by=author,
        format=format_name,
        format_reason=as_chosen(format_name),
        **columns,
    )
    audit.record(project.team, "imported", job.archive_name, by=author, project=project.name)
    return job


def _expect_few_reviews(project: Project) -> None:
    """Raises Conflict."""
    held = Import.objects.filter(project=project, review=True, status__in=OPEN).exclude(stage=Import.Stage.APPLYING)
    if held.count() >= limits.REVIEWS_A_PROJECT:
        many = f"{limits.REVIEWS_A_PROJECT} imports of this project wait for a decision already"
        raise Conflict(f"{many}; decide or cancel one.")


def _check_archive(archive: BinaryIO) -> None:
    size = archive.seek(0, 2)
    archive.seek(0)
    if size > limits.ARCHIVE_BYTES:
        raise TooLarge(f"An archive may have {limits.ARCHIVE_BYTES / 2**20:.0f} MB.")
    if kind_of(archive) is None:
        raise Invalid(
            "This is no archive that can be read.",
            {"archive": "expected a zip, tar or tar.gz, or a JSON, XML or CSV file"},
        )


def cancel_import(job: Import) -> Import:
    """At once, in each stage; twice changes nothing. Raises Conflict where it has ended otherwise."""
    cancel(job)
    delete_staged(job)
    return job
