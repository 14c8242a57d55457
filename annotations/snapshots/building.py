"""Snapshots: a frozen, numbered state of a project, built from one consistent read."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from django.db import transaction
from django.db.models import F

from annotations.dataset.diff import diff
from annotations.dataset.manifest import canonical, parse_line, read_manifest, write_manifest
from annotations.dataset.records import AnnotationRecord, ImageRecord, Split
from annotations.dataset.split import split_of
from annotations.image_filters import FILTERS, NOBODY, images_of
from annotations.labeling.annotation_rows import content_of
from annotations.models import Annotation, Image, Snapshot
from annotations.needed_objects import manifest_of
from annotations.object_keys import snapshot_key
from annotations.snapshots.holds import hold_images
from annotations.transactions import consistent_read
from boxwright.errors import Conflict, Invalid
from boxwright.jobs import Beat, Status
from boxwright.projects.models import Label, Project
from boxwright.projects.quotas import expect_slot
from boxwright.storage import ObjectMissing, registry
from boxwright.storage.named import Named, sha256_of_path
from boxwright.teams import audit
from boxwright.teams.models import User

CHUNK = 500
TRIES = 3
MANIFEST, ABOUT = "manifest.jsonl", "snapshot.json"


@transaction.atomic
def create_snapshot(*, project: Project, author: User, only: Mapping[str, Any] | None = None) -> Snapshot:
    """Number a new snapshot and enqueue its building. `only`: the filter of a part. Raises OverQuota, Invalid."""
    expect_slot(project.team_id)
    asked = _known_filter(project, only or {})
    Project.objects.filter(pk=project.pk).update(last_snapshot_number=F("last_snapshot_number") + 1)
    number = Project.objects.values_list("last_snapshot_number", flat=True).get(pk=project.pk)
    before = Snapshot.objects.filter(project=project).exclude(status__in=[Status.FAILED, Status.CANCELED])
    parent = None if asked else before.filter(filter={}).order_by("-number").first()
    snapshot = Snapshot.objects.create(project=project, number=number, author=author, parent=parent, filter=asked)
    audit.record(project.team, "made snapshot", f"{project.name} {snapshot.name}")
    snapshot.send()
    return snapshot


def _known_filter(project: Project, only: Mapping[str, Any]) -> dict[str, Any]:
    """With the names of label and people as they are now.

    Raises Invalid where the filter is wrong, or lets no image through.
    """
    asked = {name: only[name] for name in FILTERS if only.get(name) not in {None, ""}}
    if asked and not images_of(project, **_as_asked(asked)).exists():
        raise Invalid("No image fits.", {"search": "there is nothing to freeze"})
    if "label" in asked:
        asked["label_name"] = Label.objects.get(pk=asked["label"]).name
    for name in ("author", "assigned"):
        if asked.get(name, NOBODY) != NOBODY:
            asked[f"{name}_name"] = User.objects.get(pk=asked[name]).name
    return asked


def _as_asked(asked: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(asked[name]) for name in FILTERS if name in asked}


def build_snapshot(snapshot: Snapshot, beat: Beat) -> None:
    """Write the manifest and `snapshot.json`, then the snapshot's numbers."""
    with beat.in_background():
        _build(snapshot, beat)


def _build(snapshot: Snapshot, beat: Beat) -> None:
    project = Project.objects.get(pk=snapshot.project_id)
    path = beat.folder / MANIFEST
    numbers = _frozen(snapshot, project, path, beat)
    manifest = Named(snapshot_key(project.pk, snapshot.number, numbers["sha256"], MANIFEST), numbers["sha256"])
    with path.open("rb") as file:
        registry.keep(manifest.key, file, "application/x-ndjson")
    (beat.folder / ABOUT).write_text(canonical(_about(snapshot, project, numbers)) + "\n", encoding="utf-8")
    hash_of_about = sha256_of_path(beat.folder / ABOUT)
    about = Named(snapshot_key(project.pk, snapshot.number, hash_of_about, ABOUT), hash_of_about)
    with (beat.folder / ABOUT).open("rb") as file:
        registry.keep(about.key, file, "application/json")
    named = {"manifest_key": manifest.key, "about_key": about.key, "about_sha256": about.sha256}
    with transaction.atomic():
        registry.confirm([manifest.key, about.key])
        beat.finish(**named, **numbers)


def _frozen(snapshot: Snapshot, project: Project, path: Path, beat: Beat, tries: int = TRIES) -> dict[str, Any]:
    """Write the manifest of one moment, whose pictures all stay from now on. Raises ObjectMissing, Lost."""
    tally = Tally(beat)
    with consistent_read():
        labels = list(Label.objects.filter(project=project).order_by("position", "id"))
        names = {label.pk: label.name for label in labels}
        sha256 = write_manifest(path, tally.counting(_records(project, names, snapshot.filter)))
    try:
        hold_images(snapshot, (record.sha256 for record in read_manifest(path)))
    except ObjectMissing:  # an image was deleted and collected since the reading
        if tries == 1:
            raise
        return _frozen(snapshot, project, path, beat, tries - 1)
    rows = [{"name": x.name, "color": x.color, "annotation_count": tally.labels[x.name]} for x in labels]
    return tally.numbers | {"sha256": sha256, "labels": rows}


def _about(snapshot: Snapshot, project: Project, numbers: Mapping[str, Any]) -> dict[str, Any]:
    """`snapshot.json`: enough to rebuild the project's labels and to know where this came from."""
    return {
        "project": {"slug": project.slug, "name": project.name, "task": project.task, "seed": project.seed},
        "number": snapshot.number,
        "filter": snapshot.filter,
        "labels": [{"name": label["name"], "color": label["color"]} for label in numbers["labels"]],
        "image_count": numbers["image_count"],
        "box_count": numbers["box_count"],
        "author": snapshot.author.name if snapshot.author else None,
        "created_at": snapshot.created_at.isoformat(),
        "parent": snapshot.parent.number if snapshot.parent else None,
        "manifest_sha256": numbers["sha256"],
    }


class Tally:
    """Counts records as they pass, while the job is ours."""

    def __init__(self, beat: Beat) -> None:
        self.beat = beat
        self.images = self.labelled = 0
        self.labels: Counter[str] = Counter()
        self.splits: Counter[str] = Counter()

    def counting(self, records: Iterable[ImageRecord]) -> Iterator[ImageRecord]:
        for record in records:
            self.beat.check()
            self.images += 1
            self.labels.update(annotation.label for annotation in record.annotations)
            if record.is_labelled:
                self.labelled += 1
                self.splits[record.split] += 1
            yield record

    @property
    def numbers(self) -> dict[str, Any]:
        return {
            "image_count": self.images,
            "labelled_count": self.labelled,
            "box_count": self.labels.total(),
            "splits": {split: self.splits[split] for split in ("train", "val", "test")},
        }


def _records(project: Project, names: Mapping[int, str], only: Mapping[str, Any]) -> Iterator[ImageRecord]:
    """Those that fit the filter, by sha256, a chunk at a time. Raises Invalid where its label is gone."""
    last = ""
    while True:
        rows = images_of(project, **_as_asked(only)).filter(sha256__gt=last).order_by("sha256")
        chunk = list(rows[:CHUNK])
        annotations = _annotations([image.pk for image in chunk], names)
        for image in chunk:
            yield _record(image, project.seed, tuple(annotations.get(image.pk, ())))
        if len(chunk) < CHUNK:
            return
        last = chunk[-1].sha256


def _annotations(image_ids: list[int], names: Mapping[int, str]) -> dict[int, list[AnnotationRecord]]:
    found: dict[int, list[AnnotationRecord]] = {}
    for row in Annotation.objects.filter(image__in=image_ids):
        content = content_of(row)
        record = AnnotationRecord(
            names[content.label],
            content.box,
            str(content.id),
            content.score,
            content.source or "human",
            content.attributes or {},
        )
        found.setdefault(row.image_id, []).append(record)
    return found


def _record(image: Image, seed: int, annotations: tuple[AnnotationRecord, ...]) -> ImageRecord:
    split = cast("Split", image.split) or split_of(image.group or image.sha256, seed)
    return ImageRecord(
        image.name,
        image.sha256,
        image.width,
        image.height,
        image.size,
        image.queue,
        split,
        annotations,
        image.group,
    )


def records_of(snapshot: Snapshot) -> Iterator[ImageRecord]:
    """The frozen images, sorted by sha256. Raises Conflict while the snapshot is not built."""
    expect_built(snapshot)
    with manifest_of(snapshot).open() as file:
        for line in file:
            yield parse_line(line.decode())


def expect_built(snapshot: Snapshot) -> None:
    if snapshot.status != Status.SUCCEEDED:
        raise Conflict(f"Snapshot v{snapshot.number} is not built: it is {snapshot.status}.")


def diff_of(old: Snapshot, new: Snapshot) -> dict[str, int]:
    return asdict(diff(records_of(old), records_of(new)))
