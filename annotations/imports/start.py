"""Foreign archives on their way in: sent, queued, worked through, reported."""

import zipfile
from pathlib import Path
from typing import BinaryIO

from django.db import transaction

from annotations.dataset.findings import Finding
from annotations.file_names import file_name
from annotations.formats import FORMATS, Format
from annotations.imports.archives import ArchiveLimits, ArchiveRefused, unpack
from annotations.imports.report import Report
from annotations.imports.work import Importing
from annotations.models import Import
from annotations.needed_objects import archive_of
from annotations.object_keys import archive_key
from annotations.pulse import Lost, Pulse
from annotations.sample import draw
from annotations.shapes import import_shape, plain
from boxwright import events, limits, scratch
from boxwright.errors import DomainError, Invalid, NotAllowed, OverQuota, TooLarge, Unavailable, is_full
from boxwright.projects.models import Project
from boxwright.projects.queries import may_make_labels
from boxwright.projects.quotas import expect_room, expect_slot
from boxwright.storage import registry
from boxwright.storage.named import Named, sha256_of
from boxwright.teams import audit
from boxwright.teams.models import User

SAMPLE = "sample"
CHUNK = 2**20
NO_ROOM = "The server's disk is full; import the archive again when there is room."
INTERNAL = "Internal error; the log of the worker says more."


def start_import(
    *, project: Project, author: User, name: str, archive: BinaryIO, format_name: str = "", create_labels: bool = False
) -> Import:
    """Keep the archive and queue its import.

    Raises NotAllowed, Invalid, TooLarge, OverQuota or Unavailable, with no row written.
    """
    if create_labels and not may_make_labels(author, project):
        raise NotAllowed("Only managers make labels: import without adding labels, or ask one to do it.")
    _check_archive(archive, format_name)
    with transaction.atomic():
        expect_room(project.team_id, images=1, size=1)
        expect_slot(project.team_id)
    sha256 = sha256_of(archive)
    key = archive_key(project.pk, sha256)
    archive.seek(0)
    registry.keep(key, archive, "application/zip")
    with transaction.atomic():
        expect_slot(project.team_id)
        job = Import.objects.create(
            project=project,
            created_by=author,
            archive_name=file_name(name),
            archive_key=key,
            archive_sha256=sha256,
            format=format_name,
            create_labels=create_labels,
        )
        publish(job)
        audit.record(project.team, "imported", job.archive_name, project=project.name)
        job.send()
        registry.confirm([key])
    return job


def start_sample(*, project: Project, author: User) -> Import:
    """Queue the drawing of the sample's pictures."""
    with transaction.atomic():
        expect_slot(project.team_id)
        job = Import.objects.create(project=project, created_by=author, archive_name="Sample pictures", format=SAMPLE)
        publish(job)
        job.send()
    return job


def _check_archive(archive: BinaryIO, format_name: str) -> None:
    if format_name and (format_name not in FORMATS or FORMATS[format_name].read is None):
        raise Invalid("There is no such format.", {"format": f"expected one of {', '.join(FORMATS)}"})
    size = archive.seek(0, 2)
    archive.seek(0)
    if size > limits.ARCHIVE_BYTES:
        raise TooLarge(f"An archive may have {limits.ARCHIVE_BYTES / 2**20:.0f} MB.")
    if not zipfile.is_zipfile(archive):
        raise Invalid("This is no zip archive.", {"archive": "expected a zip"})
    archive.seek(0)


def publish(job: Import) -> None:
    events.publish(job.project_id, "import", plain(import_shape(job)))


def run(import_id: int) -> None:
    """Work an import through, or go on with it where another worker died. May run twice without harm."""
    job = Import.claim(import_id)
    if job is None:
        return
    try:
        with scratch.folder_for("import", job.pk) as folder:
            _work(job, folder)
    except Lost:
        return
    except ArchiveRefused as refused:
        _fail(job, "archive_refused", f"{refused.reason[:1].upper()}{refused.reason[1:]}.", refused.findings)
    except OverQuota as error:
        _fail(job, "over_quota", error.detail, (Finding("error", "", f"the import ended here: {error.detail}"),))
    except Unavailable:
        job.release()
    except DomainError as error:
        _fail(job, "invalid", error.detail)
    except Exception as error:
        has_no_room = isinstance(error, OSError) and is_full(error)
        _fail(job, *(("no_room", NO_ROOM) if has_no_room else ("internal", INTERNAL)))
        raise


def _work(job: Import, folder: Path) -> None:
    pulse = Pulse(job)
    publish(job)
    tree = folder / "files"
    tree.mkdir()
    found: tuple[Finding, ...] = ()
    if job.format == SAMPLE:
        draw(tree, pulse.check)
    else:
        archive = folder / "archive.zip"
        _fetch(archive_of(job), archive, pulse)
        found = unpack(archive, tree, _archive_limits(), pulse.check)
        archive.unlink()
    importing = Importing(job, pulse, tree, _format_of(job, tree), publish)
    importing.run(found)


def _archive_limits() -> ArchiveLimits:
    return ArchiveLimits(
        limits.ARCHIVE_FILES, limits.ARCHIVE_BYTES, limits.ARCHIVE_RATIO, limits.ARCHIVE_DIRECTORY, limits.SPARE_DISK
    )


def _fetch(archive: Named, target: Path, pulse: Pulse) -> None:
    with target.open("wb") as out:
        for chunk in archive.pieces(CHUNK):
            out.write(chunk)
            pulse.check()


def _format_of(job: Import, tree: Path) -> Format:
    name = "voc" if job.format == SAMPLE else job.format
    layout = FORMATS.get(name) or next((f for f in FORMATS.values() if f.read and f.sniff(tree)), None)
    if layout is None:
        known = ", ".join(layout.title for layout in FORMATS.values())
        raise ArchiveRefused(f"the archive holds no format that is known here ({known})")
    if job.project.task not in layout.tasks:
        raise ArchiveRefused(f"{layout.title} carries boxes, and this project labels whole images")
    if not job.format:
        Import.objects.filter(pk=job.pk).update(format=layout.name)
        job.format = layout.name
    return layout


def _fail(job: Import, code: str, detail: str, findings: tuple[Finding, ...] = ()) -> None:
    report = Report.of(job)
    report.note(*findings)
    with transaction.atomic():
        if job.fail(code, detail, **report.columns):
            report.keep_findings(job)
            publish(job)
            registry.release([job.archive_key])
