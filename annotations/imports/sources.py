"""Where the files of an import come from: a table of functions that lay them into a folder, by dotted path."""

from pathlib import Path

from django.utils.module_loading import import_string

from annotations.dataset.findings import Finding
from annotations.imports.archive_limits import archive_limits
from annotations.imports.archives import unpack
from annotations.models import Import
from annotations.needed_objects import archive_of, parts_of
from boxwright.jobs import Beat

CHUNK = 2**20
SOURCES = {
    Import.Source.ARCHIVE: "annotations.imports.sources.lay_archive",
    Import.Source.SAMPLE: "annotations.sample.lay_images",
    Import.Source.PATH: "annotations.imports.paths.lay_path",
}
"""`lay(job, beat, folder)`: the same files each time, so that another worker goes on; answers what it left out."""


def lay_files(job: Import, beat: Beat, folder: Path) -> tuple[Finding, ...]:
    found: tuple[Finding, ...] = import_string(SOURCES[Import.Source(job.source)])(job, beat, folder)
    return found


def lay_archive(job: Import, beat: Beat, folder: Path) -> tuple[Finding, ...]:
    """Fetch the archive and unpack it. Raises ArchiveRefused."""
    archive = beat.folder / "archive"
    with archive.open("wb") as out:
        for held in parts_of(job.upload) if job.upload else [archive_of(job)]:
            for chunk in held.pieces(CHUNK):
                out.write(chunk)
                beat.check()
    found = unpack(archive, folder, archive_limits(), beat.check, job.archive_name)
    archive.unlink()
    return found
