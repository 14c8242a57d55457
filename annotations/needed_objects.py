"""Which objects the rows of this app need: the answer for the collector, and the list for `manage.py verify`."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator

from django.db.models import F, Q

from annotations.models import (
    ArchiveUpload,
    Image,
    Import,
    Snapshot,
    SnapshotImage,
    StagedImage,
    TrashedImage,
    UploadPart,
)
from annotations.object_keys import image_key, preview_key, thumbnail_key
from boxwright.jobs import OPEN
from boxwright.storage.named import Named

Hashes = set[str]

ORIGINAL = re.compile(r"teams/(\d+)/images/\w\w/(\w{64})")
COPY = re.compile(r"teams/(\d+)/(?:previews|thumbnails)/(\w{64})\.jpg")
OF_SNAPSHOT = re.compile(r"projects/(\d+)/snapshots/(\d+)/")


def needed(keys: Collection[str]) -> set[str]:
    """Originals that an image, an open import or a snapshot shows, copies that the first two show, what snapshots, open
    imports and uploads in parts name. Images in the Trash count as images.

    An import's pictures are looked for before those of images: when it lands, they become these.
    """
    return {
        *_of_images(
            keys, ORIGINAL, lambda team, hashes: _staged(team, hashes) | _shown(team, hashes) | _held(team, hashes)
        ),
        *_of_images(keys, COPY, lambda team, hashes: _staged(team, hashes) | _shown(team, hashes)),
        *_of_snapshots(keys),
        *UploadPart.objects.filter(key__in=keys).values_list("key", flat=True),
        *Import.objects.filter(archive_key__in=keys, status__in=OPEN).values_list("archive_key", flat=True),
    }


def named() -> Iterator[Named]:
    yield from _originals()
    yield from _copies()
    for snapshot in Snapshot.objects.exclude(manifest_key="").iterator():
        yield from (manifest_of(snapshot), about_of(snapshot))
    for job in Import.objects.filter(status__in=OPEN).exclude(archive_key="").iterator():
        yield archive_of(job)
    for part in UploadPart.objects.iterator():
        yield Named(part.key, part.sha256)


def manifest_of(snapshot: Snapshot) -> Named:
    return Named(snapshot.manifest_key, snapshot.sha256)


def about_of(snapshot: Snapshot) -> Named:
    return Named(snapshot.about_key, snapshot.about_sha256)


def archive_of(job: Import) -> Named:
    return Named(job.archive_key, job.archive_sha256)


def parts_of(upload: ArchiveUpload) -> Iterator[Named]:
    """In their order: together they are the archive."""
    for part in upload.parts.order_by("start").iterator():
        yield Named(part.key, part.sha256)


def _of_images(
    keys: Collection[str], pattern: re.Pattern[str], wanted: Callable[[int, Hashes], Hashes]
) -> Iterator[str]:
    by_team: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for key in keys:
        if match := pattern.fullmatch(key):
            by_team[int(match[1])][match[2]].append(key)
    for team, by_hash in by_team.items():
        for sha256 in wanted(team, set(by_hash)):
            yield from by_hash[sha256]


def _seen(team_id: int, hashes: Hashes) -> Hashes:
    return _staged(team_id, hashes) | _shown(team_id, hashes)


def _shown(team_id: int, hashes: Hashes) -> Hashes:
    kinds = (Image, TrashedImage)
    rows = (kind._default_manager.filter(project__team_id=team_id, sha256__in=hashes) for kind in kinds)
    return {sha256 for one in rows for sha256 in one.values_list("sha256", flat=True)}


def _staged(team_id: int, hashes: Hashes) -> Hashes:
    rows = StagedImage.objects.filter(job__project__team_id=team_id, job__status__in=OPEN, sha256__in=hashes)
    return set(rows.values_list("sha256", flat=True))


def _held(team_id: int, hashes: Hashes) -> Hashes:
    rows = SnapshotImage.objects.filter(snapshot__project__team_id=team_id, sha256__in=hashes)
    return set(rows.values_list("sha256", flat=True))


def _of_snapshots(keys: Collection[str]) -> Iterator[str]:
    asked = {(int(match[1]), int(match[2])) for key in keys if (match := OF_SNAPSHOT.match(key))}
    if not asked:
        return
    rows = Q()
    for project, number in asked:
        rows |= Q(project_id=project, number=number)
    for pair in Snapshot.objects.filter(rows).values_list("manifest_key", "about_key"):
        yield from set(pair).intersection(keys)


def _originals() -> Iterator[Named]:
    """Each once, sorted, however many images and snapshots show it."""
    shown = Image.objects.values_list("project__team_id", "sha256")
    trashed = TrashedImage.objects.values_list("project__team_id", "sha256")
    held = SnapshotImage.objects.values_list("snapshot__project__team_id", "sha256")
    staged = StagedImage.objects.filter(job__status__in=OPEN).values_list("job__project__team_id", "sha256")
    for team_id, sha256 in shown.union(trashed, held, staged).order_by("project__team_id", "sha256").iterator():
        yield Named(image_key(team_id, sha256), sha256)


def _copies() -> Iterator[Named]:
    shown = Image.objects.annotate(team=F("project__team_id")).values_list("team", "sha256")
    trashed = TrashedImage.objects.annotate(team=F("project__team_id")).values_list("team", "sha256")
    for team_id, sha256 in shown.union(trashed).order_by("team", "sha256").iterator():
        yield Named(preview_key(team_id, sha256))
        yield Named(thumbnail_key(team_id, sha256))
