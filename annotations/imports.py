"""Foreign archives on their way in: sent, queued, worked through, reported."""

import shutil
import zipfile
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from annotations.archives import ArchiveLimits, ArchiveRefused, unpack
from annotations.dataset.findings import Finding
from annotations.formats import FORMATS, Format
from annotations.importing import Importing
from annotations.models import Import
from annotations.objects import archive_key
from annotations.pulse import Lost, Pulse
from annotations.sample import draw
from annotations.shapes import import_shape, plain
from boxwright import events, limits
from boxwright.errors import DomainError, Invalid, NotAllowed, TooLarge, Unavailable
from boxwright.jobs import Status
from boxwright.projects.models import Project
from boxwright.projects.queries import may_make_labels
from boxwright.storage import store
from boxwright.teams import audit
from boxwright.teams.models import User

SAMPLE = "sample"
CHUNK = 2**20
INTERNAL = "Internal error; the log of the worker says more."


def start_import(
    *, project: Project, author: User, name: str, archive: BinaryIO, format_name: str = "", create_labels: bool = False
) -> Import:
    """Keep the archive and queue its import. Raises NotAllowed, Invalid, TooLarge or Unavailable, with nothing kept."""
    if create_labels and not may_make_labels(author, project):
        raise NotAllowed("Only managers make labels: import without adding labels, or ask one to do it.")
    _check_archive(archive, format_name)
    # Closed until its archive lies in the store: no worker may take it before.
    job = Import.objects.create(
        project=project,
        created_by=author,
        archive_name=name[:255],
        format=format_name,
        create_labels=create_labels,
        status=Status.CANCELED,
    )
    key = archive_key(project.pk, job.pk)
    try:
        store().put(key, archive, "application/zip")
        with transaction.atomic():
            job.move(Status.QUEUED, archive_key=key)
            publish(job)
            audit.record(project.team, "imported", job.archive_name, project=project.name)
            job.send()
    except BaseException:
        Import.objects.filter(pk=job.pk).delete()
        raise
    return job


def start_sample(*, project: Project, author: User) -> Import:
    """Queue the drawing of the sample's pictures."""
    with transaction.atomic():
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
    events.publish(job.project_id, "import", plain(import_shape(job, with_findings=False)))


def run(import_id: int) -> None:
    """Work an import through, or go on with it where another worker died. May run twice without harm."""
    job = Import.claim(import_id)
    if job is None:
        return
    folder = Path(settings.SCRATCH_DIR) / "imports" / str(job.pk)
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _work(job, folder)
    except Lost:
        return
    except ArchiveRefused as refused:
        _fail(job, "archive_refused", f"{refused.reason[:1].upper()}{refused.reason[1:]}.", refused.findings)
    except Unavailable:
        job.release()
    except DomainError as error:
        _fail(job, "invalid", error.detail)
    except Exception:
        _fail(job, "internal", INTERNAL)
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
        _fetch(job.archive_key, archive, pulse)
        allowed = ArchiveLimits(limits.ARCHIVE_FILES, limits.ARCHIVE_BYTES)
        found = unpack(archive, tree, allowed, pulse.check)
        archive.unlink()
    importing = Importing(job, pulse, tree, _format_of(job, tree), publish)
    importing.run(found)
    _drop_archive(job)


def _fetch(key: str, target: Path, pulse: Pulse) -> None:
    with store().open(key) as source, target.open("wb") as out:
        while chunk := source.read(CHUNK):
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
    rows = [finding.to_json() for finding in findings]
    kept = {"findings": rows[:500], "finding_count": len(rows)} if rows else {}
    with transaction.atomic():
        if job.fail(code, detail, **kept):
            publish(job)
    _drop_archive(job)


def _drop_archive(job: Import) -> None:
    if (
        job.archive_key
        and Import.objects.exclude(status__in=[Status.QUEUED, Status.RUNNING]).filter(pk=job.pk).exists()
    ):
        store().delete(job.archive_key)
