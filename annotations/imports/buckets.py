"""A folder in a bucket that the operator allows: its files are copied to the worker's disk, held against the limits."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from annotations.dataset.findings import Finding
from annotations.imports.archive_limits import archive_limits
from annotations.imports.archives import ArchiveRefused
from annotations.imports.archives.disk import Disk
from annotations.imports.archives.rules import ArchiveLimits, expect_bytes, expect_count, parts_of, unsafe, unsafe_name
from annotations.imports.places import keep_places
from annotations.models import Import
from boxwright.errors import Invalid
from boxwright.jobs import Beat
from boxwright.storage.bucket_reader import BucketReader, Listed
from boxwright.storage.buckets import readable
from boxwright.storage.errors import BucketRefused, ObjectMissing, SourceChanged
from boxwright.storage.places import Place


def lay_bucket(job: Import, beat: Beat, folder: Path) -> tuple[Finding, ...]:
    """Raises ArchiveRefused."""
    try:
        reader = BucketReader(readable(job.path))
        return tuple(_copied(job, reader, beat, folder))
    except (BucketRefused, Invalid) as error:
        raise ArchiveRefused(error.detail.removesuffix(".")) from error


def _copied(job: Import, reader: BucketReader, beat: Beat, folder: Path) -> Iterator[Finding]:
    limits = archive_limits()
    files = _files(job, reader, beat, limits)
    disk, total = Disk(folder, limits.spare_bytes, beat.check, (ObjectMissing, SourceChanged)), 0
    disk.expect(sum(one.size for one in files))
    places: dict[str, Place] = {}

    def counted(pieces: Iterator[bytes]) -> Iterator[bytes]:
        nonlocal total
        for piece in pieces:
            total += len(piece)
            expect_bytes(total, limits)
            yield piece

    for one, pieces in reader.fetched(files):
        name = one.key.removeprefix(reader.folder.prefix)
        if finding := disk.write(name, counted(pieces)):
            yield finding
        else:
            places["/".join(parts_of(name))] = Place(reader.folder.bucket, one.key, one.etag, one.size)
    if job.leave_images:
        keep_places(beat.folder, places)


def _files(job: Import, reader: BucketReader, beat: Beat, limits: ArchiveLimits) -> list[Listed]:
    """Raises ArchiveRefused where there is nothing, too much, or something suspect."""
    files, total, digest = list[Listed](), 0, hashlib.sha256()
    for one in reader.listed():
        beat.check()
        name = one.key.removeprefix(reader.folder.prefix)
        if not name or one.key.endswith("/"):
            continue  # a mark that there is a folder
        if reason := unsafe_name(name):
            raise unsafe(one.key, reason)
        files.append(one)
        total += one.size
        expect_count(len(files), limits)
        expect_bytes(total, limits)
        digest.update(f"{one.key}\0{one.size}\0{one.etag}\n".encode())
    if not files:
        raise ArchiveRefused(f"nothing lies in {reader.folder}")
    _expect_unchanged(job, digest.hexdigest())
    return files


def _expect_unchanged(job: Import, sha256: str) -> None:
    """Whoever reads it again must find the same files: the records that were staged are counted."""
    if job.archive_sha256 not in {"", sha256}:
        raise ArchiveRefused(f"{job.path} has changed since it was first read; import it anew")
    Import.objects.filter(pk=job.pk).update(archive_sha256=sha256)
    job.archive_sha256 = sha256
